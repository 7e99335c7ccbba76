"""Google's Agent Development Kit with its own spans. The framework's name says which
major version and which form of them; the model is Gemini, or another through LiteLLM."""

import asyncio

import recording
from recording import GEMINI, GEMINI_MODEL, QUESTION, SYSTEM, get_weather

tracing = recording.tracer_provider()
recording.logger_provider()

from google.adk.agents import LlmAgent, RunConfig, SequentialAgent  # noqa: E402
from google.adk.agents.run_config import StreamingMode  # noqa: E402
from google.adk.models.google_llm import Gemini  # noqa: E402
from google.adk.runners import Runner  # noqa: E402
from google.adk.sessions import InMemorySessionService  # noqa: E402
from google.genai import types  # noqa: E402
from pydantic import BaseModel  # noqa: E402


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    temperature: int


def agent(name="weather_agent", **options):
    sampling = types.GenerateContentConfig(temperature=0.3, max_output_tokens=77)
    model = Gemini(model=GEMINI_MODEL, base_url=GEMINI)
    return LlmAgent(name=name, description="Reports the weather.", model=model, instruction=SYSTEM, generate_content_config=sampling, **options)


def ask(root, streaming=StreamingMode.NONE):
    async def turn():
        sessions = InMemorySessionService()
        await sessions.create_session(app_name="weather", user_id="user-1", session_id="session-1")
        runner = Runner(app_name="weather", agent=root, session_service=sessions)
        message = types.Content(role="user", parts=[types.Part(text=QUESTION)])
        async for _ in runner.run_async(user_id="user-1", session_id="session-1", new_message=message, run_config=RunConfig(streaming_mode=streaming)):
            pass

    asyncio.run(turn())


def chat():
    ask(agent())


def stream():
    ask(agent(), StreamingMode.SSE)


def tools():
    ask(agent(tools=[get_weather]))


def structured():
    ask(agent(output_schema=Weather))


def agents():
    """One agent after the other."""
    ask(SequentialAgent(name="report", sub_agents=[agent("first_agent"), agent("second_agent")]))


recording.run({case.__name__: case for case in (chat, stream, tools, structured, agents)})
