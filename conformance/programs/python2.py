"""Conformance of the published Python client, version 2.

Writes batches with the client's public calls and decorator, reads everything back
with its own reads, its typed API and plain HTTP, and compares the whole of it. Takes
the server and the keys from LANGFUSE_*; prints one line per check and exits with 1 if
any failed.
"""

import datetime as dt
import os
import tempfile
import time

from langfuse import Langfuse
from langfuse.api import CreateScoreRequest, GetMediaUploadUrlRequest, NotFoundError
from langfuse.decorators import langfuse_context, observe
from langfuse.media import LangfuseMedia

import checks
import contentcheck
import contenttexts as texts
import httpread
import notes
import readback
import samples
import scores
import written
from content import Contents
from expected import Expect
from samples import Sent
from wire import Wire

ENVIRONMENT = "conformance-2"
RELEASE = "release-2.0"
START = dt.datetime(2024, 5, 1, 12, 30, 15, 123456, tzinfo=dt.timezone.utc)

# What a call names, in the words of the wire.
WORDS = {
    **{"user_id": "userId", "session_id": "sessionId", "start_time": "startTime", "end_time": "endTime"},
    **{"status_message": "statusMessage", "parent_observation_id": "parentObservationId", "trace_id": "traceId"},
    **{"completion_start_time": "completionStartTime", "model_parameters": "modelParameters"},
    **{"usage_details": "usageDetails", "cost_details": "costDetails", "data_type": "dataType"},
    **{"observation_id": "observationId"},
}


def at(seconds):
    """A fixed time, so that the program says the same each time it runs."""
    return START + dt.timedelta(seconds=seconds)


def words(given):
    """The arguments of a call as they go out; the client leaves None out."""
    return {WORDS.get(k, k): v for k, v in given.items() if v is not None}


class Handle:
    """A trace or an observation of the client, with what is known of it."""

    def __init__(self, writer, raw, kind, id, trace_id):
        self.writer, self.raw, self.kind, self.id, self.trace_id = writer, raw, kind, id, trace_id

    def make(self, kind, id, **given):
        """span, generation and event of the client's object."""
        raw = getattr(self.raw, kind)(id=id, **self.writer.arguments(given))
        parent = {} if self.kind == "trace" else {"parentObservationId": self.id}
        self.writer.observation(kind, id, {"traceId": self.trace_id, **parent, **words(given)})
        return Handle(self.writer, raw, kind, id, self.trace_id)

    def span(self, id, **given):
        return self.make("span", id, **given)

    def generation(self, id, **given):
        return self.make("generation", id, **given)

    def event(self, id, **given):
        return self.make("event", id, **given)

    def update(self, **given):
        self.raw.update(**self.writer.arguments(given))
        if self.kind == "trace":
            self.writer.notes.add("trace-create", {"id": self.id, **words(given)})
        else:
            self.writer.notes.add(f"{self.kind}-update", {"id": self.id, "traceId": self.trace_id, **words(given)})
        return self

    def end(self, **given):
        self.raw.end(**self.writer.arguments(given))
        body = {"id": self.id, "traceId": self.trace_id, "endTime": self.writer.now, **words(given)}
        self.writer.notes.add(f"{self.kind}-update", body)
        return self

    def score(self, id, **given):
        self.raw.score(id=id, **given)
        # The client sends the parent of an observation's score under a name of its own.
        about = {} if self.kind == "trace" else {"observationId": self.id, "parent_observation_id": self.id}
        self.writer.score(id, {"traceId": self.trace_id, **about, **words(given)})


class Writer:
    """Makes the client's calls and notes what each has to send."""

    def __init__(self, client, since):
        self.client = client
        self.notes = notes.Notes()
        self.now = notes.now_text(since)

    def arguments(self, given):
        return {k: notes.given(v) for k, v in given.items()}

    def observation(self, kind, id, body):
        made = {"id": id, "environment": ENVIRONMENT, "startTime": self.now, **body}
        self.notes.add(f"{kind}-create", made)

    def score(self, id, body):
        self.notes.add("score-create", {"id": id, "environment": ENVIRONMENT, **body})

    def trace(self, id, **given):
        raw = self.client.trace(id=id, **self.arguments(given))
        body = {"id": id, "timestamp": self.now, "release": RELEASE, "environment": ENVIRONMENT, **words(given)}
        self.notes.add("trace-create", body)
        return Handle(self, raw, "trace", id, id)

    def make(self, kind, id, trace_id, **given):
        """span, generation and event of the client itself, in a trace that there is."""
        raw = getattr(self.client, kind)(id=id, trace_id=trace_id, **self.arguments(given))
        more = {"release": RELEASE} if kind == "generation" else {}
        self.observation(kind, id, {"traceId": trace_id, "trace": {"release": RELEASE}, **more, **words(given)})
        return Handle(self, raw, kind, id, trace_id)


def nesting(w):
    """A trace of every kind of observation, with everything that can be said of each."""
    t = w.trace(
        "c2-nesting",
        name="nesting",
        user_id="user-2",
        session_id="session-2",
        version="app-2.1",
        input=samples.MESSAGES,
        output=samples.ANSWER,
        metadata=METADATA,
        tags=["beta", "alpha", "beta"],
        timestamp=at(0),
        public=True,
    )
    s = t.span(
        "c2-outer",
        name="outer",
        start_time=at(1),
        end_time=at(9.5),
        input={"question": None, "deep": samples.NESTED},
        output=["answer", 0, False, None],
        metadata={"span": True},
        level="WARNING",
        status_message="careful ⚠",
        version="component-2",
    )
    g = s.generation(
        "c2-generation",
        name="generation",
        start_time=at(2),
        end_time=at(4),
        completion_start_time=at(2.75),
        model="conformance-small",
        model_parameters=Sent(
            {"n": 1, "temperature": 0.25, "stream": True, "style": "terse", "stop": ["END", "STOP"], "none": None},
            {"n": 1, "temperature": "0.25", "stream": True, "style": "terse", "stop": ["END", "STOP"], "none": None},
        ),
        input=samples.MESSAGES,
        output=samples.ANSWER,
        usage_details={"input": 12, "output": 5},
        cost_details={"input": 0.001, "output": 0.0025},
        metadata={"list": [1, {"two": 2}]},
        level="DEBUG",
    )
    g.event(
        "c2-event", name="event", start_time=at(3), input="seen", level="ERROR", status_message="e", metadata=["not", "an object"]
    )
    below = g.span("c2-below", name="below a generation", start_time=at(3))
    below.generation("c2-deepest", name="deepest", start_time=at(3.5)).end(end_time=at(3.75), output="end of it")
    below.end(end_time=at(3.9), metadata={"ended": True}, level="DEFAULT", status_message="done")
    w.make("span", "c2-loose", "c2-nesting", name="loose", start_time=at(5), parent_observation_id="c2-outer").end(end_time=at(6))
    w.make("generation", "c2-loose-generation", "c2-nesting", name="loose generation", start_time=at(5), model="m")
    w.make("event", "c2-loose-event", "c2-nesting", name="loose event", start_time=at(5), output="")
    t.score("c2-score-trace", name="quality", value=0.75, comment="fine ✓")
    s.score("c2-score-span", name="quality", value=-3, data_type="NUMERIC")
    g.score("c2-score-generation", name="verdict", value="good", data_type="CATEGORICAL", metadata={"by": ["a", {"b": 1}]})
    g.score("c2-score-yes", name="correct", value=1, data_type="BOOLEAN")
    g.score("c2-score-no", name="safe", value=0, data_type="BOOLEAN", comment="")


def values(w):
    """Every kind of input, output and metadata, one observation each."""
    t = w.trace("c2-values", name="values", session_id="session-2", user_id="user-values", timestamp=at(20), metadata="a text")
    for n, (name, value) in enumerate(VALUES.items()):
        t.span(f"c2-input-{n}", name=f"input {name}", start_time=at(20 + n), input=value, metadata=value)
        t.generation(f"c2-output-{n}", name=f"output {name}", start_time=at(20 + n), output=value, end_time=at(21 + n))
    t.event("c2-nothing", start_time=at(20))
    long = w.trace("c2-long", name="long", timestamp=at(20), input=LONG)
    long.generation(
        "c2-long-json", name="long json", start_time=at(20), output={"text": LONG, "after": 1}, metadata={"long": LONG[:5000]}
    )


def changes(w):
    """Updates: what they change, what they leave, and what cannot clear."""
    t = w.trace(
        "c2-changes", name="first name", timestamp=at(40), input="first", metadata={"a": {"b": 1, "x": [1]}, "e": {}}, tags=["t1"]
    )
    t.update(
        name="second name", user_id="user-late", input="", output="said", tags=["t0", "t1"], metadata={"a": {"c": 2, "x": [2, 3]}}
    )
    t.update(output=0, metadata=7, public=True)
    t.update(public=False, version="v-2", release="r-2", session_id="session-changes", metadata={"a": {"b": None}, "e": {"f": 1}})
    s = t.span(
        "c2-changed-span", name="span", start_time=at(41), input="in", output="out", metadata={"kept": 1, "changed": "old"}
    )
    s.update(output="", input=False, metadata={"changed": {"new": [1]}}, level="ERROR", status_message="no")
    s.update(name="renamed", start_time=at(30), version="v")
    s.end(end_time=at(43), output=Sent({"at": at(0)}, {"at": "2024-05-01T12:30:15.123456Z"}))
    early = t.span("c2-ends-early", name="ends before it starts", start_time=at(50))
    early.end(end_time=at(45))
    g = t.generation(
        "c2-changed-generation", name="generation", start_time=at(41), model="first", usage_details={"input": 5, "output": 7}
    )
    g.update(usage_details={"output": 9}, model="second", model_parameters={"n": 2})
    g.update(cost_details={"total": 0.5}, completion_start_time=at(41.5), output={"text": "x"})
    g.end(end_time=at(44), usage_details={})
    only = t.generation("c2-only-zero", name="only zero", start_time=at(41), output=0, input="")
    only.end(end_time=at(42), output=False)
    again = w.trace("c2-changes", timestamp=at(60), environment="other", user_id=None, name="third name")
    again.score("c2-score-changed", name="changed", value=1.5, comment="first")
    again.score("c2-score-changed", name="changed now", value="text", metadata={"k": 1})


def usages(w):
    """Usage and cost in every shape that this generation ever took."""
    t = w.trace("c2-usage", name="usage", timestamp=at(60))
    for n, (given, wire) in enumerate(OLD_USAGES):
        t.generation(f"c2-usage-{n}", name=f"usage {n}", start_time=at(61), model="conformance-small", usage=Sent(given, wire))
    for name, usage in samples.USAGES.items():
        details = UNFIT if name == "unfit" else usage.given
        t.generation(f"c2-details-{name}", name=name, start_time=at(61), usage_details=details)
    for name, cost in samples.COSTS.items():
        t.generation(f"c2-cost-{name}", name=name, start_time=at(62), cost_details=cost)
    both = {
        "usage": {"input": 9, "output": 4, "unit": "TOKENS"},
        "usage_details": {"input": 1, "x": 2},
        "cost_details": {"input": 0.5},
    }
    t.generation("c2-usage-both", name="both", start_time=at(62), **both)


def priced(w):
    """Models that every server knows, with usage and without, and tools that are offered
    and called. This client makes no embeddings."""
    words = {"parameters": "model_parameters", "usage": "usage_details", "cost": "cost_details"}
    t = w.trace("c2-priced", name="priced", timestamp=at(63))
    for n, case in enumerate(samples.PRICED.values()):
        if "type" not in case:
            said = {words.get(k, k): case[k] for k in ("model", *words, "input", "output", "level") if k in case}
            t.generation(f"c2-priced-{n}", name=case["name"], start_time=at(63), end_time=at(64), **said)
    for n, case in enumerate(samples.OFFERED):
        if "spans" not in case:
            said = {k: case[k] for k in ("name", "input", "output")}
            t.generation(f"c2-tools-{n}", start_time=at(63), model="conformance-small", **said)


def content(w, contents):
    """Pictures, sounds and files. What this client does not look for goes out as it is."""
    made = {
        "c2-content": {"input": texts.asked, "output": texts.answered, "metadata": texts.attached},
        "c2-content-generation": {"input": texts.source, "output": texts.blob, "metadata": texts.told},
        "c2-content-span": {"input": texts.inline, "output": texts.in_text, "metadata": texts.noted},
        "c2-content-event": {"input": texts.word},
    }
    said = {id: {field: contents.sent(build) for field, build in fields.items()} for id, fields in made.items()}
    t = w.trace("c2-content", name="content", timestamp=at(65), **said["c2-content"])
    g = t.generation("c2-content-generation", name="content of a generation", start_time=at(65), **said["c2-content-generation"])
    t.span("c2-content-span", name="content of a span", start_time=at(65), **said["c2-content-span"])
    g.event("c2-content-event", name="content of an event", start_time=at(65), **said["c2-content-event"])
    for id, fields in made.items():
        contents.note(f"content of {id}", "c2-content", None if id == "c2-content" else id, **fields)


def content_calls(client):
    return contentcheck.Calls(
        get=client.api.media.get,
        trace=client.api.trace.get,
        resolve=lambda obj: client.resolve_media_references(obj=obj, resolve_with="base64_data_uri"),
        announce=lambda **said: client.api.media.get_upload_url(request=GetMediaUploadUrlRequest(**said)),
        not_found=NotFoundError,
        names={"get": "api.media.get", "announce": "api.media.get_upload_url", "resolve": "resolve_media_references"},
        uploads=False,
    )


def alone(w):
    """Observations that make their own trace, and a trace of scores alone."""
    w.client.span(id="c2-alone", name="alone", start_time=at(70), input="alone")
    trace_id = w.client.get_trace_id()
    w.notes.add("trace-create", {"id": trace_id, "name": "alone", "release": RELEASE, "environment": ENVIRONMENT})
    w.observation(
        "span",
        "c2-alone",
        {"traceId": trace_id, "trace": {"release": RELEASE}, "name": "alone", "startTime": at(70), "input": "alone"},
    )
    now = w.trace("c2-now", name="now", session_id="session 2 – later ✓")
    now.generation("c2-now-generation", name="now").end()
    for n, value in enumerate([1, "label"]):
        w.client.score(id=f"c2-score-early-{n}", name="early", value=value, trace_id="c2-never")
        w.score(f"c2-score-early-{n}", {"traceId": "c2-never", "name": "early", "value": value})


def decorated():
    """@observe around plain functions and generators, with updates and scores from inside.
    The client makes the ids inside and says more at the end, so these notes say only what
    the functions gave."""

    @observe(as_type="generation", name="decorated generation")
    def generate(x):
        langfuse_context.update_current_observation(model="m", usage={"input": 1, "output": 2}, metadata={"k": 1}, version="g")
        langfuse_context.score_current_observation(name="inside", value=0.5, id="c2-score-inside", comment="c")
        return ["y", x]

    @observe(name="decorated stream")
    def stream():
        yield "one "
        yield "two"

    @observe()
    def outer(a, b=2):
        langfuse_context.update_current_trace(
            user_id="user-decorated", session_id="session-decorated", tags=["d"], public=True, metadata={"a": 1}
        )
        langfuse_context.score_current_trace(name="whole", value="good", id="c2-score-whole")
        "".join(stream())
        return generate(a)

    @observe(name="fails")
    def fails():
        raise ValueError("boom 💥")

    outer(1, b="two", langfuse_observation_id="c2-decorated")
    try:
        fails(langfuse_observation_id="c2-fails")
    except ValueError:
        pass
    langfuse_context.flush()


def check_decorated(report, traces, given):
    """What the decorated functions said, by the documentation of the decorator."""
    trace = traces.get("c2-decorated")
    report.true("decorated trace was sent", trace is not None)
    if trace is None:
        return
    want = [
        *("outer", "user-decorated", "session-decorated", ["d"], True, {"a": 1}),
        *({"args": [1], "kwargs": {"b": "two"}}, ["y", 1], ENVIRONMENT, RELEASE),
    ]
    parts = [trace.name, trace.user_id, trace.session_id, trace.tags, trace.public, trace.metadata]
    got = [*parts, written.parse(trace.input), written.parse(trace.output), trace.environment, trace.release]
    report.compare("decorated trace", want, got)
    made = {o.name: o for o in trace.observations}
    report.compare("decorated observations", ["decorated generation", "decorated stream"], sorted(made))
    if "decorated generation" in made:
        o = made["decorated generation"]
        got = [o.type, o.model, o.usage, o.all_metadata, o.version, written.parse(o.output)]
        report.compare(
            "decorated generation", ["GENERATION", "m", {"input": 1, "output": 2, "total": 3}, {"k": 1}, "g", ["y", 1]], got
        )
        report.compare("score inside", o.id, given["c2-score-inside"].observation_id)
    if "decorated stream" in made:
        o = made["decorated stream"]
        report.compare("decorated stream", ["SPAN", "one two"], [o.type, o.output])
    report.compare(
        "score of the whole", ["c2-decorated", "good"], [given["c2-score-whole"].trace_id, given["c2-score-whole"].text]
    )


# Integers that JavaScript has none of go out as texts.
METADATA = Sent({**samples.METADATA, "wide": 2**60}, {**samples.METADATA, "wide": str(2**60)})

VALUES = {
    **samples.VALUES,
    "tiny": 1e-7,
    "large": 1e22,
    "negative zero": -0.0,
    "long list": list(range(300)),
    "python values": Sent(
        {k: v for k, v in samples.PYTHON_VALUES.given.items() if k not in ("infinity", "tuple")},
        {**{k: v for k, v in samples.PYTHON_VALUES.plain.items() if k not in ("infinity", "tuple")}, "nan": None},
    ),
}

# The client makes ints of what it can, and refuses the rest.
UNFIT = Sent({"input": 3, "minus": -2, "text": "8"}, {"input": 3, "minus": -2, "text": 8})

# The client cuts events above a million bytes.
LONG = samples.LONG_TEXT[:700_000]

OLD_USAGES = [
    ({"promptTokens": 1, "completionTokens": 2}, {"input": 1, "output": 2, "unit": "TOKENS"}),
    ({"prompt_tokens": 1, "total_tokens": 9, "input_cost": 0.5}, {"input": 1, "total": 9, "unit": "TOKENS", "inputCost": 0.5}),
    ({"input": 3, "unit": "CHARACTERS"}, {"input": 3, "unit": "CHARACTERS"}),
    ({"input": 0, "output": 5}, {"input": 0, "output": 5}),
    ({"total": 4, "unit": "IMAGES", "total_cost": 1}, {"total": 4, "unit": "IMAGES", "totalCost": 1.0}),
    ({"output": 2, "input_cost": 0.25, "output_cost": 0.5}, {"output": 2, "inputCost": 0.25, "outputCost": 0.5}),
    ({"input": 2, "output": 3, "total": 0}, {"input": 2, "output": 3, "total": 0}),
]


def everything(w, contents):
    nesting(w)
    values(w)
    changes(w)
    usages(w)
    priced(w)
    content(w, contents)


def own_reads(client):
    """The reads that the client gives its users."""
    return readback.Routes(
        traces=client.fetch_traces,
        trace=lambda id: client.fetch_trace(id).data,
        v1_list=client.fetch_observations,
        v1=lambda id: client.fetch_observation(id).data,
        sessions=client.fetch_sessions,
        not_found=NotFoundError,
        trace_fields=False,
        names={
            **{"traces": "fetch_traces", "trace": "fetch_trace", "v1_list": "fetch_observations"},
            **{"v1": "fetch_observation", "sessions": "fetch_sessions"},
        },
    )


def typed_reads(client):
    """The client's generated API."""
    api = client.api
    return readback.Routes(
        traces=api.trace.list,
        trace=api.trace.get,
        v1_list=api.observations.get_many,
        v1=api.observations.get,
        projects=api.projects.get,
        health=api.health.health,
        sessions=api.sessions.list,
        session=api.sessions.get,
        scores_v1=api.score.get,
        score_v1=api.score.get_by_id,
        models=api.models.list,
        not_found=NotFoundError,
        trace_fields=False,
        names={
            **{"traces": "api.trace.list", "trace": "api.trace.get", "v1_list": "api.observations.get_many"},
            **{"v1": "api.observations.get", "sessions": "api.sessions.list", "session": "api.sessions.get"},
            **{"scores_v1": "api.score.get", "score_v1": "api.score.get_by_id", "models": "api.models.list"},
        },
    )


def as_typed(expected):
    """What the client's types make of an object: they know no fractions in parameters."""
    given = expected.get("modelParameters")
    if isinstance(given, dict):
        expected["modelParameters"] = {k: str(v) if isinstance(v, float) else v for k, v in given.items()}
    return expected


def main():
    started = time.time()
    report = checks.Report()
    wire = Wire()
    setup = {"environment": ENVIRONMENT, "release": RELEASE, "timeout": 60, "httpx_client": wire.watch_httpx()}
    client = Langfuse(flush_at=11, **setup)
    langfuse_context.configure(**setup)
    report.true("auth_check", report.attempt("auth_check answers", client.auth_check) is True)

    w = Writer(client, started)
    folder = tempfile.TemporaryDirectory()
    contents = Contents(LangfuseMedia, folder.name)
    everything(w, contents)
    alone(w)
    client.flush()
    place = {"trace_id": "c2-values", "observation_id": "c2-output-0"}
    create = lambda **given: client.api.score.create(request=CreateScoreRequest(**given))
    scores.direct(report, w.notes, create, place, "api.score.create")
    w.notes.check(report, wire.bodies())
    decorated()
    once = len(wire.requests)
    # Once more, as a program does that is run again: other events that say the same.
    everything(w, contents)
    client.flush()
    folder.cleanup()
    wire.check_batches(report)

    project = os.environ["LANGFUSE_INIT_PROJECT_ID"]
    first, both = wire.records(report, project, once), wire.records(report, project)
    traces, given = both.traces(), both.scores()
    report.true("the second run changes nothing", traces == first.traces() and given == first.scores())
    check_decorated(report, traces, given)
    wire.again(report)
    contents.cut_traces(traces)
    contentcheck.Checker(report, content_calls(client), wire, contents, started).everything()

    expect = Expect(project, started, given.values())
    organization = {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}
    account = os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization
    for routes in (httpread.routes(), own_reads(client), typed_reads(client)):
        readback.Reader(report, routes, traces, expect, as_typed if routes.typed else None).everything(*account)
    report.finish()


if __name__ == "__main__":
    main()
