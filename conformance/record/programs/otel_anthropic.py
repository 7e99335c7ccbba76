"""OpenTelemetry's own instrumentation of Anthropic's client."""

import recording

provider = recording.tracer_provider()
logs = recording.logger_provider()

from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)

from anthropic import Anthropic

import anthropic_calls

recording.run(anthropic_calls.cases(Anthropic))
