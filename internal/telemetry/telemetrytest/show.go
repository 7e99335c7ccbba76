package telemetrytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// none is how a null is written in the expectations of a case.
const none = "null"

// fields are the shown fields of an entity by name, as text. Null is [none];
// times are microseconds; costs are dollars.
type fields map[string]string

func showTrace(t *trace.Trace) fields {
	return fields{
		"id": t.ID, "timestamp": micros(&t.Timestamp), "name": opt(t.Name), "environment": t.Environment,
		"user": opt(t.UserID), "session": opt(t.SessionID), "release": opt(t.Release), "version": opt(t.Version),
		"tags": strings.Join(t.Tags, " "), "public": strconv.FormatBool(t.Public), "bookmarked": strconv.FormatBool(t.Bookmarked),
		"input": payload(t.Input), "output": payload(t.Output), "metadata": canonical(t.Metadata.Object), "raw": payload(t.Raw),
		"observations": fmt.Sprint(t.Sums.Observations), "levels": fmt.Sprint(t.Sums.ByLevel),
		"first": micros(&t.Sums.First), "last": micros(&t.Sums.Last),
		"usage input": fmt.Sprint(t.Sums.UsageInput), "usage output": fmt.Sprint(t.Sums.UsageOutput), "usage total": fmt.Sprint(t.Sums.UsageTotal),
		"cost input": trace.FormatCost(t.Sums.CostInput), "cost output": trace.FormatCost(t.Sums.CostOutput), "cost total": trace.FormatCost(t.Sums.CostTotal),
	}
}

func showObservation(o *trace.Observation) fields {
	f := fields{
		"trace": o.TraceID, "parent": opt(o.ParentID), "type": string(o.Type), "name": opt(o.Name),
		"level": string(o.Level), "status": opt(o.StatusMessage),
		"start": micros(&o.Start), "end": micros(o.End), "completion start": micros(o.CompletionStart),
		"environment": o.Environment, "user": opt(o.UserID), "session": opt(o.SessionID),
		"release": opt(o.Release), "version": opt(o.Version),
		"input": payload(o.Input), "output": payload(o.Output), "metadata": canonical(o.Metadata.Object),
		"model": opt(o.Model), "parameters": o.ModelParameters, "prompt": none,
		"provided usage": amounts(o.ProvidedUsage), "provided cost": amounts(o.ProvidedCost),
		"usage": amounts(o.Usage), "cost": amounts(o.Cost), "total cost": none,
		"usage source": string(o.Account.UsageSource), "tokenizer": o.Account.Tokenizer, "cost source": string(o.Account.CostSource),
		"definition": o.Account.ModelID, "definition name": o.Account.ModelName, "tier": o.Account.TierName, "tier id": o.Account.TierID,
		"repriced": strconv.FormatBool(o.Account.Repriced), "unpriced": strings.Join(o.Account.Unpriced, " "), "reasons": reasons(o.Reasons),
		"prices": strings.Join([]string{o.Account.InputPrice, o.Account.OutputPrice, o.Account.TotalPrice}, " "), "unit prices": unitPrices(o.Account.UnitPrices),
		"tools": o.ToolDefinitions, "tool calls": o.ToolCalls, "experiment": o.Experiment, "raw": payload(o.Raw),
		"trace name": opt(o.TraceName), "tags": strings.Join(o.Tags, " "),
		"public": strconv.FormatBool(o.Public), "bookmarked": strconv.FormatBool(o.Bookmarked),
		"root": strconv.FormatBool(o.Root()), "app root": strconv.FormatBool(o.AppRoot), "otel": strconv.FormatBool(o.OTel),
	}
	if o.Prompt != nil {
		f["prompt"] = o.Prompt.Name
		if o.Prompt.Version != nil {
			f["prompt"] += " " + strconv.Itoa(*o.Prompt.Version)
		}
	}
	if o.TotalCost != nil {
		f["total cost"] = trace.FormatCost(*o.TotalCost)
	}
	return f
}

func opt(s *string) string {
	if s == nil {
		return none
	}
	return *s
}

func micros(m *trace.Micros) string {
	if m == nil {
		return none
	}
	return strconv.FormatInt(int64(*m), 10)
}

func payload(t *trace.Text) string {
	if t == nil {
		return none
	}
	return t.S
}

func amounts(a trace.Amounts) string {
	parts := make([]string, len(a))
	for i, e := range a {
		parts[i] = e.Name + " " + strconv.FormatInt(e.N, 10)
	}
	return strings.Join(parts, ", ")
}

func unitPrices(prices []trace.UnitPrice) string {
	parts := make([]string, len(prices))
	for i, p := range prices {
		parts[i] = p.Usage + " " + p.Price
	}
	return strings.Join(parts, ", ")
}

func reasons(all []trace.Reason) string {
	parts := make([]string, len(all))
	for i, r := range all {
		parts[i] = r.Field + ": " + r.Rule
	}
	return strings.Join(parts, ", ")
}

// canonical writes a JSON object with its keys sorted and everything else
// unchanged, numbers digit by digit; a key that is there twice stays there twice.
// What is no JSON is returned as it is. Metadata of several records may be
// written in any order of keys.
func canonical(object string) string {
	if object == "" || object == "{}" {
		return ""
	}
	dec := json.NewDecoder(strings.NewReader(object))
	dec.UseNumber()
	sorted, err := sortKeys(dec)
	if err != nil || dec.More() {
		return object
	}
	return sorted
}

func sortKeys(dec *json.Decoder) (string, error) {
	token, err := dec.Token()
	if err != nil {
		return "", err
	}
	open, ok := token.(json.Delim)
	if !ok {
		if s, isText := token.(string); isText {
			return fold.Quote(s), nil
		}
		raw, err := json.Marshal(token)
		return string(raw), err
	}
	var members []string
	for dec.More() {
		key := ""
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return "", err
			}
			key = fold.Quote(fmt.Sprint(name)) + ":"
		}
		v, err := sortKeys(dec)
		if err != nil {
			return "", err
		}
		members = append(members, key+v)
	}
	if _, err := dec.Token(); err != nil {
		return "", err
	}
	if open == '{' {
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}", nil
	}
	return "[" + strings.Join(members, ",") + "]", nil
}
