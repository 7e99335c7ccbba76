"""OpenInference's instrumentation of Anthropic's client."""

import recording

provider = recording.tracer_provider()

from openinference.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=provider)

from anthropic import Anthropic

import anthropic_calls

recording.run(anthropic_calls.cases(Anthropic))
