"""What every instrumentation of the OpenAI Agents SDK is recorded with."""

import asyncio

import agents
from openai import AsyncOpenAI
from pydantic import BaseModel

from recording import CHAT_MODEL, OPENAI, QUESTION, SYSTEM, get_weather


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    temperature: int


@agents.input_guardrail
def harmless(context, agent, question):
    """Lets every question pass."""
    return agents.GuardrailFunctionOutput(output_info="harmless", tripwire_triggered=False)


def cases():
    """The cases by name."""
    agents.set_default_openai_client(AsyncOpenAI(base_url=OPENAI, api_key="sk-record", max_retries=0), use_for_tracing=False)

    def agent(name="weather-agent", **options):
        settings = agents.ModelSettings(temperature=0.3, max_tokens=77)
        return agents.Agent(name=name, instructions=SYSTEM, model=CHAT_MODEL, model_settings=settings, **options)

    def run(of):
        return agents.Runner.run_sync(of, QUESTION, run_config=agents.RunConfig(workflow_name="weather", group_id="group-1"))

    def responses():
        run(agent())

    def chat():
        agents.set_default_openai_api("chat_completions")
        run(agent())

    def stream():
        async def turn():
            async for _ in agents.Runner.run_streamed(agent(), QUESTION).stream_events():
                pass

        asyncio.run(turn())

    def tools():
        run(agent(tools=[agents.function_tool(get_weather)]))

    def structured():
        run(agent(output_type=Weather))

    def handoff():
        run(agent("triage-agent", handoffs=[agent()]))

    def guardrail():
        run(agent(input_guardrails=[harmless]))

    return {case.__name__: case for case in (responses, chat, stream, tools, structured, handoff, guardrail)}
