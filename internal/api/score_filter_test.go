package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// scoreFilters are the operators of each column of the lists of scores: a
// condition as type, column, operator, value and key, and what it finds.
func scoreFilters() map[string]struct {
	condition []string
	want      string
} {
	return map[string]struct {
		condition []string
		want      string
	}{
		"id =":                   {[]string{"string", "id", "=", `"half"`}, "half"},
		"ID by its name":         {[]string{"string", "ID", "=", `"half"`}, "half"},
		"id contains":            {[]string{"string", "id", "contains", `"o"`}, "blob none corr no two"},
		"id does not contain":    {[]string{"string", "id", "does not contain", `"o"`}, "run ses text true cat yes half"},
		"id starts with":         {[]string{"string", "id", "starts with", `"t"`}, "text true two"},
		"id ends with":           {[]string{"string", "id", "ends with", `"e"`}, "none true"},
		"id any of":              {[]string{"stringOptions", "id", "any of", `["two","ses","x"]`}, "ses two"},
		"id is null":             {[]string{"null", "id", "is null", `""`}, ""},
		"id is not null":         {[]string{"null", "id", "is not null", `""`}, "*"},
		"id is case-sensitive":   {[]string{"string", "id", "=", `"Half"`}, ""},
		"id contains, with case": {[]string{"string", "id", "contains", `"HAL"`}, ""},
		"no wildcards":           {[]string{"string", "id", "contains", `"%"`}, ""},
		"no wildcards of one":    {[]string{"string", "id", "starts with", `"hal_"`}, ""},

		"traceId =":                 {[]string{"string", "traceId", "=", `"tr-2"`}, "blob true no two"},
		"traceId contains":          {[]string{"string", "traceId", "contains", `"r-1"`}, "corr text cat yes half"},
		"traceId does not contain":  {[]string{"string", "traceId", "does not contain", `"r-"`}, "none run ses"},
		"traceId starts with":       {[]string{"string", "traceId", "starts with", `"go"`}, "none"},
		"traceId ends with":         {[]string{"string", "traceId", "ends with", `"-2"`}, "blob true no two"},
		"traceId none of":           {[]string{"stringOptions", "traceId", "none of", `["tr-1","tr-2"]`}, "none run ses"},
		"traceId is null":           {[]string{"null", "traceId", "is null", `""`}, "run ses"},
		"traceId is not null":       {[]string{"null", "traceId", "is not null", `""`}, "-run ses"},
		"observationId =":           {[]string{"string", "observationId", "=", `"ob-1"`}, "corr cat"},
		"observationId ends with":   {[]string{"string", "observationId", "ends with", `"1"`}, "corr cat"},
		"observationId is null":     {[]string{"null", "observationId", "is null", `""`}, "-corr cat"},
		"observationId is not null": {[]string{"null", "observationId", "is not null", `""`}, "corr cat"},
		"sessionId =":               {[]string{"string", "sessionId", "=", `"se-1"`}, "ses"},
		"sessionId contains":        {[]string{"string", "sessionId", "contains", `""`}, "ses"},
		"sessionId is not null":     {[]string{"null", "sessionId", "is not null", `""`}, "ses"},

		"comment =":                {[]string{"string", "comment", "=", `"so good"`}, "yes"},
		"comment contains":         {[]string{"string", "comment", "contains", `"<so> &"`}, "half"},
		"comment does not contain": {[]string{"string", "comment", "does not contain", `"good"`}, "-yes"},
		"comment starts with":      {[]string{"string", "comment", "starts with", `"so "`}, "yes half"},
		"comment ends with":        {[]string{"string", "comment", "ends with", `"fine"`}, "half"},
		"comment is null":          {[]string{"null", "comment", "is null", `""`}, "-yes half"},
		"authorUserId =":           {[]string{"string", "authorUserId", "=", `"au-1"`}, "half"},
		"authorUserId any of":      {[]string{"stringOptions", "Author User ID", "any of", `["au-1"]`}, "half"},
		"authorUserId is null":     {[]string{"null", "authorUserId", "is null", `""`}, "-half"},

		"timestamp >":           {[]string{"datetime", "timestamp", ">", `"2026-05-01T10:00:05.009Z"`}, "blob none"},
		"timestamp >=":          {[]string{"datetime", "timestamp", ">=", `"2026-05-01T10:00:05.009Z"`}, "blob none run"},
		"timestamp <":           {[]string{"datetime", "timestamp", "<", `"2026-05-01T10:00:05.002Z"`}, "two half"},
		"timestamp <=":          {[]string{"datetime", "Timestamp", "<=", `"2026-05-01T10:00:05.002Z"`}, "yes two half"},
		"timestamp is null":     {[]string{"null", "timestamp", "is null", `""`}, ""},
		"timestamp is not null": {[]string{"null", "timestamp", "is not null", `""`}, "*"},

		"environment any of":           {[]string{"stringOptions", "environment", "any of", `["staging","x"]`}, "no two"},
		"environment none of":          {[]string{"stringOptions", "environment", "none of", `["staging"]`}, "-no two"},
		"environment =":                {[]string{"string", "environment", "=", `"staging"`}, "no two"},
		"environment does not contain": {[]string{"string", "environment", "does not contain", `"def"`}, "no two"},
		"environment ends with":        {[]string{"string", "environment", "ends with", `"ing"`}, "no two"},
		"environment is null":          {[]string{"null", "environment", "is null", `""`}, ""},
		"name any of":                  {[]string{"stringOptions", "name", "any of", `["tone","note"]`}, "text true cat"},
		"name none of":                 {[]string{"stringOptions", "Name", "none of", `["accuracy","helpful","tone"]`}, "run ses corr text"},
		"name contains":                {[]string{"string", "name", "contains", `"on"`}, "true cat"},
		"name starts with":             {[]string{"string", "name", "starts with", `"h"`}, "no yes"},
		"source any of":                {[]string{"stringOptions", "source", "any of", `["EVAL","ANNOTATION"]`}, "two half"},
		"source none of":               {[]string{"stringOptions", "source", "none of", `["API"]`}, "two half"},
		"source contains":              {[]string{"string", "source", "contains", `"V"`}, "two"},
		"source does not contain":      {[]string{"string", "source", "does not contain", `"PI"`}, "two half"},
		"source is not null":           {[]string{"null", "source", "is not null", `""`}, "*"},
		"dataType any of":              {[]string{"stringOptions", "dataType", "any of", `["BOOLEAN","TEXT"]`}, "text no yes"},
		"dataType none of":             {[]string{"stringOptions", "Data Type", "none of", `["NUMERIC","BOOLEAN"]`}, "corr text true cat"},
		"dataType =":                   {[]string{"string", "dataType", "=", `"CORRECTION"`}, "corr"},
		"dataType ends with":           {[]string{"string", "dataType", "ends with", `"AL"`}, "true cat"},

		"value =":           {[]string{"number", "value", "=", `0`}, "true cat no"},
		"value = fraction":  {[]string{"number", "value", "=", `5e-1`}, "half"},
		"value >":           {[]string{"number", "value", ">", `1`}, "blob ses two"},
		"value <":           {[]string{"number", "Value", "<", `0`}, "none"},
		"value >=":          {[]string{"number", "value", ">=", `2`}, "blob ses two"},
		"value <=":          {[]string{"number", "value", "<=", `0`}, "none true cat no"},
		"value is null":     {[]string{"null", "value", "is null", `""`}, "corr text"},
		"value is not null": {[]string{"null", "value", "is not null", `""`}, "-corr text"},

		"stringValue any of":           {[]string{"stringOptions", "stringValue", "any of", `["polite","True"]`}, "true cat yes"},
		"stringValue none of":          {[]string{"stringOptions", "String Value", "none of", `["True","False","polite"]`}, "blob none run ses corr text two half"},
		"stringValue contains":         {[]string{"string", "stringValue", "contains", `"ell"`}, "corr text"},
		"stringValue does not contain": {[]string{"string", "stringValue", "does not contain", `"e"`}, "blob none run ses two half"},
		"stringValue starts with":      {[]string{"string", "stringValue", "starts with", `"hello t"`}, "corr"},
		"stringValue ends with":        {[]string{"string", "stringValue", "ends with", `"done"`}, "text"},
		"stringValue is null":          {[]string{"null", "stringValue", "is null", `""`}, "blob none run ses two half"},
		"stringValue is not null":      {[]string{"null", "stringValue", "is not null", `""`}, "corr text true cat no yes"},
		"booleanValue any of":          {[]string{"stringOptions", "booleanValue", "any of", `["True"]`}, "yes"},
		"booleanValue none of":         {[]string{"stringOptions", "Boolean Value", "none of", `["True"]`}, "no"},
		"booleanValue =":               {[]string{"string", "booleanValue", "=", `"False"`}, "no"},
		"booleanValue contains":        {[]string{"string", "booleanValue", "contains", `"e"`}, "no yes"},
		"booleanValue is null":         {[]string{"null", "booleanValue", "is null", `""`}, "-no yes"},
		"booleanValue is not null":     {[]string{"null", "booleanValue", "is not null", `""`}, "no yes"},

		"traceName any of":           {[]string{"stringOptions", "traceName", "any of", `["batch"]`}, "blob true no two"},
		"traceName none of":          {[]string{"stringOptions", "Trace Name", "none of", `["batch"]`}, "-blob true no two"},
		"traceName starts with":      {[]string{"string", "traceName", "starts with", `"ch"`}, "corr text cat yes half"},
		"traceName does not contain": {[]string{"string", "traceName", "does not contain", `"ch"`}, "none run ses"},
		"traceName is null":          {[]string{"null", "traceName", "is null", `""`}, "none run ses"},
		"userId any of":              {[]string{"stringOptions", "userId", "any of", `["u-1"]`}, "corr text cat yes half"},
		"userId none of":             {[]string{"stringOptions", "User ID", "none of", `["u-1"]`}, "-corr text cat yes half"},
		"userId ends with":           {[]string{"string", "userId", "ends with", `"-1"`}, "corr text cat yes half"},
		"userId is not null":         {[]string{"null", "userId", "is not null", `""`}, "corr text cat yes half"},
		"evaluatorId any of":         {[]string{"stringOptions", "evaluatorId", "any of", `["x"]`}, ""},
		"evaluatorId none of":        {[]string{"stringOptions", "Evaluator ID", "none of", `["x"]`}, "*"},
		"evaluatorId =":              {[]string{"string", "evaluatorId", "=", `""`}, ""},
		"evaluatorId is null":        {[]string{"null", "evaluatorId", "is null", `""`}, "*"},
		"evaluatorId is not null":    {[]string{"null", "evaluatorId", "is not null", `""`}, ""},

		"tags any of":        {[]string{"arrayOptions", "tags", "any of", `["a","x"]`}, "corr text cat yes half"},
		"tags none of":       {[]string{"arrayOptions", "trace_tags", "none of", `["a"]`}, "-corr text cat yes half"},
		"tags all of":        {[]string{"arrayOptions", "Trace Tags", "all of", `["a","beta"]`}, "corr text cat yes half"},
		"tags all of none":   {[]string{"arrayOptions", "tags", "all of", `[]`}, "*"},
		"tags none of none":  {[]string{"arrayOptions", "tags", "none of", `[]`}, "*"},
		"tags as options":    {[]string{"stringOptions", "Tags", "any of", `["beta"]`}, "-none run ses"},
		"tags without":       {[]string{"stringOptions", "tags", "none of", `["beta"]`}, "none run ses"},
		"tags is null":       {[]string{"null", "tags", "is null", `""`}, ""},
		"tags is not null":   {[]string{"null", "tags", "is not null", `""`}, "*"},
		"metadata =":         {[]string{"stringObject", "metadata", "=", `"human"`, "judge"}, "half"},
		"metadata contains":  {[]string{"stringObject", "metadata", "contains", `"m"`, "judge"}, "two half"},
		"metadata without":   {[]string{"stringObject", "metadata", "does not contain", `"hum"`, "judge"}, "two"},
		"metadata starts":    {[]string{"stringObject", "Metadata", "starts with", `"mod"`, "judge"}, "two"},
		"metadata ends":      {[]string{"stringObject", "metadata", "ends with", `"man"`, "judge"}, "half"},
		"metadata of number": {[]string{"stringObject", "metadata", "=", `"1"`, "small"}, "blob"},
		"metadata of text":   {[]string{"stringObject", "metadata", "=", `"12"`, "n"}, "half"},
		"metadata of flag":   {[]string{"stringObject", "metadata", "=", `"true"`, "flag"}, "half"},
		"metadata of object": {[]string{"stringObject", "metadata", "contains", `"\"a\":[1"`, "nested"}, "half"},
		"metadata elsewhere": {[]string{"stringObject", "metadata", "=", `"human"`, "other"}, ""},
		"metadata is null":   {[]string{"null", "metadata", "is null", `""`}, ""},
	}
}

// TestScoreFilters finds on each store what each condition means. "*" is all scores
// and a leading "-" all but those.
func TestScoreFilters(t *testing.T) {
	onEveryStore(t, func(t *testing.T, store telemetry.Store) {
		w := newWorldOn(t, store, nil)
		everything := strings.Fields("blob none run ses corr text true cat no yes two half")
		for name, tc := range scoreFilters() {
			t.Run(name, func(t *testing.T) {
				want := strings.Fields(tc.want)
				if rest, ok := strings.CutPrefix(tc.want, "-"); ok {
					want = slices.DeleteFunc(slices.Clone(everything), func(id string) bool { return slices.Contains(strings.Fields(rest), id) })
				}
				if tc.want == "*" {
					want = everything
				}
				v1 := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains([]string{"run", "ses", "corr"}, id) })
				filter := conditionOf(tc.condition)
				w.finds(t, "/api/public/v2/scores", filter, want)
				w.finds(t, "/api/public/scores", filter, v1)
			})
		}
	})
}

// conditionOf writes a filter of one condition.
func conditionOf(c []string) string {
	key := ""
	if len(c) > 4 {
		key = `,"key":"` + c[4] + `"`
	}
	return `[{"type":"` + c[0] + `","column":"` + c[1] + `","operator":"` + c[2] + `","value":` + c[3] + key + `}]`
}

// finds checks the ids that a list has under a filter.
func (w *world) finds(t *testing.T, path, filter string, want []string) {
	t.Helper()
	res, body := w.call(t, "GET", path+"?"+url.Values{"filter": {filter}}.Encode(), http.Header{"Authorization": {keys()["judged"]}})
	var list struct {
		Data []struct{ ID string }
		Meta struct{ TotalItems int }
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s %s: %d %s", path, filter, res.StatusCode, body)
	}
	got := []string{}
	for _, sc := range list.Data {
		got = append(got, sc.ID)
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("%s %s (-want +got):\n%s", path, filter, diff)
	}
	if list.Meta.TotalItems != len(want) {
		t.Errorf("%s %s: %d in total, want %d", path, filter, list.Meta.TotalItems, len(want))
	}
}

// Every column takes the types that belong to it and refuses the others.
func TestScoreFilterRefusals(t *testing.T) {
	w := newWorld(t, nil)
	tests := map[string]struct {
		condition []string
		want      string
	}{
		"unknown column":        {[]string{"string", "release", "=", `"x"`}, "Column release does not match a UI / CH table mapping."},
		"number on text":        {[]string{"number", "comment", "=", `1`}, "Invalid filter type 'number' for column 'comment'. Expected filter type 'string'."},
		"text on number":        {[]string{"string", "value", "=", `"1"`}, "Invalid filter type 'string' for column 'value'. Expected filter type 'number'."},
		"text on time":          {[]string{"string", "timestamp", "=", `"1"`}, "Invalid filter type 'string' for column 'timestamp'. Expected filter type 'datetime'."},
		"text on metadata":      {[]string{"string", "metadata", "=", `"1"`}, "Invalid filter type 'string' for column 'metadata'. Expected filter type 'stringObject'."},
		"text on tags":          {[]string{"string", "tags", "=", `"1"`}, "Invalid filter type 'string' for column 'tags'. Expected filter type 'arrayOptions'."},
		"list on options":       {[]string{"arrayOptions", "name", "any of", `["x"]`}, "Invalid filter type 'arrayOptions' for column 'name'. Expected filter type 'stringOptions'."},
		"flag on boolean":       {[]string{"boolean", "booleanValue", "=", `true`}, "Invalid filter type 'boolean' for column 'booleanValue'. Expected filter type 'stringOptions'."},
		"pattern":               {[]string{"string", "comment", "matches", `"x"`}, "Filtering by column 'comment' with operator 'matches' is not supported."},
		"pattern on metadata":   {[]string{"stringObject", "metadata", "matches", `"x"`, "k"}, "Filtering by column 'metadata' with operator 'matches' is not supported."},
		"pattern on evaluator":  {[]string{"string", "evaluatorId", "matches", `"x"`}, "Filtering by column 'evaluatorId' with operator 'matches' is not supported."},
		"pattern on a boolean":  {[]string{"string", "booleanValue", "matches", `"x"`}, "Filtering by column 'booleanValue' with operator 'matches' is not supported."},
		"a number of no float":  {[]string{"number", "value", "<", `1e999`}, "Filtering by column 'value' with operator '<' is not supported."},
		"metadata without key":  {[]string{"stringObject", "metadata", "=", `"x"`}, "Invalid request data"},
		"options of nothing":    {[]string{"stringOptions", "name", "none of", `[]`}, "Invalid request data"},
		"not equal is no word":  {[]string{"number", "value", "!=", `1`}, "Invalid request data"},
		"null without a value":  {[]string{"null", "comment", "is null", `null`}, "Invalid request data"},
		"any of an empty list":  {[]string{"arrayOptions", "tags", "any of", `[]`}, "Invalid request data"},
		"the column of another": {[]string{"string", "statusMessage", "=", `"x"`}, "Column statusMessage does not match a UI / CH table mapping."},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/api/public/scores", "/api/public/v2/scores"} {
				res, body := w.call(t, "GET", path+"?"+url.Values{"filter": {conditionOf(tc.condition)}}.Encode(), http.Header{"Authorization": {keys()["judged"]}})
				var answer struct{ Message string }
				if err := json.Unmarshal([]byte(body), &answer); err != nil || res.StatusCode != 400 || answer.Message != tc.want {
					t.Errorf("%d %s, want %s", res.StatusCode, body, tc.want)
				}
			}
		})
	}
}
