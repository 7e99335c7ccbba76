"""What the programs of all Python frameworks share: where the provider is, how spans
get out, and what is asked."""

import atexit
import os
import sys

FRAMEWORK, CASE = sys.argv[1], sys.argv[2]

PROVIDER = os.environ["RECORD_PROVIDER"]
OPENAI = PROVIDER + "/openai/v1"
ANTHROPIC = PROVIDER + "/anthropic"
GEMINI = PROVIDER + "/gemini"

CHAT_MODEL = "gpt-4o-mini"
EMBED_MODEL = "text-embedding-3-small"
CLAUDE = "claude-sonnet-4-5"
GEMINI_MODEL = "gemini-2.5-flash"

SYSTEM = "You are a weather reporter. Answer in one sentence."
QUESTION = "What is the weather in Paris?"
MESSAGES = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
TEXTS = ["rain in Paris", "sun in Rome"]

# The tool that programs offer, as a JSON schema and as what it does.
TOOL_NAME = "get_weather"
TOOL_DESCRIPTION = "Get the weather of a city."
TOOL_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Name of the city"}},
    "required": ["city"],
    "additionalProperties": False,
}
OPENAI_TOOL = {"type": "function", "function": {"name": TOOL_NAME, "description": TOOL_DESCRIPTION, "parameters": TOOL_SCHEMA}}
ANTHROPIC_TOOL = {"name": TOOL_NAME, "description": TOOL_DESCRIPTION, "input_schema": TOOL_SCHEMA}


def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return f"21 degrees and clear in {city}"


# What a structured answer must fit.
ANSWER_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "temperature": {"type": "integer"}},
    "required": ["city", "temperature"],
    "additionalProperties": False,
}


def tracer_provider(service="record"):
    """Sets up OpenTelemetry with OTLP over HTTP, as its users do, and returns the tracer
    provider. Log records, which some instrumentations make beside spans, go out too. All is
    flushed when the program ends, or by flush()."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    atexit.register(provider.shutdown)
    return provider


def logger_provider(service="record"):
    """The same for log records; sets the events' logger provider where there is one."""
    from opentelemetry import _logs
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource

    provider = LoggerProvider(resource=Resource.create({"service.name": service}))
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    _logs.set_logger_provider(provider)
    try:  # before events were log records
        from opentelemetry import _events
        from opentelemetry.sdk._events import EventLoggerProvider

        _events.set_event_logger_provider(EventLoggerProvider(provider))
    except ImportError:
        pass
    atexit.register(provider.shutdown)
    return provider


def run(cases):
    """Runs the case that was asked for out of a dict of functions."""
    if CASE not in cases:
        sys.exit(f"{sys.argv[0]} has no case {CASE}")
    cases[CASE]()
