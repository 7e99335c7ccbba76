package otelmap

// DetailShape is the usage object of an API or a framework, as it stands inside of
// answers: as JSON, as JSON in a text of JSON, or as Python prints it. It is known by
// its two wholes and at least one part that is not 0; whatever else it has is ignored.
type DetailShape struct {
	Row
	Input, Output string
	// Of are the entries that the wholes are compared with, instead of input and output:
	// such an object tells the parts of parts, where they were counted or found.
	Of [2]string
	// Whether the API documents the parts of a side as beside the whole instead of in it.
	InputBeside, OutputBeside bool
	Parts                     []DetailPart // the first of each entry
}

// DetailPart is a part that an object may tell.
type DetailPart struct {
	Path  string // points between names; at most three
	Entry string // one of the table usage_part
}

func (r *DetailShape) line() Line {
	l := Line{Reads: "objects with " + code(r.Input, r.Output)}
	if r.Of[0] != "" {
		l.Reads += ", which are compared with " + code(r.Of[:]...)
	}
	for i, p := range r.Parts {
		if i > 0 {
			l.Gives += "; "
		}
		l.Gives += code(p.Path) + " as " + code(p.Entry)
	}
	switch beside := "are beside "; {
	case r.InputBeside && r.OutputBeside:
		l.When = "parts " + beside + "both"
	case r.InputBeside:
		l.When = "parts " + beside + code(r.Input)
	case r.OutputBeside:
		l.When = "parts " + beside + code(r.Output)
	case r.Of[0] != "":
		l.When = "parts are in " + code(r.Output)
	default:
		l.When = "parts are in both"
	}
	return l
}

func detailShape(rank int, name, input, output string, parts ...DetailPart) DetailShape {
	return DetailShape{Row: Row{Name: "detail_shape/" + name, Rank: rank}, Input: input, Output: output, Parts: parts}
}

// genericDetailShapes has the objects that many instrumentations show.
func genericDetailShapes() []DetailShape {
	const (
		prompt, completion = "prompt_tokens_details.", "completion_tokens_details."
		input, output      = "input_tokens_details.", "output_tokens_details."
		lcInput, lcOutput  = "input_token_details.", "output_token_details."
		written5m          = "ephemeral_5m_input_tokens"
		written1h          = "ephemeral_1h_input_tokens"
	)
	shapes := []DetailShape{
		detailShape(
			10, "chat", "prompt_tokens", "completion_tokens",
			DetailPart{prompt + "cached_tokens", entryCached}, DetailPart{"prompt_cached_tokens", entryCached},
			DetailPart{prompt + "cache_creation_tokens", entryCreation}, DetailPart{prompt + "cache_write_tokens", entryCreation},
			DetailPart{prompt + "cache_creation_token_details." + written5m, entryCreation5m},
			DetailPart{prompt + "cache_creation_token_details." + written1h, entryCreation1h},
			DetailPart{prompt + "audio_tokens", entryInputAudio},
			DetailPart{completion + "reasoning_tokens", entryReasoning}, DetailPart{completion + "audio_tokens", entryOutputAudio},
		),
		detailShape(
			20, "responses", "input_tokens", "output_tokens",
			DetailPart{input + "cached_tokens", entryCached}, DetailPart{input + "cache_write_tokens", entryCreation},
			DetailPart{output + "reasoning_tokens", entryReasoning},
		),
		detailShape(
			30, "anthropic", "input_tokens", "output_tokens",
			DetailPart{"cache_read_input_tokens", entryCached}, DetailPart{"cache_creation_input_tokens", entryCreation},
			DetailPart{"cache_creation." + written5m, entryCreation5m}, DetailPart{"cache_creation." + written1h, entryCreation1h},
			DetailPart{output + "thinking_tokens", entryReasoning},
		),
		detailShape(
			40, "langchain", "input_tokens", "output_tokens",
			DetailPart{lcInput + "cache_read", entryCached}, DetailPart{lcInput + "cache_creation", entryCreation},
			DetailPart{lcInput + written5m, entryCreation5m}, DetailPart{lcInput + written1h, entryCreation1h},
			DetailPart{lcInput + "audio", entryInputAudio},
			DetailPart{lcOutput + "reasoning", entryReasoning}, DetailPart{lcOutput + "audio", entryOutputAudio},
		),
		detailShape(
			50, "gemini", "promptTokenCount", "candidatesTokenCount",
			DetailPart{"cachedContentTokenCount", entryCached}, DetailPart{"thoughtsTokenCount", entryReasoning},
		),
		detailShape(
			60, "gemini in Python", "prompt_token_count", "candidates_token_count",
			DetailPart{"cached_content_token_count", entryCached}, DetailPart{"thoughts_token_count", entryReasoning},
		),
		// Of a stream that LangChain put together from the events of Anthropic's.
		detailShape(
			70, "anthropic cache", "cache_read_input_tokens", "cache_creation_input_tokens",
			DetailPart{"cache_creation." + written5m, entryCreation5m}, DetailPart{"cache_creation." + written1h, entryCreation1h},
		),
	}
	shapes[6].Of = [2]string{entryCached, entryCreation}
	shapes[2].InputBeside = true
	shapes[4].OutputBeside, shapes[5].OutputBeside = true, true
	return shapes
}
