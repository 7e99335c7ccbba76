package tokens_test

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tokens"
)

//go:embed testdata/counts.json
var countsJSON []byte

// counts are numbers of OpenAI's own tokenizer; see testdata/counts.mjs.
type counts struct {
	Source string
	Texts  []struct {
		Text   string
		Times  int
		Counts []int64 // by allEncodings
	}
	Stored []struct {
		Encoding, Text string
		Chat           []int32
		Count          int64
	}
}

func allEncodings() []string {
	return []string{tokens.O200kBase, tokens.Cl100kBase, tokens.P50kBase, tokens.P50kEdit, tokens.R50kBase}
}

func readCounts(t *testing.T) (c counts) {
	t.Helper()
	if err := json.Unmarshal(countsJSON, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Texts) < 60 || len(c.Stored) < 20 || !strings.Contains(c.Source, "tiktoken") {
		t.Fatalf("counts.json has %d texts and %d stored ones, by %q", len(c.Texts), len(c.Stored), c.Source)
	}
	return c
}

func TestTexts(t *testing.T) {
	counter := tokens.New()
	for _, c := range readCounts(t).Texts {
		text := strings.Repeat(c.Text, max(c.Times, 1))
		quoted, err := json.Marshal(text) // so that no text is taken for JSON
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range allEncodings() {
			if got, ok := counter.Count(name, nil, string(quoted)); !ok || got != c.Counts[i] {
				t.Errorf("%s of %.60q: %d, %v, want %d", name, text, got, ok, c.Counts[i])
			}
			if json.Valid([]byte(text)) {
				continue
			}
			if got, ok := counter.Count(name, nil, text); !ok || got != c.Counts[i] {
				t.Errorf("%s of %.60q as it is: %d, %v, want %d", name, text, got, ok, c.Counts[i])
			}
		}
	}
}

func TestStored(t *testing.T) {
	counter := tokens.New()
	for _, c := range readCounts(t).Stored {
		var chat *tokens.Chat
		if c.Chat != nil {
			chat = &tokens.Chat{PerMessage: c.Chat[0], PerName: c.Chat[1]}
		}
		if got, ok := counter.Count(c.Encoding, chat, c.Text); !ok || got != c.Count {
			t.Errorf("%s of %s for %v: %d, %v, want %d", c.Encoding, c.Text, c.Chat, got, ok, c.Count)
		}
	}
}

func TestNoCount(t *testing.T) {
	counter := tokens.New()
	for name, tt := range map[string]struct{ encoding, text string }{
		"null":             {tokens.O200kBase, " null\n"},
		"empty list":       {tokens.O200kBase, " [ \n] "},
		"unknown encoding": {"claude", "hello"},
		"no encoding":      {"", "hello"},
		"too long":         {tokens.O200kBase, strings.Repeat("a b ", tokens.MaxText/4) + "c"},
	} {
		t.Run(name, func(t *testing.T) {
			if n, ok := counter.Count(tt.encoding, &tokens.Chat{}, tt.text); ok || n != 0 {
				t.Errorf("%d, %v", n, ok)
			}
		})
	}
}

func TestEncodingOf(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-4o": tokens.O200kBase, "gpt-4o-2024-05-13": tokens.O200kBase, "gpt-4o-mini": tokens.O200kBase, "chatgpt-4o-latest": tokens.O200kBase,
		"ft:gpt-4o-mini-2024-07-18:us::1": tokens.O200kBase, "gpt-4.1-nano": tokens.O200kBase, "gpt-4.5-preview": tokens.O200kBase,
		"gpt-5": tokens.O200kBase, "gpt-5.1-mini": tokens.O200kBase, "gpt-oss-120b": tokens.O200kBase,
		"o1": tokens.O200kBase, "o1-preview": tokens.O200kBase, "o3-mini": tokens.O200kBase, "o4-mini-2025-04-16": tokens.O200kBase,
		"gpt-4": tokens.Cl100kBase, "gpt-4-turbo": tokens.Cl100kBase, "gpt-4-32k-0314": tokens.Cl100kBase, "ft:gpt-4:us": tokens.Cl100kBase,
		"gpt-3.5-turbo": tokens.Cl100kBase, "gpt-3.5-turbo-0301": tokens.Cl100kBase, "gpt-35-turbo": tokens.Cl100kBase,
		"text-embedding-ada-002": tokens.Cl100kBase, "text-embedding-3-small": tokens.Cl100kBase,
		"babbage-002": tokens.Cl100kBase, "davinci-002": tokens.Cl100kBase, "ft:davinci-002:us": tokens.Cl100kBase,
		"text-davinci-003": tokens.P50kBase, "text-davinci-002": tokens.P50kBase, "code-davinci-002": tokens.P50kBase,
		"text-davinci-edit-001": tokens.P50kEdit,
		"text-davinci-001":      tokens.R50kBase, "text-ada-001": tokens.R50kBase, "davinci": tokens.R50kBase, "gpt2": tokens.R50kBase,
		"": tokens.Cl100kBase, "llama-3": tokens.Cl100kBase, "o1x": tokens.Cl100kBase, "o10": tokens.Cl100kBase,
	} {
		if got, ok := tokens.EncodingOf("openai", model); !ok || got != want {
			t.Errorf("%s: %s, %v, want %s", model, got, ok, want)
		}
	}
	for _, id := range []string{"", "claude", "OpenAI"} {
		if got, ok := tokens.EncodingOf(id, "gpt-4"); ok || got != "" {
			t.Errorf("tokenizer %q: %s, %v", id, got, ok)
		}
	}
}

// TestConcurrentUse: counters that meet while they read a vocabulary agree.
func TestConcurrentUse(t *testing.T) {
	counter := tokens.New()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			name := []string{tokens.P50kBase, tokens.R50kBase}[i%2]
			for range 50 {
				if n, ok := counter.Count(name, nil, "hello world"); !ok || n != 2 {
					t.Errorf("%s: %d, %v", name, n, ok)
				}
			}
			if n, ok := counter.Count(name, nil, strings.Repeat("=", 40_000)); !ok || n == 0 {
				t.Errorf("%s: %d, %v", name, n, ok)
			}
		})
	}
	wg.Wait()
}

// TestWorstTexts counts what makes other tokenizers take time with the square of
// a length: with these lengths that is hours, so that returning at all is the proof.
func TestWorstTexts(t *testing.T) {
	const length = 1 << 18
	counter := tokens.New()
	for _, unit := range []string{
		"a", "A", "aA", "1", " ", "\n", " \n", "\n ", " \n\t", "\r\n", "\u00a0", "=", "/", "'", " '", "漢", "漢A", "😀", "e\u0301", "\u0301", "\u0301A", "\xff", "<|", "[",
	} {
		text := strings.Repeat(unit, length/len(unit)) + "x"
		for _, name := range []string{tokens.O200kBase, tokens.Cl100kBase, tokens.P50kBase} {
			n, ok := counter.Count(name, nil, text)
			if !ok || n < length/256 || n > length+1 {
				t.Errorf("%s of many %q: %d, %v", name, unit, n, ok)
			}
		}
	}
}

func BenchmarkCount(b *testing.B) {
	counter := tokens.New()
	english := strings.Repeat("Fusebox keeps what a model was asked, what it answered, and what that cost (in dollars, to the cent).\n", 600)
	for name, text := range map[string]string{
		"english 60KB": english, "english 300B": english[:300], "letter 60KB": strings.Repeat("a", 60_000), "blank lines 60KB": strings.Repeat(" \n", 30_000),
		"messages 60KB": `[{"role":"user","content":` + string(must(json.Marshal(english))) + `}]`,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				counter.Count(tokens.O200kBase, &tokens.Chat{PerMessage: 3, PerName: 1}, text)
			}
		})
	}
	b.Run("first count", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tokens.New().Count(tokens.O200kBase, nil, "hello")
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
