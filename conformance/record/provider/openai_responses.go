package provider

// responseDemand reads a request for a response.
func (c *call) responseDemand() demand {
	var d demand
	for _, t := range list(c.asked, "tools") {
		if textAt(t, "type") == "function" {
			d.tools = append(d.tools, tool{textAt(t, "name"), at(t, "parameters")})
		}
	}
	switch choice := at(c.asked, "tool_choice").(type) {
	case string:
		d.any, d.never = choice == "required", choice == "none"
	case map[string]any:
		d.forced = textAt(choice, "name")
	}
	d.said = append(d.said, said(at(c.asked, "instructions"))...)
	d.said = append(d.said, said(at(c.asked, "input"))...)
	for _, item := range list(c.asked, "input") {
		switch textAt(item, "type") {
		case "function_call_output":
			d.answered = true
		case "function_call":
			d.called = append(d.called, textAt(item, "name"))
		}
		d.said = append(d.said, said(at(item, "content"))...)
	}
	switch textAt(c.asked, "text", "format", "type") {
	case "json_schema":
		d.schema = at(c.asked, "text", "format", "schema")
	case "json_object":
		d.json = true
	}
	return d
}

func (c *call) response() any {
	r := c.responseDemand().reply()
	usage := object{
		{"input_tokens", c.counts.prompt},
		{"input_tokens_details", object{{"cached_tokens", c.counts.cached}, {"cache_write_tokens", 0}}},
		{"output_tokens", c.counts.completion},
		{"output_tokens_details", object{{"reasoning_tokens", c.counts.reasoning}}},
		{"total_tokens", c.counts.prompt + c.counts.completion},
	}
	body := func(status string, output []any, usage any) object {
		o := object{
			{"id", "resp_" + c.serial},
			{"object", "response"},
			{"created_at", created},
			{"status", status},
			{"background", false},
			{"error", nil},
			{"incomplete_details", nil},
			{"instructions", at(c.asked, "instructions")},
			{"max_output_tokens", at(c.asked, "max_output_tokens")},
			{"model", dated(c.model)},
			{"output", output},
			{"parallel_tool_calls", true},
			{"previous_response_id", at(c.asked, "previous_response_id")},
			{"reasoning", object{{"effort", at(c.asked, "reasoning", "effort")}, {"summary", at(c.asked, "reasoning", "summary")}}},
			{"service_tier", "default"},
			{"store", true},
			{"temperature", orElse(at(c.asked, "temperature"), 1.0)},
			{"text", orElse(at(c.asked, "text"), object{{"format", object{{"type", "text"}}}})},
			{"tool_choice", orElse(at(c.asked, "tool_choice"), "auto")},
			{"tools", orElse(at(c.asked, "tools"), []any{})},
			{"top_p", orElse(at(c.asked, "top_p"), 1.0)},
			{"truncation", "disabled"},
			{"usage", usage},
			{"metadata", orElse(at(c.asked, "metadata"), object{})},
		}
		return o
	}
	items := c.responseItems(r)
	if !c.stream {
		writeJSON(c.ResponseWriter, body("completed", items, usage))
		return usage
	}

	out := c.events()
	sequence := 0
	send := func(kind string, more object) {
		out.send(kind, append(object{{"type", kind}, {"sequence_number", sequence}}, more...))
		sequence++
	}
	send("response.created", object{{"response", body("in_progress", []any{}, nil)}})
	send("response.in_progress", object{{"response", body("in_progress", []any{}, nil)}})
	for i, item := range items {
		item := item.(object)
		switch item.get("type") {
		case "message":
			c.streamMessage(send, i, item, r.text)
		case "function_call":
			c.streamCall(send, i, item, r.arguments)
		default:
			send("response.output_item.added", object{{"output_index", i}, {"item", item}})
			send("response.output_item.done", object{{"output_index", i}, {"item", item}})
		}
	}
	send("response.completed", object{{"response", body("completed", items, usage)}})
	return usage
}

// responseItems returns the output: what was thought if that is asked for, and then
// a message or a call.
func (c *call) responseItems(r reply) []any {
	var items []any
	if at(c.asked, "reasoning", "effort") != nil {
		items = append(items, object{
			{"id", "rs_" + c.serial},
			{"type", "reasoning"},
			{"summary", []any{object{{"type", "summary_text"}, {"text", "The weather is wanted."}}}},
		})
	}
	if r.tool != "" {
		return append(items, object{
			{"id", "fc_" + c.serial},
			{"type", "function_call"},
			{"status", "completed"},
			{"arguments", r.arguments},
			{"call_id", "call_" + c.serial},
			{"name", r.tool},
		})
	}
	part := object{{"type", "output_text"}, {"annotations", []any{}}, {"logprobs", []any{}}, {"text", r.text}}
	return append(items, object{
		{"id", "msg_" + c.serial},
		{"type", "message"},
		{"status", "completed"},
		{"content", []any{part}},
		{"role", "assistant"},
	})
}

type sender func(kind string, more object)

func (c *call) streamMessage(send sender, i int, item object, answer string) {
	send("response.output_item.added", object{{"output_index", i}, {"item", item.set("status", "in_progress").set("content", []any{})}})
	part := item.get("content").([]any)[0].(object)
	where := object{{"item_id", item.get("id")}, {"output_index", i}, {"content_index", 0}}
	send("response.content_part.added", where.with("part", part.set("text", "")))
	for _, p := range pieces(answer) {
		send("response.output_text.delta", where.with("delta", p).with("logprobs", []any{}))
	}
	send("response.output_text.done", where.with("text", answer).with("logprobs", []any{}))
	send("response.content_part.done", where.with("part", part))
	send("response.output_item.done", object{{"output_index", i}, {"item", item}})
}

func (c *call) streamCall(send sender, i int, item object, arguments string) {
	send("response.output_item.added", object{{"output_index", i}, {"item", item.set("status", "in_progress").set("arguments", "")}})
	where := object{{"item_id", item.get("id")}, {"output_index", i}}
	for _, p := range pieces(arguments) {
		send("response.function_call_arguments.delta", where.with("delta", p))
	}
	send("response.function_call_arguments.done", where.with("name", item.get("name")).with("arguments", arguments))
	send("response.output_item.done", object{{"output_index", i}, {"item", item}})
}

// get returns a member's value, nil without one.
func (o object) get(key string) any {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// set returns the object with another value for a member.
func (o object) set(key string, value any) object {
	out := append(object(nil), o...)
	for i := range out {
		if out[i].key == key {
			out[i].value = value
		}
	}
	return out
}

func orElse(v, other any) any {
	if v == nil {
		return other
	}
	return v
}
