package provider

// messageDemand reads a request for a message.
func (c *call) messageDemand() demand {
	var d demand
	for _, t := range list(c.asked, "tools") {
		if at(t, "input_schema") != nil {
			d.tools = append(d.tools, tool{textAt(t, "name"), at(t, "input_schema")})
		}
	}
	switch textAt(c.asked, "tool_choice", "type") {
	case "any":
		d.any = true
	case "none":
		d.never = true
	case "tool":
		d.forced = textAt(c.asked, "tool_choice", "name")
	}
	d.said = append(d.said, said(at(c.asked, "system"))...)
	for _, m := range list(c.asked, "messages") {
		d.said = append(d.said, said(at(m, "content"))...)
		for _, part := range list(m, "content") {
			switch textAt(part, "type") {
			case "tool_result":
				d.answered = true
			case "tool_use":
				d.called = append(d.called, textAt(part, "name"))
			}
		}
	}
	for _, place := range [][]string{{"output_config", "format"}, {"output_format"}} {
		if format := at(c.asked, place...); textAt(format, "type") == "json_schema" {
			d.schema = at(format, "schema")
		}
	}
	return d
}

// messageUsage counts what was read from and written to a cache beside the input,
// as this provider does: input_tokens has neither.
func (c *call) messageUsage(output int64) object {
	usage := object{
		{"input_tokens", c.counts.prompt},
		{"cache_creation_input_tokens", c.counts.briefly + c.counts.written},
		{"cache_read_input_tokens", c.counts.cached},
		{"cache_creation", object{{"ephemeral_5m_input_tokens", c.counts.briefly}, {"ephemeral_1h_input_tokens", c.counts.written}}},
		{"output_tokens", output},
		{"service_tier", "standard"},
	}
	if c.thinks() {
		usage = usage.with("output_tokens_details", object{{"thinking_tokens", c.counts.reasoning}})
	}
	return usage
}

// thinks reports whether the request lets the model think.
func (c *call) thinks() bool { return textAt(c.asked, "thinking", "type") == "enabled" }

func (c *call) message() any {
	r := c.messageDemand().reply()
	usage := c.messageUsage(c.counts.completion)
	reason := "end_turn"
	var blocks []object
	if c.thinks() {
		blocks = append(blocks, object{{"type", "thinking"}, {"thinking", "The weather is wanted."}, {"signature", "sig_record"}})
	}
	if r.tool != "" {
		reason = "tool_use"
		blocks = append(blocks, object{{"type", "tool_use"}, {"id", "toolu_" + c.serial}, {"name", r.tool}, {"input", raw(r.arguments)}})
	} else {
		blocks = append(blocks, object{{"type", "text"}, {"text", r.text}})
	}
	body := func(content []object, reason, usage any) object {
		return object{
			{"id", "msg_" + c.serial},
			{"type", "message"},
			{"role", "assistant"},
			{"model", dated(c.model)},
			{"content", content},
			{"stop_reason", reason},
			{"stop_sequence", nil},
			{"usage", usage},
		}
	}
	if !c.stream {
		writeJSON(c.ResponseWriter, body(blocks, reason, usage))
		return usage
	}

	out := c.events()
	// The count of the output at the start is of what is there by then.
	out.send("message_start", object{{"type", "message_start"}, {"message", body([]object{}, nil, c.messageUsage(3))}})
	out.send("ping", object{{"type", "ping"}})
	for i, b := range blocks {
		start := func(b object) {
			out.send("content_block_start", object{{"type", "content_block_start"}, {"index", i}, {"content_block", b}})
		}
		delta := func(d object) {
			out.send("content_block_delta", object{{"type", "content_block_delta"}, {"index", i}, {"delta", d}})
		}
		switch b.get("type") {
		case "text":
			start(b.set("text", ""))
			for _, p := range pieces(r.text) {
				delta(object{{"type", "text_delta"}, {"text", p}})
			}
		case "tool_use":
			start(b.set("input", object{}))
			for _, p := range pieces(r.arguments) {
				delta(object{{"type", "input_json_delta"}, {"partial_json", p}})
			}
		case "thinking":
			start(b.set("thinking", "").set("signature", ""))
			delta(object{{"type", "thinking_delta"}, {"thinking", b.get("thinking")}})
			delta(object{{"type", "signature_delta"}, {"signature", b.get("signature")}})
		}
		out.send("content_block_stop", object{{"type", "content_block_stop"}, {"index", i}})
	}
	// What the last event says of the usage is the whole of it, without the parts
	// of what was written to a cache.
	final := object{
		{"input_tokens", c.counts.prompt},
		{"cache_creation_input_tokens", c.counts.briefly + c.counts.written},
		{"cache_read_input_tokens", c.counts.cached},
		{"output_tokens", c.counts.completion},
	}
	if c.thinks() {
		final = final.with("output_tokens_details", usage.get("output_tokens_details"))
	}
	out.send("message_delta", object{
		{"type", "message_delta"},
		{"delta", object{{"stop_reason", reason}, {"stop_sequence", nil}}},
		{"usage", final},
	})
	out.send("message_stop", object{{"type", "message_stop"}})
	return usage
}
