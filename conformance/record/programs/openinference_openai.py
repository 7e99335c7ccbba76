"""OpenInference's instrumentation of OpenAI's client."""

import recording

provider = recording.tracer_provider()

from openinference.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=provider)

from openai import OpenAI

import openai_calls

recording.run(openai_calls.cases(OpenAI))
