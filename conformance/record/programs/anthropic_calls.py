"""The calls of Anthropic's client that every instrumentation of it is recorded with."""

import inspect

from recording import ANSWER_SCHEMA, ANTHROPIC, ANTHROPIC_TOOL, CLAUDE, QUESTION, SYSTEM, get_weather

ASKED = [{"role": "user", "content": QUESTION}]


def cases(Anthropic):
    """The cases by name. Anthropic is the client's class."""
    client = Anthropic(base_url=ANTHROPIC, api_key="sk-ant-record", max_retries=0)

    def chat():
        # Version 2 of the client has no temperature any more.
        options = {"temperature": 0.3} if "temperature" in inspect.signature(client.messages.create).parameters else {}
        client.messages.create(model=CLAUDE, max_tokens=177, system=SYSTEM, messages=ASKED, **options)

    def stream():
        for _ in client.messages.create(model=CLAUDE, max_tokens=177, system=SYSTEM, messages=ASKED, stream=True):
            pass

    def stream_helper():
        with client.messages.stream(model=CLAUDE, max_tokens=177, system=SYSTEM, messages=ASKED) as events:
            for _ in events.text_stream:
                pass
            events.get_final_message()

    def tools():
        messages = list(ASKED)
        answer = client.messages.create(model=CLAUDE, max_tokens=177, messages=messages, tools=[ANTHROPIC_TOOL])
        messages.append({"role": "assistant", "content": [b.model_dump(exclude_none=True) for b in answer.content]})
        results = [
            {"type": "tool_result", "tool_use_id": b.id, "content": get_weather(**b.input)} for b in answer.content if b.type == "tool_use"
        ]
        messages.append({"role": "user", "content": results})
        client.messages.create(model=CLAUDE, max_tokens=177, messages=messages, tools=[ANTHROPIC_TOOL])

    def caching():
        # What is to be cached is marked; what the cache had is counted in any case.
        system = [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}]
        client.messages.create(model=CLAUDE, max_tokens=177, system=system, messages=ASKED)

    def thinking():
        client.messages.create(
            model=CLAUDE, max_tokens=4177, thinking={"type": "enabled", "budget_tokens": 2048}, system=SYSTEM, messages=ASKED
        )

    def structured():
        client.messages.create(
            model=CLAUDE, max_tokens=177, system=SYSTEM, messages=ASKED,
            output_config={"format": {"type": "json_schema", "schema": ANSWER_SCHEMA}},
        )

    return {
        "chat": chat,
        "stream": stream,
        "stream-helper": stream_helper,
        "tools": tools,
        "caching": caching,
        "thinking": thinking,
        "structured": structured,
    }
