"""The OpenAI Agents SDK, seen by OpenInference."""

from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

import recording

OpenAIAgentsInstrumentor().instrument(tracer_provider=recording.tracer_provider())

import openai_agents_calls  # noqa: E402

recording.run(openai_agents_calls.cases())
