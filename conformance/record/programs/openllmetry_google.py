"""OpenLLMetry's instrumentation of Google's client for Gemini."""

import recording

provider = recording.tracer_provider()

from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor

GoogleGenerativeAiInstrumentor().instrument(tracer_provider=provider)

import gemini_calls

recording.run(gemini_calls.cases())
