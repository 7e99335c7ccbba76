"""LiteLLM with its own callback "otel", in both forms of its spans, and through
OpenInference. Each provider is asked through the same call."""

import asyncio
import json

import litellm

import recording
from recording import (
    ANTHROPIC, CASE, CHAT_MODEL, CLAUDE, EMBED_MODEL, FRAMEWORK, GEMINI, GEMINI_MODEL, MESSAGES, OPENAI, OPENAI_TOOL, QUESTION, TEXTS, get_weather,
)

tracing = recording.tracer_provider()
if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.litellm import LiteLLMInstrumentor

    LiteLLMInstrumentor().instrument(tracer_provider=tracing)
else:
    litellm.callbacks = ["otel"]
litellm.suppress_debug_info = True
litellm.telemetry = False

MODELS = {
    "openai": {"model": f"openai/{CHAT_MODEL}", "api_base": OPENAI},
    "anthropic": {"model": f"anthropic/{CLAUDE}", "api_base": ANTHROPIC},
    "gemini": {"model": f"gemini/{GEMINI_MODEL}", "api_base": f"{GEMINI}/v1beta/models/{GEMINI_MODEL}"},
}


async def ask(provider, messages=MESSAGES, **options):
    # The metadata are new for each call: LiteLLM notes in them that the call was sent.
    metadata = {"session_id": "session-1", "trace_user_id": "user-1", "tags": ["recorded"]}
    call = {**MODELS[provider], "api_key": "sk-record", "num_retries": 0, "user": "user-1", "metadata": metadata}
    return await litellm.acompletion(messages=messages, **call, **options)


async def plain(provider):
    await ask(provider, temperature=0.3, max_tokens=77)


async def chat():
    await plain("openai")


async def anthropic():
    await plain("anthropic")


async def gemini():
    await plain("gemini")


async def streamed(provider):
    async for _ in await ask(provider, temperature=0.3, stream=True, stream_options={"include_usage": True}):
        pass


async def stream():
    await streamed("openai")


async def anthropic_stream():
    await streamed("anthropic")


async def tools():
    answer = await ask("openai", tools=[OPENAI_TOOL])
    message = answer.choices[0].message
    messages = [*MESSAGES, message.model_dump(exclude_none=True)]
    for call in message.tool_calls:
        messages.append({"role": "tool", "tool_call_id": call.id, "content": get_weather(**json.loads(call.function.arguments))})
    await ask("openai", messages, tools=[OPENAI_TOOL])


async def responses():
    await litellm.aresponses(**MODELS["openai"], api_key="sk-record", input=QUESTION, temperature=0.3)


async def embeddings():
    await litellm.aembedding(model=f"openai/{EMBED_MODEL}", api_base=OPENAI, api_key="sk-record", input=TEXTS)


async def main():
    cases = {case.__name__.replace("_", "-"): case for case in (chat, stream, anthropic, anthropic_stream, gemini, tools, responses, embeddings)}
    await cases[CASE]()
    # The callbacks run beside the calls.
    from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

    for _ in range(20):
        await asyncio.sleep(0.1)
    await GLOBAL_LOGGING_WORKER.flush()


asyncio.run(main())
