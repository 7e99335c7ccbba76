"""OpenTelemetry's own instrumentation of OpenAI's client: the package of today, and the one
before it in its two forms. Which, and what it captures, the framework's file says."""

import recording

provider = recording.tracer_provider()
logs = recording.logger_provider()

if "openai-v2" in recording.FRAMEWORK:
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)

from openai import OpenAI

import openai_calls

recording.run(openai_calls.cases(OpenAI))
