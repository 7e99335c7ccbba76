"""Pydantic AI with its own spans, in each version of their form, and through Logfire."""

import asyncio

from pydantic import BaseModel
from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

import recording
from recording import CHAT_MODEL, FRAMEWORK, QUESTION, SYSTEM, get_weather


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    temperature: int


if FRAMEWORK.startswith("logfire-"):
    import logfire

    logfire.configure(send_to_logfire=False, service_name="record", console=False, inspect_arguments=False)
    logfire.instrument_pydantic_ai()
    flush = logfire.force_flush
else:
    tracing = recording.tracer_provider()
    flush = tracing.force_flush
    Agent.instrument_all(InstrumentationSettings(tracer_provider=tracing, version=int(FRAMEWORK.rpartition("-v")[2])))

openai = OpenAIProvider(base_url=recording.OPENAI, api_key="sk-record")
SETTINGS = {"temperature": 0.2, "max_tokens": 200}


def asking(**options):
    model = OpenAIChatModel(CHAT_MODEL, provider=openai, settings=SETTINGS)
    return Agent(model, name="weather-agent", instructions=SYSTEM, **options)


def chat():
    asking().run_sync(QUESTION)


def stream():
    async def run():
        async with asking().run_stream(QUESTION) as answer:
            return await answer.get_output()

    asyncio.run(run())


def responses():
    model = OpenAIResponsesModel(CHAT_MODEL, provider=openai)
    Agent(model, name="weather-agent", instructions=SYSTEM).run_sync(QUESTION)


def anthropic():
    provider = AnthropicProvider(base_url=recording.ANTHROPIC, api_key="sk-record")
    Agent(AnthropicModel(recording.CLAUDE, provider=provider), name="weather-agent", instructions=SYSTEM).run_sync(QUESTION)


def gemini():
    provider = GoogleProvider(base_url=recording.GEMINI, api_key="record")
    Agent(GoogleModel(recording.GEMINI_MODEL, provider=provider), name="weather-agent", instructions=SYSTEM).run_sync(QUESTION)


def structured():
    asking(output_type=Weather).run_sync(QUESTION)


def tools():
    asking(tools=[get_weather]).run_sync(QUESTION)


def agents():
    """One agent asks another by a tool."""
    inner, outer = asking(), asking()
    inner.name, outer.name = "inner-agent", "outer-agent"

    @outer.tool_plain
    async def ask_inner(question: str) -> str:
        """Asks the inner agent."""
        return (await inner.run(question)).output

    outer.run_sync(QUESTION)


recording.run({case.__name__: case for case in (chat, stream, responses, anthropic, gemini, structured, tools, agents)})
flush()
