"""Traceloop's SDK: its decorators for workflows, agents, tasks and tools around a call of
OpenAI's client."""

import os

import recording

from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, task, tool, workflow
from traceloop.sdk.instruments import Instruments

Traceloop.init(
    app_name="record",
    api_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    disable_batch=True,
    telemetry_enabled=False,
    instruments={Instruments.OPENAI},
)

from openai import OpenAI

import openai_calls

calls = openai_calls.cases(OpenAI)


@task(name="ask_model")
def ask(question: str) -> str:
    calls["chat"]()
    return "asked " + question


@tool(name="get_weather")
def weather(city: str) -> str:
    return recording.get_weather(city)


@agent(name="weather_agent")
def weather_agent(question: str) -> str:
    calls["tools"]()
    return weather("Paris")


@workflow(name="weather_workflow")
def weather_workflow(question: str) -> dict:
    Traceloop.set_association_properties({"user_id": "user-7", "session_id": "session-9", "tier": "gold"})
    return {"answer": ask(question)}


@workflow(name="agent_workflow")
def agent_workflow(question: str) -> str:
    return weather_agent(question)


recording.run(
    {
        "workflow": lambda: weather_workflow(recording.QUESTION),
        "agent": lambda: agent_workflow(recording.QUESTION),
        "chat": calls["chat"],
    }
)
