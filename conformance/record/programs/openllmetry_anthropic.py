"""OpenLLMetry's instrumentation of Anthropic's client."""

import recording

provider = recording.tracer_provider()

from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=provider)

from anthropic import Anthropic

import anthropic_calls

recording.run(anthropic_calls.cases(Anthropic))
