package otlp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/span"
)

func TestJSONValues(t *testing.T) {
	str := func(s string) span.Value { return span.Value{Kind: span.String, Str: s} }
	integer := func(n int64) span.Value { return span.Value{Kind: span.Int, Int: n} }
	double := func(f float64) span.Value { return span.Value{Kind: span.Double, Double: f} }
	raw := func(s string) span.Value { return span.Value{Kind: span.Bytes, Str: s} }
	list := func(vs ...span.Value) span.Value { return span.Value{Kind: span.Array, Array: vs} }
	tests := map[string]struct {
		value string
		want  span.Value
	}{
		"string":                      {`{"stringValue":"x"}`, str("x")},
		"string, empty":               {`{"stringValue":""}`, str("")},
		"string, snake":               {`{"string_value":"x"}`, str("x")},
		"string that is a number":     {`{"stringValue":1.50}`, str("1.50")},
		"string that is an object":    {`{"stringValue":{"a": [1, 2]}}`, str(`{"a":[1,2]}`)},
		"string before others":        {`{"intValue":5,"boolValue":true,"doubleValue":1,"stringValue":""}`, str("")},
		"double":                      {`{"doubleValue":1.5e3}`, double(1500)},
		"double, text":                {`{"doubleValue":" -0.25 "}`, double(-0.25)},
		"double, NaN":                 {`{"doubleValue":"NaN"}`, str("NaN")},
		"double, infinite":            {`{"doubleValue":"-Infinity"}`, str("-Infinity")},
		"double, hexadecimal":         {`{"doubleValue":"0x10"}`, str("0x10")},
		"double, other text":          {`{"doubleValue":"1_0"}`, str("1_0")},
		"double, not one":             {`{"doubleValue":true,"intValue":5}`, integer(5)},
		"double before bool":          {`{"boolValue":true,"doubleValue":1}`, double(1)},
		"bool":                        {`{"boolValue":true}`, span.Value{Kind: span.Bool, Int: 1}},
		"bool, false":                 {`{"boolValue":false}`, span.Value{Kind: span.Bool}},
		"bool, text":                  {`{"boolValue":"true"}`, span.Value{Kind: span.Bool, Int: 1}},
		"bool, not one":               {`{"boolValue":"yes","intValue":"5"}`, integer(5)},
		"bool before array":           {`{"arrayValue":{"values":[]},"boolValue":true}`, span.Value{Kind: span.Bool, Int: 1}},
		"array":                       {`{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":1}]}}`, list(str("a"), integer(1))},
		"array of arrays":             {`{"arrayValue":{"values":[{"arrayValue":{"values":[{"boolValue":false}]}}]}}`, list(list(span.Value{Kind: span.Bool}))},
		"array of nothing":            {`{"arrayValue":{"values":[null,{}]}}`, list(span.Value{}, span.Value{})},
		"array of what is no value":   {`{"arrayValue":{"values":["a",1]}}`, list(str(`"a"`), str("1"))},
		"array before int":            {`{"intValue":1,"arrayValue":{"values":[]}}`, list()},
		"array without values":        {`{"arrayValue":{}}`, list()},
		"array, values are null":      {`{"arrayValue":{"values":null}}`, list()},
		"array without values is low": {`{"arrayValue":{},"intValue":1}`, integer(1)},
		"array, values are no list":   {`{"arrayValue":{"values":{"a":1}}}`, str(`{"arrayValue":{"values":{"a":1}}}`)},
		"array, not one":              {`{"arrayValue":[1, 2]}`, str(`{"arrayValue":[1,2]}`)},
		"int":                         {`{"intValue":-42}`, integer(-42)},
		"int, text":                   {`{"intValue":"9223372036854775807"}`, integer(9223372036854775807)},
		"int, least":                  {`{"intValue":"-9223372036854775808"}`, integer(-9223372036854775808)},
		"int, written as float":       {`{"intValue":1.50e2}`, integer(150)},
		"int, halves":                 {`{"intValue":{"high":1,"low":-1,"unsigned":false}}`, integer(1<<33 - 1)},
		"int, negative halves":        {`{"intValue":{"low":-5,"high":-1}}`, integer(-5)},
		"int, unsigned halves":        {`{"intValue":{"low":0,"high":-2147483648,"unsigned":true}}`, double(1 << 63)},
		"int, half":                   {`{"intValue":{"low":0}}`, str(`{"intValue":{"low":0}}`)},
		"int, too large":              {`{"intValue":"9223372036854775808"}`, double(9223372036854775808)},
		"int, fraction":               {`{"intValue":1.5}`, double(1.5)},
		"int, not one":                {`{"intValue": "abc"}`, str(`{"intValue":"abc"}`)},
		"int, not one, beside a map":  {`{"intValue":"abc","kvlistValue":{}}`, span.Value{Kind: span.Map}},
		"map": {
			`{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}},{"key":"b"}]}}`,
			span.Value{Kind: span.Map, Map: []span.Attribute{{Key: "a", Value: integer(1)}, {Key: "b"}}},
		},
		"map without values":       {`{"kvlistValue":{}}`, span.Value{Kind: span.Map}},
		"map, not one":             {`{"kvlistValue":{"values":5}}`, str(`{"kvlistValue":{"values":5}}`)},
		"map before bytes":         {`{"bytesValue":"AA==","kvlistValue":{}}`, span.Value{Kind: span.Map}},
		"bytes":                    {`{"bytesValue":"/+8A"}`, raw("\xff\xef\x00")},
		"bytes, other alphabet":    {`{"bytesValue":"_-8A"}`, raw("\xff\xef\x00")},
		"bytes, no padding":        {`{"bytesValue":"AQ"}`, raw("\x01")},
		"bytes, padding":           {`{"bytesValue":"AQ=="}`, raw("\x01")},
		"bytes, not base64":        {`{"bytesValue":"not base64!"}`, str("not base64!")},
		"bytes, numbers":           {`{"bytesValue":[1,255]}`, raw("\x01\xff")},
		"bytes, Buffer":            {`{"bytesValue":{"type":"Buffer","data":[7]}}`, raw("\x07")},
		"bytes, not any":           {`{"bytesValue":true}`, str(`{"bytesValue":true}`)},
		"nothing":                  {`{}`, span.Value{}},
		"null":                     {`null`, span.Value{}},
		"all null":                 {`{"stringValue":null,"intValue":null}`, span.Value{}},
		"null is absent":           {`{"stringValue":null,"intValue":3}`, integer(3)},
		"unknown":                  {`{ "newValue" : [ 1.0, {} ] }`, str(`{"newValue":[1.0,{}]}`)},
		"unknown beside known":     {`{"newValue":1,"intValue":3}`, integer(3)},
		"no object":                {`"text"`, str(`"text"`)},
		"no object, list":          {`[ 1 ]`, str(`[1]`)},
		"last counts":              {`{"intValue":1,"intValue":2}`, integer(2)},
		"last counts, other kind":  {`{"intValue":1,"intValue":"abc"}`, str(`{"intValue":1,"intValue":"abc"}`)},
		"last counts, null":        {`{"stringValue":"a","stringValue":null}`, span.Value{}},
		"last counts, empty array": {`{"arrayValue":{"values":[{}]},"arrayValue":{}}`, list()},
		"order does not matter":    {`{"intValue":1,"doubleValue":2.5,"bytesValue":"AA=="}`, double(2.5)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := decodeOne(t, oneSpan(`"attributes":[{"key":"k","value":`+tc.value+`}]`))
			if diff := cmp.Diff([]span.Attribute{{Key: "k", Value: tc.want}}, got.Attributes, same); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
