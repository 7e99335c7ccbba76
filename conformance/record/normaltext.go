package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Patterns of what is different in every run.
var (
	uuids   = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	hexes   = regexp.MustCompile(`[0-9a-fA-F]{16,}`)
	objects = regexp.MustCompile(`\b0x[0-9a-f]{6,16}\b`)
	dates   = regexp.MustCompile(`\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?`)
	// Seconds, with or without a fraction, milliseconds, microseconds, nanoseconds.
	numbers = regexp.MustCompile(`\b(\d{10}\.\d+|\d{10}|\d{13}\.\d+|\d{13}|\d{16}|\d{19})\b`)
	system  = regexp.MustCompile(`/usr/(local/)?lib/python3\.\d+`)
)

// text replaces within a text.
func (n *normaliser) text(s *string) {
	out := *s
	for _, r := range n.around.texts {
		out = strings.ReplaceAll(out, r.old, r.new)
	}
	out = system.ReplaceAllString(out, "/python")
	for _, r := range n.changing {
		out = replaceGroup(r, out, func(string) string { return "1" })
	}
	for _, r := range n.random {
		out = replaceGroup(r, out, func(id string) string { return n.other(id, fmt.Sprintf("%%0%dd", len(id))) })
	}
	out = uuids.ReplaceAllStringFunc(out, func(id string) string {
		plain := strings.ReplaceAll(id, "-", "")
		if known, ok := n.ids[strings.ToLower(plain)]; ok && len(known) == 32 && n.replacing {
			return known[:8] + "-" + known[8:12] + "-" + known[12:16] + "-" + known[16:20] + "-" + known[20:]
		}
		return n.other(id, "00000000-0000-4000-8000-%012d")
	})
	out = hexes.ReplaceAllStringFunc(out, func(id string) string {
		if known, ok := n.ids[id]; ok {
			if n.replacing {
				return known
			}
			return id
		}
		if len(id) != 32 {
			return id
		}
		return n.other(id, "f%031d")
	})
	out = objects.ReplaceAllString(out, "0x1")
	out = dates.ReplaceAllStringFunc(out, n.date)
	out = numbers.ReplaceAllStringFunc(out, func(digits string) string {
		if changed, ok := n.number(digits); ok {
			return changed
		}
		return digits
	})
	if n.replacing {
		*s = out
	}
}

// other numbers random ids in the order in which they come.
func (n *normaliser) other(id, format string) string {
	if n.replacing {
		if known, ok := n.ids[id]; ok {
			return known
		}
		return id
	}
	if _, ok := n.ids[id]; !ok {
		n.others++
		n.ids[id] = fmt.Sprintf(format, n.others)
	}
	return id
}

// replaceGroup replaces the first group of a pattern, or the whole match if the
// pattern has no group.
func replaceGroup(r *regexp.Regexp, s string, by func(string) string) string {
	var out strings.Builder
	last := 0
	for _, m := range r.FindAllStringSubmatchIndex(s, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			from, to = m[2], m[3]
		}
		out.WriteString(s[last:from])
		out.WriteString(by(s[from:to]))
		last = to
	}
	out.WriteString(s[last:])
	return out.String()
}

// within reports whether a time is of this run.
func (n *normaliser) within(t time.Time) bool {
	return !t.Before(n.around.from.Add(-time.Second)) && !t.After(n.around.to.Add(time.Second))
}

// date replaces a written date of this run by one in the same form.
func (n *normaliser) date(s string) string {
	m := dates.FindStringSubmatch(s)
	layout := "2006-01-02" + m[1] + "15:04:05"
	if m[2] != "" {
		layout += "." + strings.Repeat("0", len(m[2])-1)
	}
	switch {
	case m[3] == "":
	case strings.Contains(m[3], ":"), m[3] == "Z":
		layout += "Z07:00"
	default:
		layout += "Z0700"
	}
	t, err := time.Parse(layout, s)
	if err != nil || !n.within(t) {
		return s
	}
	out := n.instant(t, len(m[2]) > 3).UTC().Format(layout)
	if m[3] != "" && m[3] != "Z" && strings.HasSuffix(out, "Z") {
		out = strings.TrimSuffix(out, "Z") + m[3]
	}
	return out
}

// number replaces a number that is a time of this run, in its unit.
func (n *normaliser) number(digits string) (string, bool) {
	whole, fraction, _ := strings.Cut(digits, ".")
	units := map[int]time.Duration{10: time.Second, 13: time.Millisecond, 16: time.Microsecond, 19: 1}
	unit, ok := units[len(whole)]
	if !ok {
		return "", false
	}
	i, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return "", false
	}
	t := time.Unix(0, i*int64(unit))
	if f, err := strconv.ParseFloat("0."+fraction, 64); err == nil {
		t = t.Add(time.Duration(f * float64(unit)))
	}
	if !n.within(t) {
		return "", false
	}
	at := n.instant(t, unit < time.Second || fraction != "").UnixNano()
	if !n.replacing {
		return digits, true
	}
	out := strconv.FormatInt(at/int64(unit), 10)
	if fraction != "" {
		rest := strings.TrimRight(fmt.Sprintf("%09d", at%int64(time.Second)), "0")
		if unit != time.Second || rest == "" {
			rest = "0"
		}
		out += "." + rest
	}
	return out, true
}

// instant is time for what stands in texts: what is given in whole seconds has no
// place among the others, since it would be another one in every run.
func (n *normaliser) instant(t time.Time, fine bool) time.Time {
	if !fine {
		if n.replacing {
			return epoch
		}
		return t
	}
	return time.Unix(0, int64(n.time(nanos(t.UnixNano()))))
}
