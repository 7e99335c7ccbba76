"""Agno, seen by OpenInference."""

from openinference.instrumentation.agno import AgnoInstrumentor

import recording
from recording import CHAT_MODEL, OPENAI, QUESTION, SYSTEM, get_weather

AgnoInstrumentor().instrument(tracer_provider=recording.tracer_provider())

from agno.agent import Agent  # noqa: E402
from agno.models.anthropic import Claude  # noqa: E402
from agno.models.google import Gemini  # noqa: E402
from agno.models.openai import OpenAIChat  # noqa: E402
from agno.team import Team  # noqa: E402


def model():
    return OpenAIChat(id=CHAT_MODEL, base_url=OPENAI, api_key="sk-record", temperature=0.3, max_completion_tokens=77, max_retries=0)


def agent(name="weather-agent", model=model, **options):
    return Agent(name=name, model=model(), instructions=SYSTEM, user_id="user-1", session_id="session-1", telemetry=False, **options)


def chat():
    agent().run(QUESTION)


def stream():
    for _ in agent().run(QUESTION, stream=True):
        pass


def anthropic():
    agent(model=lambda: Claude(id=recording.CLAUDE, api_key="sk-record", max_tokens=77, client_params={"base_url": recording.ANTHROPIC})).run(QUESTION)


def gemini():
    client = {"http_options": {"base_url": recording.GEMINI}}
    agent(model=lambda: Gemini(id=recording.GEMINI_MODEL, api_key="record", client_params=client)).run(QUESTION)


def tools():
    agent(tools=[get_weather]).run(QUESTION)


def team():
    Team(name="weather-team", model=model(), members=[agent()], delegate_to_all_members=True, instructions=SYSTEM, telemetry=False).run(QUESTION)


recording.run({case.__name__: case for case in (chat, stream, anthropic, gemini, tools, team)})
