package tokens_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tokens"
)

// FuzzCount: every text has a count between nothing and its bytes (a message costs
// what it is told to), and special tokens part a text.
func FuzzCount(f *testing.F) {
	for _, text := range []string{"", "a \n \n b", `[{"role":"user","content":"x","name":"n"}]`, `{"a":[1.0,"\u00e9"]}`, "\xff'ſ\u0301A", "<|endoftext|>", "null", "[]"} {
		f.Add(text)
	}
	counter := tokens.New()
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range allEncodings() {
			n, ok := counter.Count(name, &tokens.Chat{}, text)
			if ok && (n < 0 || n > 3*int64(len(text))+3) {
				t.Fatalf("%s of %q: %d", name, text, n)
			}
			if !ok && !json.Valid([]byte(text)) {
				t.Fatalf("%s of %q has no count", name, text)
			}
			if strings.Contains(text, "<|") || strings.HasSuffix(text, "<") || strings.HasPrefix(text, "|") {
				continue
			}
			once, ok := counter.Count(name, nil, string(must(json.Marshal(text))))
			if !ok {
				t.Fatalf("%s of %q as JSON has no count", name, text)
			}
			twice, ok := counter.Count(name, nil, string(must(json.Marshal(text+"<|endoftext|>"+text))))
			if !ok || twice != 2*once+1 {
				t.Fatalf("%s of %q: %d, twice %d", name, text, once, twice)
			}
		}
	})
}
