"""Spans of other instrumentations in the client's own tracer provider.

They carry plain OpenTelemetry attributes, so the server's general rules make
observations of them: GenAI conventions, OpenInference, indexed prompts, message
events, status, and attributes nobody knows.
"""

import base64
import json
import pathlib
import time

from opentelemetry import trace as otel
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from written import Obs, compact

# What the tables of the mapping say, as data; see the README.
MAPPING = json.loads(pathlib.Path(__file__).with_name("mapping.json").read_text())

# Attributes that the server shows as input, output or metadata, and not a second time.
DROPPED = {*MAPPING["dropped"]["keys"], "gen_ai.tool.definitions"}  # the latter moves into the input
DROPPED_PREFIXES = tuple(MAPPING["dropped"]["prefixes"])

GENAI = ("conformance.genai", "0.3.1", {"team": "search", "tier": 2})
OPENINFERENCE = ("openinference.instrumentation.conformance", "1.2.3", {"stable": True})

QUESTION = [{"role": "user", "parts": [{"type": "text", "content": "How warm is it? 🌡️"}]}]
REPLY = [{"role": "assistant", "parts": [{"type": "text", "content": "4 °C"}], "finish_reason": "stop"}]
TOOL = {"type": "function", "name": "get_weather", "description": "the weather", "parameters": {"type": "object"}}
CALL = [
    {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "call_1", "name": "get_weather", "arguments": {"city": "Oslo"}}],
        "finish_reason": "tool_call",
    }
]


class Foreign:
    """Makes spans through the provider and notes what they must become."""

    def __init__(self, w, environment, release):
        self.w = w
        self.environment = environment  # what the resource says
        self.release = release
        self.clock = (time.time_ns() - 7_200_000_000_000) // 1000 * 1000 + 999  # two hours ago, in odd nanoseconds

    def span(self, name, attributes, scope=GENAI, parent=None, events=(), links=(), status=None, current=False, shown_as=None, **becomes):
        """One span, two seconds long and ended at once unless it is a parent of others.
        becomes are the fields of the observation that follow from its attributes."""
        context = otel.set_span_in_context(parent) if parent else None
        start = self.clock
        self.clock += 10_000_001
        given = {} if current else {"start_time": start}
        tracer = self.w.provider.get_tracer(*scope[:2], attributes=scope[2] if scope[2:] else None)
        span = tracer.start_span(name, context=context, attributes=attributes, kind=SpanKind.CLIENT, links=links, **given)
        for event, fields in events:
            span.add_event(event, fields)
        if status:
            span.set_status(status)
        ids = span.get_span_context()
        parent_id = f"{parent.get_span_context().span_id:016x}" if parent else None
        if parent_id is None and self.w.active:
            parent_id = self.w.active[-1].id
        obs = Obs(
            trace_id=f"{ids.trace_id:032x}",
            id=f"{ids.span_id:016x}",
            name=shown_as or name,
            parent_id=parent_id,
            resource=self.w.resource,
            scope=dict(zip(("name", "version", "attributes"), scope)),
            environment=self.environment,
            release=self.release,
            version=self.w.resource.get("service.version"),
            app_root=parent_id is None and self.w.sdk.generation >= 4,
        )
        for key, value in becomes.items():
            setattr(obs, key, value)
        carried = dict(attributes)
        for propagated in self.w.contexts if parent is None else ():
            self.w.carry(obs, propagated)
            carried.update(propagated_attributes(propagated))
        if obs.app_root:
            carried["langfuse.internal.is_app_root"] = True
        obs.attributes = shown(carried)
        self.w.written.add(obs)
        if current:
            span.end()
        elif parent is not None:
            span.end(end_time=start + 2_000_000_000)
        return span, start


def otel_trace(f):
    """A trace without any Langfuse span, written two hours ago."""
    root, start = f.span(
        "otel",
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "planner",
            "gen_ai.request.model": "suppressed-model",
            "gen_ai.request.temperature": 0.5,
            "gen_ai.usage.input_tokens": 999,
            "gen_ai.input.messages": json.dumps(QUESTION),
            "gen_ai.output.messages": json.dumps(REPLY),
        },
        # Its totals repeat those of the calls inside, so model, usage and cost are left out.
        type="AGENT",
        model_parameters={"temperature": 0.5},
        input=json.dumps(QUESTION),
        output=json.dumps(REPLY),
    )
    chat(f, root)
    tools(f, root)
    conventions(f, root)
    plain(f, root)
    root.end(end_time=start + 5_000_000_000)


def chat(f, root):
    """Model calls by the GenAI conventions."""
    f.span(
        "chat conformance-large",
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "conformance",
            "gen_ai.request.model": "conformance-large",
            "gen_ai.response.model": "conformance-large-2026-01",
            "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 256,
            "gen_ai.request.stop_sequences": ["END", "STOP"],
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.cache_read.input_tokens": 40,
            "gen_ai.usage.output_tokens": 20,
            "gen_ai.conversation.id": "conversation-9",
            "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief"}, {"type": "text", "content": "Be kind"}]),
            "gen_ai.input.messages": json.dumps(QUESTION),
            "gen_ai.output.messages": json.dumps(CALL),
            "server.address": "models.example",
            "server.port": 443,
        },
        parent=root,
        type="GENERATION",
        model="conformance-large-2026-01",
        model_parameters={"temperature": 0.2, "max_tokens": 256, "stop_sequences": ["END", "STOP"]},
        usage={"input": 60, "input_cached_tokens": 40, "output": 20},
        session_id="conversation-9",
        input=json.dumps([{"role": "system", "content": "Be brief\nBe kind"}, *QUESTION]),
        rebuilt=["input"],
        output=json.dumps(CALL),
    )
    f.span(
        "embeddings conformance-embed",
        {
            "gen_ai.operation.name": "embeddings",
            "gen_ai.request.model": "conformance-embed",
            "gen_ai.usage.input_tokens": 8,
            "gen_ai.usage.cost": 0.00016,
        },
        parent=root,
        type="EMBEDDING",
        model="conformance-embed",
        usage={"input": 8},
        cost={"total": 0.00016},
    )


def tools(f, root):
    """A tool call, and a model call that was offered tools."""
    f.span(
        "execute_tool",
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "get_weather",
            "gen_ai.tool.call.id": "call_1",
            "gen_ai.tool.call.arguments": '{"city": "Oslo"}',
            "gen_ai.tool.call.result": '{"celsius": 4}',
        },
        parent=root,
        shown_as="get_weather",
        type="TOOL",
        input='{"city": "Oslo"}',
        output='{"celsius": 4}',
    )
    f.span(
        "chat with tools",
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "conformance-large",
            "gen_ai.tool.definitions": json.dumps([TOOL]),
            "gen_ai.input.messages": json.dumps(QUESTION),
            "gen_ai.output.messages": json.dumps(CALL),
        },
        parent=root,
        type="GENERATION",
        model="conformance-large",
        input=json.dumps({"messages": QUESTION, "tools": [TOOL]}),
        rebuilt=["input"],
        output=json.dumps(CALL),
    )


def conventions(f, root):
    """OpenInference, indexed prompts, and messages in span events."""
    f.span(
        "openinference",
        {
            "openinference.span.kind": "LLM",
            "input.value": '{"messages": ["hi"]}',
            "output.value": "hello",
            "llm.model_name": "conformance-open",
            "llm.invocation_parameters": '{"temperature": 0.75, "seed": 5}',
            "llm.token_count.prompt": 8,
            "llm.token_count.completion": 2,
            "llm.token_count.prompt_details.cache_read": 6,
            "llm.input_messages.0.message.role": "user",
        },
        scope=OPENINFERENCE,
        parent=root,
        type="GENERATION",
        model="conformance-open",
        model_parameters={"temperature": 0.75, "seed": 5},
        usage={"input": 2, "input_cached_tokens": 6, "output": 2},
        input='{"messages": ["hi"]}',
        output="hello",
    )
    f.span(
        "indexed prompts",
        {
            "gen_ai.request.model": "conformance-indexed",
            "gen_ai.prompt.0.role": "system",
            "gen_ai.prompt.0.content": "Be brief",
            "gen_ai.prompt.1.role": "user",
            "gen_ai.prompt.1.content": "hi",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "hello",
        },
        parent=root,
        type="GENERATION",
        model="conformance-indexed",
        input=compact([{"role": "system", "content": "Be brief"}, {"role": "user", "content": "hi"}]),
        output=compact([{"role": "assistant", "content": "hello"}]),
        rebuilt=["input", "output"],
    )
    f.span(
        "message events",
        {"gen_ai.operation.name": "text_completion", "gen_ai.response.model": "conformance-events"},
        parent=root,
        events=[
            ("gen_ai.user.message", {"content": "hi"}),
            ("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": "hello"}),
        ],
        type="GENERATION",
        model="conformance-events",
        input=compact([{"role": "user", "content": "hi"}]),
        output=compact({"index": 0, "finish_reason": "stop", "message": "hello"}),
        rebuilt=["input", "output"],
    )


def plain(f, root):
    """Attributes of every type that no rule knows, and a failed span with events and
    links, which the public API does not show."""
    f.span(
        "unknown attributes",
        {
            "my.text": "text",
            "my.empty": "",
            "my.unicode": "ключ 🔑",
            "my.int": 5,
            "my.negative": -5,
            "my.wide": 2**53 + 1,
            "my.float": 0.25,
            "my.true": True,
            "my.false": False,
            "my.texts": ["a", "b"],
            "my.ints": [1, 2],
            "my.floats": [0.5, 1.5],
            "my.bools": [True, False],
            "my.mixed": ["a", 1, True],
            # Version 3 of the client cannot export bytes: its processor fails on them.
            **({"my.bytes": b"\x01\x02\xff"} if f.w.sdk.generation >= 4 else {}),
            "my.map": {"a": "b", "c": {"d": True}},
            "my.nothing": None,
            "my.json": '{"a": [1]}',
            "enduser.id": "not a user",
            "traceloop.span.kind": "workflow",
        },
        scope=OPENINFERENCE,
        parent=root,
    )
    elsewhere = SpanContext(int("ab" * 16, 16), int("cd" * 8, 16), True, TraceFlags(1))
    f.span(
        "failed",
        {"langfuse.observation.input": "given", "langfuse.environment": "langfuse-Failed"},
        scope=OPENINFERENCE,
        parent=root,
        events=[("exception", {"exception.type": "IOError", "exception.message": "disk"}), ("note", {"n": 1})],
        links=[Link(elsewhere, {"why": "related"})],
        status=Status(StatusCode.ERROR, "the disk is full"),
        level="ERROR",
        status_message="the disk is full",
        environment="failed",
        input="given",
    )
    f.span(
        "level beats status",
        {"langfuse.observation.level": " Notice ", "langfuse.observation.type": "guardrail"},
        scope=OPENINFERENCE,
        parent=root,
        status=Status(StatusCode.ERROR, "only a message"),
        level="DEFAULT",
        status_message="only a message",
        type="GUARDRAIL",
    )


def shown(attributes):
    """metadata.attributes: what is not dropped, all as text; None without any."""
    keep = lambda k: k not in DROPPED and not k.startswith(DROPPED_PREFIXES)
    return {k: as_text(v) for k, v in attributes.items() if keep(k)} or None


def as_text(value):
    """An attribute value as text: bytes in base64, what is no text as JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, str) else compact(value)


def propagated_attributes(given):
    """What the client's processor puts on every span of the context."""
    names = {
        "user_id": "user.id",
        "session_id": "session.id",
        "version": "langfuse.version",
        "tags": "langfuse.trace.tags",
        "trace_name": "langfuse.trace.name",
        "environment": "langfuse.environment",
    }
    made = {names[k]: v for k, v in given.items() if k in names and v is not None}
    for key, item in (given.get("metadata") or {}).items():
        made[f"langfuse.trace.metadata.{key}"] = str(item)
    if given.get("prompt"):
        made["langfuse.observation.prompt.name"] = given["prompt"]["name"]
        made["langfuse.observation.prompt.version"] = given["prompt"]["version"]
    return made


def mixed(w, f):
    """Foreign spans below a Langfuse root, inside its propagated attributes."""
    with w.propagate(user_id="user-mixed", session_id="session-mixed", tags=["one", "two"], metadata={"shared": "yes"}):
        with w.current("mixed", "chain", input="start"):
            f.span(
                "chat inside",
                {
                    "gen_ai.operation.name": "chat",
                    "gen_ai.request.model": "conformance-large",
                    "gen_ai.input.messages": json.dumps(QUESTION),
                    "gen_ai.output.messages": json.dumps(REPLY),
                },
                current=True,
                type="GENERATION",
                model="conformance-large",
                input=json.dumps(QUESTION),
                output=json.dumps(REPLY),
            )
            w.start("beside it", "tool", input=1, output=2).end()
