"""AutoGen with its own spans, and seen by OpenInference."""

import asyncio

import recording
from recording import CHAT_MODEL, FRAMEWORK, OPENAI, QUESTION, SYSTEM, get_weather

tracing = recording.tracer_provider()
if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.autogen_agentchat import AutogenAgentChatInstrumentor

    AutogenAgentChatInstrumentor().instrument(tracer_provider=tracing)

from autogen_agentchat.agents import AssistantAgent  # noqa: E402
from autogen_agentchat.conditions import MaxMessageTermination  # noqa: E402
from autogen_agentchat.teams import RoundRobinGroupChat  # noqa: E402
from autogen_ext.models.openai import OpenAIChatCompletionClient  # noqa: E402


def agent(name="weather_agent", **options):
    model = OpenAIChatCompletionClient(model=CHAT_MODEL, base_url=OPENAI, api_key="sk-record", temperature=0.3, max_tokens=77, max_retries=0)
    return AssistantAgent(name, model_client=model, description="Reports the weather.", system_message=SYSTEM, **options)


def chat():
    asyncio.run(agent().run(task=QUESTION))


def tools():
    asyncio.run(agent(tools=[get_weather], reflect_on_tool_use=True).run(task=QUESTION))


def team():
    two = RoundRobinGroupChat([agent("first_agent"), agent("second_agent")], termination_condition=MaxMessageTermination(3))
    asyncio.run(two.run(task=QUESTION))


recording.run({case.__name__: case for case in (chat, tools, team)})
