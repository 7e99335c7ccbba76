package tokens

import "strings"

// Names of encodings, as OpenAI calls them.
const (
	O200kBase  = "o200k_base"
	Cl100kBase = "cl100k_base"
	P50kBase   = "p50k_base"
	P50kEdit   = "p50k_edit"
	R50kBase   = "r50k_base"
)

// encoding is how a text becomes tokens.
type encoding struct {
	vocabulary *lazyVocabulary
	// next returns the length of the first piece of a text that is not empty.
	next func(text string) int
	// special are the texts that are one token wherever they stand. All begin
	// with specialStart.
	special []string
}

const specialStart = "<|"

func (c *Counter) encoding(name string) (encoding, bool) {
	const endOfText, endOfPrompt = "<|endoftext|>", "<|endofprompt|>"
	const prefix, middle, suffix = "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"
	switch name {
	case O200kBase:
		return encoding{&c.o200k, nextO200k, []string{endOfText, endOfPrompt}}, true
	case Cl100kBase:
		return encoding{&c.cl100k, nextCl100k, []string{endOfText, prefix, middle, suffix, endOfPrompt}}, true
	case P50kBase:
		return encoding{&c.p50k, nextR50k, []string{endOfText}}, true
	case P50kEdit:
		return encoding{&c.p50k, nextR50k, []string{endOfText, prefix, middle, suffix}}, true
	case R50kBase:
		return encoding{&c.r50k, nextR50k, []string{endOfText}}, true
	}
	return encoding{}, false
}

// EncodingOf returns the name of the encoding that a tokenizer uses for a model, to be
// handed to [Counter.Count]. The tokenizer "openai" is known, and takes names that
// it does not know for models with cl100k_base. Others are not: the vocabulary of
// "claude" is not published, so what it would count is not known.
func EncodingOf(tokenizerID, tokenizerModel string) (encoding string, ok bool) {
	if tokenizerID != "openai" {
		return "", false
	}
	model := strings.TrimPrefix(tokenizerModel, "ft:") // a model tuned by its user
	for _, family := range []string{"gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss"} {
		if strings.HasPrefix(model, family) {
			return O200kBase, true
		}
	}
	for _, series := range []string{"o1", "o3", "o4"} {
		if rest, ok := strings.CutPrefix(model, series); ok && (rest == "" || rest[0] == '-') {
			return O200kBase, true
		}
	}
	switch model {
	case "text-davinci-003", "text-davinci-002", "code-davinci-002", "code-davinci-001",
		"code-cushman-002", "code-cushman-001", "davinci-codex", "cushman-codex":
		return P50kBase, true
	case "text-davinci-edit-001", "code-davinci-edit-001":
		return P50kEdit, true
	case "text-davinci-001", "text-curie-001", "text-babbage-001", "text-ada-001",
		"davinci", "curie", "babbage", "ada", "gpt2", "gpt-2",
		"text-similarity-davinci-001", "text-similarity-curie-001", "text-similarity-babbage-001", "text-similarity-ada-001",
		"text-search-davinci-doc-001", "text-search-curie-doc-001", "text-search-babbage-doc-001", "text-search-ada-doc-001",
		"code-search-babbage-code-001", "code-search-ada-code-001":
		return R50kBase, true
	}
	return Cl100kBase, true
}
