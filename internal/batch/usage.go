package batch

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// setUsage sets usage and cost: what usage says, overlaid by usageDetails and
// costDetails. What of them has no place there is kept in the raw side value.
func (b *body) setUsage(r *fold.Record) {
	if !b.given(keyUsage) && !b.given(keyUsageDetails) && !b.given(keyCostDetails) {
		return
	}
	usage, cost := map[string]int64{}, map[string]int64{}
	details := b.usageDetails()
	b.usage(usage, cost, len(details) > 0)
	for _, d := range details {
		usage[d.Name] = d.N
	}
	b.costDetails(cost)
	if len(usage) > 0 {
		r.Set(fold.Usage, fold.Map(trace.AmountsOf(usage)))
	}
	if len(cost) > 0 {
		r.Set(fold.Cost, fold.Map(trace.AmountsOf(cost)))
	}
}

// setReasons says which keys usage and cost come from.
func (b *body) setReasons(r *fold.Record) {
	var reasons []string
	if _, ok := r.Get(fold.Usage); ok {
		reasons = append(reasons, fold.Usage.String()+"\t"+b.ruleOf(keyUsageDetails))
	}
	if _, ok := r.Get(fold.Cost); ok {
		reasons = append(reasons, fold.Cost.String()+"\t"+b.ruleOf(keyCostDetails))
	}
	if len(reasons) > 0 {
		r.Set(fold.Reasons, fold.Text(strings.Join(reasons, "\n")))
	}
}

// ruleOf names the keys of the body that usage or cost come from, as the explanation
// of an observation shows it.
func (b *body) ruleOf(details key) string {
	switch {
	case !b.given(details):
		return "batch/" + keyUsage.String()
	case !b.given(keyUsage):
		return "batch/" + details.String()
	}
	return "batch/" + keyUsage.String() + " and " + details.String()
}

// object returns a value that must be an object.
func (b *body) object(k key) (raw []byte, ok bool) {
	if !b.given(k) {
		return nil, false
	}
	if raw = b.values[k]; raw[0] != '{' {
		b.add(wrongType(b.pathOf(k), "object", raw))
		return nil, false
	}
	return raw, true
}

func (b *body) usageDetails() trace.Amounts {
	raw, ok := b.object(keyUsageDetails)
	if !ok {
		return nil
	}
	usage, all := otelmap.UsageOf(string(raw))
	if !all {
		b.keep(keyUsageDetails)
	}
	return usage
}

// costDetails adds the costs that are numbers and not negative.
func (b *body) costDetails(cost map[string]int64) {
	raw, ok := b.object(keyCostDetails)
	if !ok {
		return
	}
	for name, value := range members(raw) {
		f, ok := number(value)
		if !ok || f < 0 {
			b.keep(keyCostDetails)
			delete(cost, string(name)) // of a repeated key the last counts
			continue
		}
		b.setCost(cost, string(name), f, keyCostDetails)
	}
}

// setCost adds a cost; one that is held at the bound is kept as it was sent.
func (b *body) setCost(cost map[string]int64, name string, dollars float64, k key) {
	cost[name] = trace.CostOf(dollars)
	if math.Abs(dollars) > float64(trace.MaxCost)/trace.CostScale {
		b.keep(k)
	}
}

// The keys of usage of the first clients: two families of counts, and costs.
const (
	oldTokens = 0 // of promptTokens, completionTokens, totalTokens
	oldCounts = 3 // of input, output, total
	oldCosts  = 6 // of inputCost, outputCost, totalCost
	oldUnit   = 9
	numOld    = 10
)

func oldKeys() [numOld]string {
	return [numOld]string{
		"promptTokens", "completionTokens", "totalTokens", "input", "output", "total", "inputCost", "outputCost", "totalCost", "unit",
	}
}

// usage adds what the key usage says. The family with "Tokens" in its names
// excludes the other, and costs with it.
func (b *body) usage(usage, cost map[string]int64, detailed bool) {
	raw, ok := b.object(keyUsage)
	if !ok {
		return
	}
	var (
		names  = oldKeys()
		values [numOld][]byte
		partly bool // something is not taken
	)
	for name, value := range members(raw) {
		if i := slices.Index(names[:], string(name)); i >= 0 {
			values[i] = value
		} else {
			partly = true
		}
	}
	if values[oldTokens] != nil || values[oldTokens+1] != nil || values[oldTokens+2] != nil {
		b.counts(usage, detailed, names[oldTokens:oldCounts], values[oldTokens:oldCounts])
		for _, v := range values[oldCounts:] {
			partly = partly || v != nil && !isNull(v)
		}
	} else {
		b.counts(usage, detailed, names[oldCounts:oldCosts], values[oldCounts:oldCosts])
		for i, entry := range [...]string{"input", "output", "total"} {
			b.cost(cost, entry, names[oldCosts+i], values[oldCosts+i])
		}
		partly = b.unit(values[oldUnit]) || partly
	}
	if partly {
		b.keep(keyUsage)
	}
}

// counts adds input, output and total. A total that is missing is their sum, unless
// there are details, whose entries are summed by those who show them.
func (b *body) counts(usage map[string]int64, detailed bool, names []string, values [][]byte) {
	input, hasInput := b.count(names[0], values[0])
	output, hasOutput := b.count(names[1], values[1])
	total, _ := b.count(names[2], values[2])
	if hasInput {
		usage["input"] = input
	}
	if hasOutput {
		usage["output"] = output
	}
	switch {
	case total > 0:
		usage["total"] = total
	case detailed || !hasInput && !hasOutput:
	case input > 0 && output > 0:
		usage["total"] = input + output
	case hasInput:
		usage["total"] = input
	default:
		usage["total"] = output
	}
}

// count returns a count of usage.
func (b *body) count(name string, raw []byte) (n int64, ok bool) {
	if raw == nil || isNull(raw) {
		return 0, false
	}
	n, ok = whole(raw)
	switch {
	case ok:
		return n, true
	case raw[0] == '-':
		b.add(negative(at(b.path, keyUsage.String(), name)))
	default:
		b.add(wrongType(at(b.path, keyUsage.String(), name), "integer", raw))
	}
	return 0, false
}

// cost adds a cost of usage. It may be negative.
func (b *body) cost(cost map[string]int64, entry, name string, raw []byte) {
	if raw == nil || isNull(raw) {
		return
	}
	f, ok := number(raw)
	if !ok {
		b.add(wrongType(at(b.path, keyUsage.String(), name), "number", raw))
		return
	}
	b.setCost(cost, entry, f, keyUsage)
}

// unit checks a unit and reports whether it is another than tokens, which is what
// all usage is shown as.
func (b *body) unit(raw []byte) (other bool) {
	if raw == nil || isNull(raw) {
		return false
	}
	allowed := []string{"CHARACTERS", "TOKENS", "SECONDS", "MILLISECONDS", "IMAGES", "REQUESTS"}
	if raw[0] == '"' && slices.Contains(allowed, unquote(raw)) {
		return unquote(raw) != "TOKENS"
	}
	b.add(wrongOption(at(b.path, keyUsage.String(), "unit"), allowed))
	return false
}

// maxCount is the largest whole number that all clients can write exactly. Two of
// them can be added.
const maxCount = 1<<53 - 1

// whole returns the whole number from 0 to maxCount that a value is.
func whole(raw []byte) (int64, bool) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, n >= 0 && n <= maxCount
	}
	f, ok := number(raw)
	if !ok || f < 0 || f > maxCount || f != math.Trunc(f) {
		return 0, false
	}
	return int64(f), true
}

// number returns the finite number that a value is.
func number(raw []byte) (float64, bool) {
	if typeOf(raw) != "number" {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	return f, err == nil
}
