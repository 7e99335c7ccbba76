package jsontext_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

func TestDepth(t *testing.T) {
	for text, want := range map[string]int{
		``: 0, `1`: 0, `"[[["`: 0, `"\"[[["`: 0, `{}`: 1, `[1,"]",[2]]`: 2, `{"{[":{"a":[{}]}}`: 4, ` [ ] `: 1,
		strings.Repeat("[", 500) + strings.Repeat("]", 500): 500,
	} {
		if got := jsontext.Depth(text); got != want {
			t.Errorf("%.40s: %d, want %d", text, got, want)
		}
	}
}

// TestStrings: a quoted text ends where it ends and says what it says, whatever comes
// behind it.
func TestStrings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		behind := rapid.SampledFrom([]string{"", `"`, `,"x"`, `\"`}).Draw(t, "behind")
		end := jsontext.AfterString("["+string(quoted)+behind, 1)
		if end != len(quoted)+1 {
			t.Fatalf("%s%s ends at %d", quoted, behind, end)
		}
		if got := jsontext.Unquote(string(quoted)); got != text {
			t.Errorf("%s says %q, want %q", quoted, got, text)
		}
	})
}

func TestBrokenTexts(t *testing.T) {
	for _, text := range []string{`"`, `"\`, `"abc`, `["`, `"\u12"`} {
		if end := jsontext.AfterString(text, 0); end > len(text) {
			t.Errorf("%s ends at %d", text, end)
		}
		jsontext.Depth(text)
	}
	if got := jsontext.Unquote(`"\u12"`); got != "" {
		t.Errorf("a broken string says %q", got)
	}
}
