"""Strands Agents with their own spans, as they are and by the newest conventions."""

import recording
from recording import ANTHROPIC, CHAT_MODEL, CLAUDE, OPENAI, QUESTION, SYSTEM

recording.tracer_provider()

from pydantic import BaseModel  # noqa: E402
from strands import Agent, tool  # noqa: E402
from strands.models.anthropic import AnthropicModel  # noqa: E402
from strands.models.openai import OpenAIModel  # noqa: E402

get_weather = tool(recording.get_weather)


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    temperature: int


def openai():
    client = {"base_url": OPENAI, "api_key": "sk-record", "max_retries": 0}
    return OpenAIModel(client_args=client, model_id=CHAT_MODEL, params={"temperature": 0.3, "max_tokens": 77})


def claude():
    client = {"base_url": ANTHROPIC, "api_key": "sk-record", "max_retries": 0}
    return AnthropicModel(client_args=client, model_id=CLAUDE, max_tokens=77)


def agent(model, **options):
    attributes = {"session.id": "session-1", "user.id": "user-1", "langfuse.tags": ["recorded"]}
    return Agent(name="weather-agent", model=model, system_prompt=SYSTEM, callback_handler=None, trace_attributes=attributes, **options)


def chat():
    agent(openai())(QUESTION)


def tools():
    agent(openai(), tools=[get_weather])(QUESTION)


def anthropic():
    agent(claude(), tools=[get_weather])(QUESTION)


def structured():
    agent(openai(), structured_output_model=Weather)(QUESTION)


recording.run({case.__name__: case for case in (chat, tools, anthropic, structured)})
