package provider

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strings"
)

// vector returns n numbers that a float32 holds exactly.
func vector(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i+1) / 16
	}
	return out
}

func (c *call) embeddings() any {
	size := 8
	if n, ok := at(c.asked, "dimensions").(float64); ok && n > 0 && n <= 4096 {
		size = int(n)
	}
	var value any = vector(size)
	if textAt(c.asked, "encoding_format") == "base64" {
		var raw []byte
		for _, f := range vector(size) {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(f)))
		}
		value = base64.StdEncoding.EncodeToString(raw)
	}
	// An input is a text, its tokens, or a list of either.
	inputs := 1
	if l := list(c.asked, "input"); len(l) > 0 {
		if _, token := l[0].(float64); !token {
			inputs = len(l)
		}
	}
	data := []any{}
	for i := range inputs {
		data = append(data, object{{"object", "embedding"}, {"index", i}, {"embedding", value}})
	}
	usage := object{{"prompt_tokens", c.counts.prompt}, {"total_tokens", c.counts.prompt}}
	writeJSON(c.ResponseWriter, object{{"object", "list"}, {"data", data}, {"model", dated(c.model)}, {"usage", usage}})
	return usage
}

// models answers what models there are; nil if that was not asked.
func models(vendor, path string) any {
	_, one, found := strings.Cut(path, "models")
	if !found {
		return nil
	}
	one = strings.TrimPrefix(one, "/")
	names := []string{"gpt-4o-mini", "gpt-4o", "text-embedding-3-small"}
	describe := func(n string) object {
		return object{{"id", n}, {"object", "model"}, {"created", created}, {"owned_by", "record"}}
	}
	key, more := "data", object{{"object", "list"}}
	switch vendor {
	case "openai":
	case "anthropic":
		names = []string{"claude-sonnet-4-5"}
		describe = func(n string) object {
			return object{{"id", n}, {"type", "model"}, {"display_name", n}, {"created_at", "2025-01-01T00:00:00Z"}}
		}
		more = object{{"has_more", false}, {"first_id", names[0]}, {"last_id", names[0]}}
	case "gemini":
		names = []string{"gemini-2.5-flash", "gemini-embedding-001"}
		describe = func(n string) object {
			return object{
				{"name", "models/" + n},
				{"version", "001"},
				{"displayName", n},
				{"inputTokenLimit", 1048576},
				{"outputTokenLimit", 65536},
				{"supportedGenerationMethods", []string{"generateContent", "embedContent", "countTokens"}},
			}
		}
		key, more = "models", nil
	default:
		return nil
	}
	if one != "" {
		return describe(one)
	}
	var all []any
	for _, n := range names {
		all = append(all, describe(n))
	}
	return more.with(key, all)
}
