"""What both generations of the Python client write.

Each function makes one or more traces through a Writer. Names of traces are unique,
so that a failing check says where to look.
"""

import asyncio
import datetime as dt
import json
import os
import subprocess
import sys
import time

from langfuse import get_client, observe
from opentelemetry import context as otel_context
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

import samples
import writer

HEADERS = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
NESTING = ["agent", "chain", "retriever", "embedding", "tool", "guardrail", "evaluator", "generation", "span"]


# The environment of the second process, on top of this one's. It says nothing of the
# tracing environment, so what it writes shows the trace's.
SERVICE_B = {
    "OTEL_SERVICE_NAME": "service-b",
    "OTEL_RESOURCE_ATTRIBUTES": "service.version=b-9.1,host.name=far away",
    "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
    "LANGFUSE_FLUSH_AT": "2",
}

# What is propagated to it.
FAR = {
    "user_id": "user-far",
    "session_id": "session-far",
    "version": "far-1",
    "trace_name": "distributed",
    "metadata": {"region": "eu", "note": "with space & sign"},
}


def utc(seconds_from_now=0.0):
    return dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=seconds_from_now)


def tree(w):
    """All ten types, each inside the one before it, with an event in every one."""
    with w.propagate(
        user_id="user-1",
        session_id="session-1",
        tags=["beta", "alpha", "beta"],
        metadata={"plan": "pro", "seats": "12", "flags": '["x"]'},
        version="app-1.2.3",
        trace_name="tree",
    ):
        with w.current("tree root", input=samples.MESSAGES, metadata=samples.METADATA, level="DEFAULT") as root:
            nest(w, root, NESTING)
            root.update(output=samples.ANSWER, status_message="all of it")
            yield root


def nest(w, parent, kinds):
    """One observation inside another, of the given types; every second one is made by
    its parent and every other one by the client, which takes the parent from the
    context."""
    kind, rest = kinds[0], kinds[1:]
    by_parent = parent if len(rest) % 2 else None
    given = {}
    if kind in ("generation", "embedding"):
        given = {
            "model": f"conformance-{kind}",
            "model_parameters": {"temperature": 0.25, "top_k": 3, "stop": ["END", "STOP"], "stream": True, "style": "terse"},
            "usage_details": samples.USAGES["plain"],
            "cost_details": samples.COSTS["both sides"],
            "completion_start_time": utc(),
        }
    level = ("DEBUG", "DEFAULT", "WARNING", "ERROR")[len(rest) % 4]
    with w.current(
        f"a {kind}",
        kind,
        parent=by_parent,
        input={"depth": len(rest), "kind": kind},
        metadata={"kind": kind, "depth": len(rest), "path": ["tree", kind]},
        level=level,
        status_message=f"{kind} says {level}",
        version="component-7" if kind == "tool" else None,
        **given,
    ) as made:
        made.event(f"event in {kind}", input={"at": kind}, output="seen", metadata={"event": True}, level="DEBUG")
        if rest:
            nest(w, made, rest)
        made.update(output=[kind, len(rest)], metadata={"finished": True})


def values(w):
    """Every kind of input, output and metadata value, one observation each."""
    with w.propagate(user_id="user-values", session_id="session-values", tags=["values"]):
        with w.current("values", metadata=["spread", {"over": "indexes"}, 3]) as root:
            for name, value in samples.VALUES.items():
                root.start(f"input {name}", input=value).end()
                root.start(f"output {name}", "generation", output=value).end()
            root.start("no values").end()
            root.start("scope of mine", metadata={"scope": "mine", "attributes": {"own": 1}}).end()
            root.start("list metadata", metadata=[1, "two", {"three": [3]}]).end()
            first = root.start("written twice", input="first", output="first", metadata={"kept": 1, "changed": "old"})
            first.update(input="second", output={"second": 2}, metadata={"changed": "new", "added": None, "later": [2]})
            first.update(name="renamed", level="WARNING", status_message="twice")
            first.end()


def long_values(w):
    """Values too large to keep inline, as text and inside JSON."""
    with w.current("long values", input=samples.LONG_TEXT) as root:
        root.start("long json", "generation", input={"text": samples.LONG_TEXT}, output=samples.LONG_TEXT).end()
        root.update(output="short")


def bare(w):
    """A trace that says nothing of itself: name, input and output are the root's. The
    children end after their parents."""
    root = w.start("bare", input={"question": "why"})
    child = root.start("outlives its parent", "chain")
    grandchild = child.start("outlives them all", "tool", input="go")
    root.update(output="because")
    base = time.time_ns()
    root.end(end_time=base + 5_000_000)
    child.end(end_time=base + 7_123_456)
    grandchild.update(output="gone")
    grandchild.end(end_time=base + 9_999_999)


def seeded(w):
    """Traces whose ids are digests of seeds. Their first spans have a parent that never
    arrives, since the client makes one up; they count as roots all the same."""
    trace_id = w.sdk.client.create_trace_id(seed="an order number")
    with w.current("seeded", "agent", trace_context={"trace_id": trace_id}, input="seed", metadata={"seeded": True}):
        w.event("in the seeded trace", metadata={"n": 1})
        w.start("below the seeded root", "generation", model="conformance-small", output="x").end()
    with writer.detached():
        w.event("an event of its own", trace_context={"trace_id": w.sdk.client.create_trace_id(seed="another")})


def usages(w):
    """Usage and cost in every shape, and first-token times."""
    with w.current("usage and cost") as root:
        for name, usage in samples.USAGES.items():
            root.start(f"usage {name}", "generation", model="conformance-small", usage_details=usage).end()
        for name, cost in samples.COSTS.items():
            root.start(f"cost {name}", "generation", model="conformance-small", cost_details=cost).end()
        late = root.start("told at the end", "generation", model="first")
        late.update(model="second", model_parameters={"max_tokens": 10, "seed": 7, "format": {"type": "json"}})
        late.update(completion_start_time=utc(0.25), usage_details={"output": 3}, output="done")
        late.end(end_time=time.time_ns() + 1_500_000_000)


def priced(w):
    """Models that every server knows, with usage and without."""
    words = {"parameters": "model_parameters", "usage": "usage_details", "cost": "cost_details"}
    with w.current("priced") as root:
        for case in samples.PRICED.values():
            said = {words.get(k, k): case[k] for k in ("model", *words, "input", "output", "level") if k in case}
            root.start(case["name"], case.get("type", "generation"), **said).end()


def tools(w):
    """Tools that are offered and called, as the makers of models write them."""
    with w.current("tools") as root:
        for case in samples.OFFERED:
            said = {k: case[k] for k in ("input", "output", "metadata") if k in case}
            made = root.start(case["name"], "generation", model="conformance-large", **said)
            if "input" in case["becomes"]:
                made.obs.input, made.obs.rebuilt = writer.text(case["becomes"]["input"]), ["input"]
                made.obs.metadata = case["becomes"]["metadata"]
            made.end()


def errors(w):
    """Exceptions in current observations and in decorated functions, sync and async."""

    @observe(name="decorated failure", as_type="tool")
    def fail(reason):
        with w.decorated(
            "decorated failure", "tool", input={"args": ["bad luck"], "kwargs": {}}, level="ERROR", status_message="bad luck"
        ):
            raise RuntimeError(reason)

    with w.current("errors") as root:
        for name, options in {
            "raises": {},
            "raises with a message of its own": {"level": "WARNING", "status_message": "known"},
        }.items():
            try:
                with w.current(name, "chain", **options):
                    raise ValueError(f"boom 💥 in {name}")
            except ValueError:
                pass
        try:
            with w.current("holder", "agent") as holder:
                with w.current("raises through its parent", "guardrail", parent=holder):
                    raise KeyError("missing")
        except KeyError:
            pass
        try:
            fail("bad luck")
        except RuntimeError:
            pass
        root.start("said so", "evaluator", level="ERROR", status_message="not good enough").end()
        root.start("said nothing", "evaluator", level="ERROR").end()


def decorated(w):
    """@observe around plain, async and generator functions."""

    @observe(as_type="retriever")
    def look_up(key, *, limit):
        with w.decorated("look_up", "retriever", input={"args": ["fox"], "kwargs": {"limit": 2}}, output=["a", "b"]):
            return ["a", "b"]

    @observe(name="stream", as_type="generation")
    def stream():
        with w.decorated("stream", "generation", input={"args": [], "kwargs": {}}, output="one two") as made:
            get_client().update_current_generation(model="conformance-stream", usage_details={"output": 2})
            w.change(made.obs, model="conformance-stream", usage_details={"output": 2})
            yield "one "
            yield "two"

    @observe(name="stream of objects", as_type="chain", capture_input=False)
    async def stream_objects():
        with w.decorated("stream of objects", "chain", output=[{"n": 0}, {"n": 1}]):
            for n in range(2):
                yield {"n": n}

    @observe(as_type="tool", capture_output=False)
    async def act(x):
        # Version 3 makes a span of whatever it updates by update_current_span.
        kind = "tool" if w.sdk.generation >= 4 else "span"
        with w.decorated("act", kind, input={"args": [1], "kwargs": {}}, metadata={"seen": x}):
            get_client().update_current_span(metadata={"seen": x})
            return "not captured"

    async def parallel():
        async for _ in stream_objects():
            pass
        await act(1)

    @observe(name="decorated")
    def outer(question):
        with w.decorated("decorated", input={"args": ["what?"], "kwargs": {}}, output={"found": ["a", "b"]}) as made:
            with w.propagate(user_id="user-decorated", metadata={"from": "inside"}):
                found = look_up("fox", limit=2)
                for _ in stream():
                    pass
                asyncio.run(parallel())
            assert made.trace_id == get_client().get_current_trace_id()
            return {"found": found}

    outer("what?")


def distributed(w, program):
    """A trace over two processes: the second gets the trace and what is propagated
    from headers, as an HTTP service would. Its reports come back on stdout. Then two
    late children that name their parent by its ids."""
    # The client writes a list into a header as Python prints it, so tags stay out of it.
    with w.propagate(tags=["local"]):
        with w.propagate(
            **FAR,
            as_baggage=True,
        ):
            with w.current("service a", "agent", input="call b") as root:
                headers = {}
                HEADERS.inject(headers)
                answer = subprocess.run(
                    [sys.executable, program, "--service-b"],
                    input=json.dumps(headers),
                    capture_output=True,
                    text=True,
                    timeout=120,
                    env={**os.environ, **SERVICE_B},
                )
                if answer.returncode != 0:
                    raise RuntimeError(f"service b failed: {answer.stderr[-2000:]}")
                w.load(answer.stdout)
                # A parent named by its ids, though it is under way in this process: the
                # span is no first of its service.
                here = {"trace_id": root.trace_id, "parent_span_id": root.id}
                w.start("named its parent", "tool", trace_context=here, app_root=False).end()
                root.update(output="b answered")
    w.sdk.client.flush()
    with writer.detached():
        place = {"trace_id": root.trace_id, "parent_span_id": root.id}
        with w.current("late child", "span", trace_context=place, input="late") as late:
            late.event("late event")
        w.event("later event", trace_context=place, output="very late")


def service_b(w):
    """The second process: goes on with the trace that the headers on stdin name."""
    headers = json.loads(sys.stdin.read())
    token = otel_context.attach(HEADERS.extract(headers))
    parent_id = headers["traceparent"].split("-")[2]
    w.contexts.append(FAR)
    with w.below(parent_id):
        with w.current("service b", "tool", input=headers["traceparent"][:2], app_root=False) as root:
            root.start("inside b", "generation", model="conformance-b", usage_details={"input": 1, "output": 1}).end()
            w.event("event in b")
        w.start("second call in b", "retriever", app_root=False).end()
    otel_context.detach(token)
    print(w.dump())
