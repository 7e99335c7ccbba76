package provider

import "encoding/json"

// raw is JSON that is already text.
func raw(s string) json.RawMessage { return json.RawMessage(s) }

// contentDemand reads a request for generated content, whose names may be in
// camelCase or snake_case.
func (c *call) contentDemand() demand {
	var d demand
	for _, t := range list(c.asked, "tools") {
		for _, key := range []string{"functionDeclarations", "function_declarations"} {
			for _, f := range list(t, key) {
				schema := orElse(at(f, "parameters"), orElse(at(f, "parametersJsonSchema"), at(f, "parameters_json_schema")))
				d.tools = append(d.tools, tool{textAt(f, "name"), schema})
			}
		}
	}
	calling := orElse(at(c.asked, "toolConfig", "functionCallingConfig"), at(c.asked, "tool_config", "function_calling_config"))
	switch textAt(calling, "mode") {
	case "ANY":
		d.any = true
		if allowed := list(calling, "allowedFunctionNames"); len(allowed) == 1 {
			d.forced, _ = allowed[0].(string)
		}
	case "NONE":
		d.never = true
	}
	contents := append([]any{}, list(c.asked, "contents")...)
	for _, m := range append([]any{orElse(at(c.asked, "systemInstruction"), at(c.asked, "system_instruction"))}, contents...) {
		d.said = append(d.said, said(at(m, "parts"))...)
		for _, part := range list(m, "parts") {
			if orElse(at(part, "functionResponse"), at(part, "function_response")) != nil {
				d.answered = true
			}
			if f := orElse(at(part, "functionCall"), at(part, "function_call")); f != nil {
				d.called = append(d.called, textAt(f, "name"))
			}
		}
	}
	config := orElse(at(c.asked, "generationConfig"), at(c.asked, "generation_config"))
	for _, key := range []string{"responseSchema", "responseJsonSchema", "response_schema", "response_json_schema"} {
		d.schema = orElse(d.schema, at(config, key))
	}
	mime, _ := orElse(at(config, "responseMimeType"), at(config, "response_mime_type")).(string)
	d.json = mime == "application/json"
	return d
}

// contentUsage counts as this provider does: the prompt has what came from a cache,
// the candidates have nothing of the thoughts.
func (c *call) contentUsage(candidates int64) object {
	modality := func(n int64) []any { return []any{object{{"modality", "TEXT"}, {"tokenCount", n}}} }
	return object{
		{"promptTokenCount", c.counts.prompt},
		{"candidatesTokenCount", candidates},
		{"totalTokenCount", c.counts.prompt + candidates + c.counts.reasoning},
		{"cachedContentTokenCount", c.counts.cached},
		{"promptTokensDetails", modality(c.counts.prompt)},
		{"cacheTokensDetails", modality(c.counts.cached)},
		{"thoughtsTokenCount", c.counts.reasoning},
	}
}

func (c *call) content() any {
	r := c.contentDemand().reply()
	usage := c.contentUsage(c.counts.completion)
	answer := func(part object, finish any, usage object) object {
		candidate := object{{"content", object{{"parts", []any{part}}, {"role", "model"}}}}
		if finish != nil {
			candidate = candidate.with("finishReason", finish)
		}
		candidate = candidate.with("index", 0)
		return object{
			{"candidates", []any{candidate}},
			{"usageMetadata", usage},
			{"modelVersion", dated(c.model)},
			{"responseId", "resp-" + c.serial},
		}
	}
	if r.tool != "" {
		part := object{{"functionCall", object{{"name", r.tool}, {"args", raw(r.arguments)}}}}
		c.sendContent(answer(part, "STOP", usage))
		return usage
	}
	if !c.stream {
		c.sendContent(answer(object{{"text", r.text}}, "STOP", usage))
		return usage
	}
	var chunks []object
	ps := pieces(r.text)
	for i, p := range ps {
		// Each part of a stream counts all that was written by then.
		if i < len(ps)-1 {
			chunks = append(chunks, answer(object{{"text", p}}, nil, c.contentUsage(int64(5+2*i))))
		} else {
			chunks = append(chunks, answer(object{{"text", p}}, "STOP", usage))
		}
	}
	c.sendContent(chunks...)
	return usage
}

// sendContent sends an answer: as a stream of events or, where nobody asked for
// those, as a list.
func (c *call) sendContent(chunks ...object) {
	switch {
	case c.stream && c.query.Get("alt") == "sse":
		out := c.events()
		for _, chunk := range chunks {
			out.send("", chunk)
		}
	case c.stream:
		writeJSON(c.ResponseWriter, chunks)
	default:
		writeJSON(c.ResponseWriter, chunks[0])
	}
}

// contentEmbedding answers one embedding, which this provider does not count.
func (c *call) contentEmbedding() any {
	writeJSON(c.ResponseWriter, object{{"embedding", object{{"values", vector(8)}}}})
	return nil
}

func (c *call) contentEmbeddings() any {
	all := []any{}
	for range list(c.asked, "requests") {
		all = append(all, object{{"values", vector(8)}})
	}
	writeJSON(c.ResponseWriter, object{{"embeddings", all}})
	return nil
}
