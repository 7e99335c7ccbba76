"""Semantic Kernel with its own spans; messages it writes to its log alone."""

import asyncio
import sys
import types

import recording
from recording import CHAT_MODEL, OPENAI, QUESTION, SYSTEM, get_weather

# One of its kinds of templates, which is not used here, needs a package without wheels.
templates = types.ModuleType("pybars")
templates.Compiler, templates.PybarsError = object, Exception
sys.modules["pybars"] = templates

recording.tracer_provider()

from openai import AsyncOpenAI  # noqa: E402
from semantic_kernel import Kernel  # noqa: E402
from semantic_kernel.agents import ChatCompletionAgent  # noqa: E402
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior  # noqa: E402
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings  # noqa: E402
from semantic_kernel.contents import ChatHistory  # noqa: E402
from semantic_kernel.functions import KernelArguments, kernel_function  # noqa: E402

client = AsyncOpenAI(base_url=OPENAI, api_key="sk-record", max_retries=0)


class Weather:
    """The plugin with the tool."""

    @kernel_function(name="get_weather", description=recording.TOOL_DESCRIPTION)
    def get_weather(self, city: str) -> str:
        return get_weather(city)


def model():
    return OpenAIChatCompletion(ai_model_id=CHAT_MODEL, async_client=client)


def settings(**options):
    return OpenAIChatPromptExecutionSettings(temperature=0.3, max_tokens=77, **options)


def history():
    asked = ChatHistory(system_message=SYSTEM)
    asked.add_user_message(QUESTION)
    return asked


async def chat():
    await model().get_chat_message_content(history(), settings())


async def stream():
    async for _ in model().get_streaming_chat_message_content(history(), settings()):
        pass


async def tools():
    kernel = Kernel()
    kernel.add_plugin(Weather(), plugin_name="weather")
    await model().get_chat_message_content(history(), settings(function_choice_behavior=FunctionChoiceBehavior.Auto()), kernel=kernel)


async def prompt():
    kernel = Kernel()
    kernel.add_service(model())
    await kernel.invoke_prompt("What is the weather in {{$city}}?", arguments=KernelArguments(settings=settings(), city="Paris"))


async def agent():
    await ChatCompletionAgent(service=model(), name="weather-agent", instructions=SYSTEM, plugins=[Weather()]).get_response(QUESTION)


recording.run({case.__name__: lambda case=case: asyncio.run(case()) for case in (chat, stream, tools, prompt, agent)})
