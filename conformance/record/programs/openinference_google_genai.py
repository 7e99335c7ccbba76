"""OpenInference's instrumentation of Google's client for Gemini."""

import recording

provider = recording.tracer_provider()

from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor

GoogleGenAIInstrumentor().instrument(tracer_provider=provider)

import gemini_calls

recording.run(gemini_calls.cases())
