"""LiveKit Agents with its own spans: a session in text, without a room."""

import asyncio

import recording
from recording import CHAT_MODEL, OPENAI, QUESTION, SYSTEM

from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.telemetry import set_tracer_provider
from livekit.plugins import openai

tracing = recording.tracer_provider()
set_tracer_provider(tracing, metadata={"langfuse.session.id": "session-1"})


@function_tool
async def get_weather(city: str) -> str:
    """Get the weather of a city.

    Args:
        city: Name of the city
    """
    return recording.get_weather(city)


async def talk(*questions, tools=()):
    model = openai.LLM(model=CHAT_MODEL, base_url=OPENAI, api_key="sk-record", temperature=0.3)
    async with AgentSession(llm=model) as session:
        await session.start(Agent(instructions=SYSTEM, tools=list(tools)))
        for question in questions:
            await session.run(user_input=question)


def chat():
    asyncio.run(talk(QUESTION))


def tools():
    asyncio.run(talk(QUESTION, tools=[get_weather]))


def turns():
    asyncio.run(talk(QUESTION, "And tomorrow?"))


recording.run({case.__name__: case for case in (chat, tools, turns)})
