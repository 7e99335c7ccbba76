"""Pipecat with its own spans: a pipeline of text alone."""

import asyncio

import recording
from recording import CHAT_MODEL, OPENAI, QUESTION, SYSTEM

tracing = recording.tracer_provider()

from pipecat.adapters.schemas.function_schema import FunctionSchema  # noqa: E402
from pipecat.adapters.schemas.tools_schema import ToolsSchema  # noqa: E402
from pipecat.frames.frames import EndFrame, LLMFullResponseEndFrame, LLMMessagesAppendFrame  # noqa: E402
from pipecat.pipeline.pipeline import Pipeline  # noqa: E402
from pipecat.pipeline.runner import PipelineRunner  # noqa: E402
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # noqa: E402
from pipecat.processors.aggregators.llm_context import LLMContext  # noqa: E402
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair  # noqa: E402
from pipecat.processors.frame_processor import FrameProcessor  # noqa: E402
from pipecat.services.openai.llm import OpenAILLMService  # noqa: E402


class Listener(FrameProcessor):
    """Stands where the voice would be and ends the talk after so many answers."""

    def __init__(self, answers):
        super().__init__()
        self.answers, self.heard = answers, asyncio.Event()

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, LLMFullResponseEndFrame):
            self.answers -= 1
            if self.answers == 0:
                self.heard.set()


async def talk(tools=None, answers=1):
    settings = OpenAILLMService.Settings(model=CHAT_MODEL, temperature=0.3, system_instruction=SYSTEM)
    model = OpenAILLMService(api_key="sk-record", base_url=OPENAI, settings=settings)

    async def answer(params):
        await params.result_callback({"weather": recording.get_weather(**params.arguments)})

    model.register_function(recording.TOOL_NAME, answer)
    context = LLMContext(tools=tools) if tools else LLMContext()
    sides = LLMContextAggregatorPair(context)
    listener = Listener(answers)
    worker = PipelineWorker(
        Pipeline([sides.user(), model, listener, sides.assistant()]),
        params=PipelineParams(enable_metrics=True, enable_usage_metrics=True),
        enable_tracing=True,
        enable_turn_tracking=True,
        conversation_id="conversation-1",
        additional_span_attributes={"langfuse.session.id": "session-1"},
    )
    running = asyncio.create_task(PipelineRunner(handle_sigint=False).run(worker))
    await worker.queue_frames([LLMMessagesAppendFrame([{"role": "user", "content": QUESTION}], run_llm=True)])
    await asyncio.wait_for(listener.heard.wait(), 20)
    await worker.queue_frames([EndFrame()])
    await running


def chat():
    asyncio.run(talk())


def tools():
    schema = recording.TOOL_SCHEMA
    tool = FunctionSchema(recording.TOOL_NAME, recording.TOOL_DESCRIPTION, schema["properties"], schema["required"])
    asyncio.run(talk(ToolsSchema(standard_tools=[tool]), answers=2))


recording.run({case.__name__: case for case in (chat, tools)})
