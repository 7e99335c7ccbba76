"""The calls of OpenAI's client that every instrumentation of it is recorded with."""

import json

from recording import (
    ANSWER_SCHEMA, CHAT_MODEL, EMBED_MODEL, MESSAGES, OPENAI, OPENAI_TOOL, QUESTION, SYSTEM, TEXTS,
    TOOL_DESCRIPTION, TOOL_NAME, TOOL_SCHEMA, get_weather,
)


def cases(OpenAI):
    """The cases by name. OpenAI is the client's class, which may be somebody's wrapper."""
    client = OpenAI(base_url=OPENAI, api_key="sk-record", max_retries=0)

    def chat():
        client.chat.completions.create(model=CHAT_MODEL, messages=MESSAGES, temperature=0.3, max_tokens=77, top_p=0.9, seed=5)

    def stream():
        for _ in client.chat.completions.create(
            model=CHAT_MODEL, messages=MESSAGES, temperature=0.3, stream=True, stream_options={"include_usage": True}
        ):
            pass

    def stream_uncounted():
        # The provider says nothing of tokens unless asked.
        for _ in client.chat.completions.create(model=CHAT_MODEL, messages=MESSAGES, stream=True):
            pass

    def tools():
        messages = list(MESSAGES)
        answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages, tools=[OPENAI_TOOL], tool_choice="auto")
        message = answer.choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            result = get_weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        client.chat.completions.create(model=CHAT_MODEL, messages=messages, tools=[OPENAI_TOOL])

    def structured():
        client.chat.completions.create(
            model=CHAT_MODEL,
            messages=MESSAGES,
            response_format={"type": "json_schema", "json_schema": {"name": "weather", "schema": ANSWER_SCHEMA, "strict": True}},
        )

    def responses():
        client.responses.create(model=CHAT_MODEL, instructions=SYSTEM, input=QUESTION, temperature=0.3, max_output_tokens=77)

    def responses_stream():
        for _ in client.responses.create(model=CHAT_MODEL, instructions=SYSTEM, input=QUESTION, stream=True):
            pass

    def responses_tools():
        tool = {"type": "function", "name": TOOL_NAME, "description": TOOL_DESCRIPTION, "parameters": TOOL_SCHEMA, "strict": True}
        items = [{"role": "user", "content": QUESTION}]
        answer = client.responses.create(model=CHAT_MODEL, input=items, tools=[tool], reasoning={"effort": "low"})
        for item in answer.output:
            items.append(item.model_dump(exclude_none=True))
            if item.type == "function_call":
                result = get_weather(**json.loads(item.arguments))
                items.append({"type": "function_call_output", "call_id": item.call_id, "output": result})
        client.responses.create(model=CHAT_MODEL, input=items, tools=[tool])

    def embeddings():
        client.embeddings.create(model=EMBED_MODEL, input=TEXTS)

    return {
        "chat": chat,
        "stream": stream,
        "stream-uncounted": stream_uncounted,
        "tools": tools,
        "structured": structured,
        "responses": responses,
        "responses-stream": responses_stream,
        "responses-tools": responses_tools,
        "embeddings": embeddings,
    }
