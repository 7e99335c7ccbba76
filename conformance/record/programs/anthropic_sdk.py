"""Anthropic's client by itself: since its second version it makes spans of its own."""

import recording

recording.tracer_provider()

from anthropic import Anthropic

import anthropic_calls

recording.run(anthropic_calls.cases(Anthropic))
