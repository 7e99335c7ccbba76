"""The calls of Google's client for Gemini that every instrumentation of it is recorded with."""

from google import genai
from google.genai import types

from recording import GEMINI, GEMINI_MODEL, QUESTION, SYSTEM, TEXTS, TOOL_DESCRIPTION, TOOL_NAME, get_weather

# Google's own form of the schemas: it was there before JSON schemas were taken.
TOOL = {
    "function_declarations": [
        {
            "name": TOOL_NAME,
            "description": TOOL_DESCRIPTION,
            "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]},
        }
    ]
}
ANSWER = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}, "temperature": {"type": "INTEGER"}}, "required": ["city", "temperature"]}


def cases():
    """The cases by name."""
    client = genai.Client(api_key="record", http_options={"base_url": GEMINI})

    def chat():
        client.models.generate_content(
            model=GEMINI_MODEL, contents=QUESTION, config={"system_instruction": SYSTEM, "temperature": 0.3, "max_output_tokens": 177}
        )

    def stream():
        for _ in client.models.generate_content_stream(model=GEMINI_MODEL, contents=QUESTION, config={"system_instruction": SYSTEM}):
            pass

    def tools():
        config = {"tools": [TOOL]}
        question = types.Content(role="user", parts=[types.Part(text=QUESTION)])
        answer = client.models.generate_content(model=GEMINI_MODEL, contents=[question], config=config)
        results = [
            types.Part.from_function_response(name=f.name, response={"result": get_weather(**f.args)}) for f in answer.function_calls
        ]
        contents = [question, answer.candidates[0].content, types.Content(role="user", parts=results)]
        client.models.generate_content(model=GEMINI_MODEL, contents=contents, config=config)

    def tools_automatic():
        # Given a function, the client calls it by itself.
        client.models.generate_content(model=GEMINI_MODEL, contents=QUESTION, config={"tools": [get_weather]})

    def structured():
        client.models.generate_content(
            model=GEMINI_MODEL, contents=QUESTION, config={"response_mime_type": "application/json", "response_schema": ANSWER}
        )

    def embeddings():
        client.models.embed_content(model="gemini-embedding-001", contents=TEXTS)

    return {
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "tools-automatic": tools_automatic,
        "structured": structured,
        "embeddings": embeddings,
    }
