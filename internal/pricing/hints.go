package pricing

import (
	"maps"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// Hints are what is kept beside usage to price it later.
type Hints struct {
	// Encoding is the name of the tokenizer encoding that estimated the usage; "" when
	// it was reported.
	Encoding string
	// Parameters and Metadata are what the record that carried the usage said about the
	// attributes that conditions of the catalogue ask for, as texts; nil for nothing.
	Parameters, Metadata map[string]string
}

const (
	hintsEncoding   = `"encoding":`
	hintsParameters = `"parameters":`
	hintsMetadata   = `"metadata":`
)

// String returns the hints as a JSON object without blanks and with sorted keys, "" when
// there are none.
func (h Hints) String() string {
	var b []byte
	part := func(name string) { b = append(append(b, ','), name...) }
	if h.Encoding != "" {
		part(hintsEncoding)
		b = jsontext.AppendString(b, h.Encoding)
	}
	if len(h.Parameters) > 0 {
		part(hintsParameters)
		b = appendAttributes(b, h.Parameters)
	}
	if len(h.Metadata) > 0 {
		part(hintsMetadata)
		b = appendAttributes(b, h.Metadata)
	}
	if len(b) == 0 {
		return ""
	}
	b[0] = '{'
	return string(append(b, '}'))
}

func appendAttributes(b []byte, attributes map[string]string) []byte {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(attributes)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsontext.AppendString(b, key), ':')
		b = jsontext.AppendString(b, attributes[key])
	}
	return append(b, '}')
}

// ParseHints reads what [Hints.String] wrote. Any other text gives no hints.
func ParseHints(text string) Hints {
	var h Hints
	ok := eachHint(text, func(part, key, value string) {
		at := &h.Parameters
		switch part {
		case hintsEncoding:
			h.Encoding = value
			return
		case hintsMetadata:
			at = &h.Metadata
		}
		if *at == nil {
			*at = map[string]string{}
		}
		(*at)[key] = value
	})
	if !ok {
		return Hints{}
	}
	return h
}

// hintAt returns the value of an attribute without reading the hints into maps.
func hintAt(text, part, key string) (value string, ok bool) {
	if text == "" {
		return "", false
	}
	whole := eachHint(text, func(p, k, v string) {
		if p == part && k == key {
			value, ok = v, true
		}
	})
	return value, ok && whole
}

// eachHint calls f for everything in a text of hints, and reports whether it is one.
func eachHint(text string, f func(part, key, value string)) bool {
	s := hintScanner{rest: text}
	open := "{"
	if s.skip(open + hintsEncoding) {
		f(hintsEncoding, "", s.quoted())
		open = ","
	}
	for _, part := range []string{hintsParameters, hintsMetadata} {
		if !s.skip(open + part) {
			continue
		}
		s.expect("{")
		for !s.bad {
			key := s.quoted()
			s.expect(":")
			f(part, key, s.quoted())
			if !s.skip(",") {
				break
			}
		}
		s.expect("}")
		open = ","
	}
	s.expect("}")
	return !s.bad && s.rest == "" && open == ","
}

// hintScanner reads a text of hints. From the first malformed place on it is bad, and
// reads nothing more.
type hintScanner struct {
	rest string
	bad  bool
}

func (s *hintScanner) skip(text string) (found bool) {
	s.rest, found = strings.CutPrefix(s.rest, text)
	return found
}

func (s *hintScanner) expect(text string) {
	if !s.skip(text) {
		s.rest, s.bad = "", true
	}
}

func (s *hintScanner) quoted() string {
	if s.bad || !strings.HasPrefix(s.rest, `"`) {
		s.rest, s.bad = "", true
		return ""
	}
	end := jsontext.AfterString(s.rest, 0)
	text := s.rest[:end]
	s.rest = s.rest[end:]
	return jsontext.Unquote(text)
}
