package provider

// chatDemand reads a request for a chat completion.
func (c *call) chatDemand() demand {
	var d demand
	for _, t := range list(c.asked, "tools") {
		if name := textAt(t, "function", "name"); name != "" {
			d.tools = append(d.tools, tool{name, at(t, "function", "parameters")})
		}
	}
	// Before there were tools there were functions.
	for _, f := range list(c.asked, "functions") {
		d.tools = append(d.tools, tool{textAt(f, "name"), at(f, "parameters")})
	}
	switch choice := at(c.asked, "tool_choice").(type) {
	case string:
		d.any, d.never = choice == "required", choice == "none"
	case map[string]any:
		d.forced = textAt(choice, "function", "name")
	}
	for _, m := range list(c.asked, "messages") {
		d.answered = d.answered || textAt(m, "role") == "tool" || textAt(m, "role") == "function"
		for _, t := range list(m, "tool_calls") {
			d.called = append(d.called, textAt(t, "function", "name"))
		}
		d.said = append(d.said, said(at(m, "content"))...)
	}
	switch textAt(c.asked, "response_format", "type") {
	case "json_schema":
		d.schema = at(c.asked, "response_format", "json_schema", "schema")
	case "json_object":
		d.json = true
	}
	return d
}

// said returns the texts of a message's content, which may be a text or parts.
func said(content any) []string {
	switch content := content.(type) {
	case string:
		return []string{content}
	case []any:
		var out []string
		for _, part := range content {
			if s := textAt(part, "text"); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func (c *call) chatUsage() object {
	return object{
		{"prompt_tokens", c.counts.prompt},
		{"completion_tokens", c.counts.completion},
		{"total_tokens", c.counts.prompt + c.counts.completion},
		{"prompt_tokens_details", object{{"cached_tokens", c.counts.cached}, {"audio_tokens", 0}}},
		{"completion_tokens_details", object{
			{"reasoning_tokens", c.counts.reasoning},
			{"audio_tokens", 0},
			{"accepted_prediction_tokens", 0},
			{"rejected_prediction_tokens", 0},
		}},
	}
}

func (c *call) chat() any {
	r := c.chatDemand().reply()
	usage := c.chatUsage()
	head := func(kind string) object {
		return object{
			{"id", "chatcmpl-" + c.serial},
			{"object", kind},
			{"created", created},
			{"model", dated(c.model)},
		}
	}
	finish := "stop"
	if r.tool != "" {
		finish = "tool_calls"
	}
	if !c.stream {
		message := object{{"role", "assistant"}, {"content", nil}}
		if r.tool != "" {
			message = message.with("tool_calls", []any{c.chatTool(r)})
		} else {
			message[1].value = r.text
		}
		message = message.with("refusal", nil).with("annotations", []any{})
		choice := object{{"index", 0}, {"message", message}, {"logprobs", nil}, {"finish_reason", finish}}
		writeJSON(c.ResponseWriter, head("chat.completion").
			with("choices", []any{choice}).
			with("usage", usage).
			with("service_tier", "default").
			with("system_fingerprint", "fp_record"))
		return usage
	}

	include, _ := at(c.asked, "stream_options", "include_usage").(bool)
	out := c.events()
	chunk := func(choices []any) object {
		o := head("chat.completion.chunk").with("service_tier", "default").with("system_fingerprint", "fp_record").with("choices", choices)
		if include {
			o = o.with("usage", nil)
		}
		return o
	}
	delta := func(d object, finish any) {
		out.send("", chunk([]any{object{{"index", 0}, {"delta", d}, {"logprobs", nil}, {"finish_reason", finish}}}))
	}
	if r.tool != "" {
		first := c.chatTool(reply{tool: r.tool})
		delta(object{{"role", "assistant"}, {"content", nil}, {"tool_calls", []any{append(object{{"index", 0}}, first...)}}}, nil)
		for _, p := range pieces(r.arguments) {
			delta(object{{"tool_calls", []any{object{{"index", 0}, {"function", object{{"arguments", p}}}}}}}, nil)
		}
	} else {
		delta(object{{"role", "assistant"}, {"content", ""}, {"refusal", nil}}, nil)
		for _, p := range pieces(r.text) {
			delta(object{{"content", p}}, nil)
		}
	}
	delta(object{}, finish)
	var told any
	if include {
		last := chunk([]any{})
		last[len(last)-1].value = usage
		out.send("", last)
		told = usage
	}
	out.send("", "[DONE]")
	return told
}

func (c *call) chatTool(r reply) object {
	return object{
		{"id", "call_" + c.serial},
		{"type", "function"},
		{"function", object{{"name", r.tool}, {"arguments", r.arguments}}},
	}
}

// completion answers the call that was there before chats.
func (c *call) completion() any {
	usage := c.chatUsage()
	head := object{{"id", "cmpl-" + c.serial}, {"object", "text_completion"}, {"created", created}, {"model", dated(c.model)}}
	choice := func(s string, finish any) []any {
		return []any{object{{"text", s}, {"index", 0}, {"logprobs", nil}, {"finish_reason", finish}}}
	}
	answer := demand{said: said(at(c.asked, "prompt"))}.reply().text
	if !c.stream {
		writeJSON(c.ResponseWriter, head.with("choices", choice(answer, "stop")).with("usage", usage))
		return usage
	}
	out := c.events()
	for _, p := range pieces(answer) {
		out.send("", head.with("choices", choice(p, nil)))
	}
	out.send("", head.with("choices", choice("", "stop")))
	var told any
	if include, _ := at(c.asked, "stream_options", "include_usage").(bool); include {
		out.send("", head.with("choices", []any{}).with("usage", usage))
		told = usage
	}
	out.send("", "[DONE]")
	return told
}
