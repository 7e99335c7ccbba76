package pricing_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/pricing"
)

func TestHints(t *testing.T) {
	for text, h := range map[string]pricing.Hints{
		``:                           {},
		`{"encoding":"cl100k_base"}`: {Encoding: "cl100k_base"},
		`{"parameters":{"service_tier":"flex","speed":"<fast>"}}`:        {Parameters: map[string]string{"speed": "<fast>", "service_tier": "flex"}},
		`{"encoding":"o200k_base","metadata":{"a":"1"}}`:                 {Encoding: "o200k_base", Metadata: map[string]string{"a": "1"}},
		`{"encoding":"x","parameters":{"a":"b"},"metadata":{"":"\""}}`:   {Encoding: "x", Parameters: map[string]string{"a": "b"}, Metadata: map[string]string{"": `"`}},
		`{"parameters":{"a\\\"b":"\u0000\n"},"metadata":{"ä":"\ufffd"}}`: {Parameters: map[string]string{`a\"b`: "\x00\n"}, Metadata: map[string]string{"ä": "\ufffd"}},
	} {
		if diff := cmp.Diff(h, pricing.ParseHints(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
		if diff := cmp.Diff(h, pricing.ParseHints(h.String())); diff != "" {
			t.Errorf("%s became %s (-want +got)\n%s", text, h, diff)
		}
	}
	for _, text := range []string{
		`{}`, `null`, `[]`, ` {"encoding":"x"}`, `{"encoding":"x"} `, `{"encoding":1}`, `{"encoding":"x"`, `{"encoding":"x","encoding":"y"}`,
		`{"parameters":{}}`, `{"parameters":{"a":1}}`, `{"parameters":{"a":"b",}}`, `{"parameters":{"a"}}`, `{"metadata":{"a":"b"},"parameters":{"a":"b"}}`,
		`{"encoding":"x`, `{"parameters":{"a":"b"}`, `{"other":"x"}`, `{`,
	} {
		if diff := cmp.Diff(pricing.Hints{}, pricing.ParseHints(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
}

func TestHintsRoundTrip(t *testing.T) {
	attributes := rapid.MapOfN(rapid.String(), rapid.String(), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		h := pricing.Hints{Encoding: rapid.String().Draw(t, "encoding"), Parameters: attributes.Draw(t, "parameters"), Metadata: attributes.Draw(t, "metadata")}
		text := h.String()
		if text != "" && !json.Valid([]byte(text)) {
			t.Fatalf("%s is not JSON", text)
		}
		if diff := cmp.Diff(h, pricing.ParseHints(text), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s (-want +got)\n%s", text, diff)
		}
		if again := pricing.ParseHints(text).String(); again != text {
			t.Fatalf("%s became %s", text, again)
		}
	})
}

func FuzzParseHints(f *testing.F) {
	f.Add(`{"encoding":"x","parameters":{"a":"b"},"metadata":{"c":"\""}}`)
	f.Add(`{"parameters":{"a\u0022":"b","c":"d"}}`)
	f.Add(`{"encoding":"\`)
	f.Fuzz(func(t *testing.T, text string) {
		h := pricing.ParseHints(text)
		if !utf8.ValidString(text) {
			return // what is written again then has other characters in these places
		}
		if diff := cmp.Diff(h, pricing.ParseHints(h.String())); diff != "" {
			t.Fatalf("%q became %q\n%s", text, h, diff)
		}
	})
}
