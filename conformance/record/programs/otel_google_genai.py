"""OpenTelemetry's own instrumentation of Google's client for Gemini. What it captures the
framework's file says."""

import recording

provider = recording.tracer_provider()
logs = recording.logger_provider()

from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor

GoogleGenAiSdkInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)

import gemini_calls

recording.run(gemini_calls.cases())
