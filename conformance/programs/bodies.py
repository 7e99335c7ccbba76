"""What the Python clients of version 1 write.

Their calls take objects of request types; those of 2023 send each as a request of its
own, the later ones as batch events. Writer makes the calls and notes what each has to
send. Both say null where the caller gave None, and nothing where the caller gave
nothing.
"""

import datetime as dt

from langfuse.model import (
    CreateEvent,
    CreateGeneration,
    CreateScore,
    CreateSpan,
    CreateTrace,
    InitialGeneration,
    InitialScore,
    InitialSpan,
    ObservationLevel,
    UpdateGeneration,
    UpdateSpan,
    Usage,
)

import notes
import samples
from samples import Sent

RELEASE = "release-1.0"
START = dt.datetime(2023, 9, 1, 12, 30, 15, 123456, tzinfo=dt.timezone.utc)


def at(seconds):
    """A fixed time, so that the program says the same each time it runs."""
    return START + dt.timedelta(seconds=seconds)


class Handle:
    """A trace or an observation of the client, with what is known of it."""

    def __init__(self, writer, raw, kind, id, trace_id):
        self.writer, self.raw, self.kind, self.id, self.trace_id = writer, raw, kind, id, trace_id

    def about(self):
        return {"traceId": self.trace_id, **({} if self.kind == "trace" else {"parentObservationId": self.id})}

    def make(self, kind, type, id, **given):
        raw = getattr(self.raw, kind)(type(id=id, **self.writer.arguments(given)))
        self.writer.create(kind, {"id": id, **self.about(), **given})
        return Handle(self.writer, raw, kind, id, self.trace_id)

    def span(self, id, **given):
        return self.make("span", CreateSpan, id, **given)

    def generation(self, id, **given):
        return self.make("generation", CreateGeneration, id, **given)

    def event(self, id, **given):
        return self.make("event", CreateEvent, id, **given)

    def update(self, **given):
        type = UpdateGeneration if self.kind == "generation" else UpdateSpan
        self.raw.update(type(**self.writer.arguments(given)))
        self.writer.change(self.kind, self.id, {"traceId": self.trace_id, **given})
        return self

    def end(self):
        self.raw.end()
        self.writer.change(self.kind, self.id, {"traceId": self.trace_id, "endTime": self.writer.now})
        return self

    def score(self, id, **given):
        self.raw.score(CreateScore(id=id, **given))
        about = {} if self.kind == "trace" else {"observationId": self.id}
        self.writer.score(id, {"traceId": self.trace_id, **about, **given})


class Writer:
    """Makes the client's calls. batch tells whether they become batch events."""

    def __init__(self, client, since, batch):
        self.client = client
        self.batch = batch
        self.notes = notes.Notes()
        self.now = notes.now_text(since)

    def arguments(self, given):
        return {k: notes.given(v) for k, v in given.items()}

    def trace(self, id, **given):
        raw = self.client.trace(CreateTrace(id=id, **self.arguments(given)))
        self.noted_trace({"id": id, "release": RELEASE, **given})
        return Handle(self, raw, "trace", id, id)

    def noted_trace(self, body):
        self.notes.add("trace-create" if self.batch else "POST traces", body)

    def make(self, kind, type, id, **given):
        """span and generation of the client itself; without a trace it makes one."""
        raw = getattr(self.client, kind)(type(id=id, **self.arguments(given)))
        if "traceId" not in given:
            given["traceId"] = self.client.get_trace_id()
            self.noted_trace({"id": given["traceId"], "release": RELEASE, "name": given.get("name")})
        self.create(kind, {"id": id, **given})
        return Handle(self, raw, kind, id, given["traceId"])

    def span(self, id, **given):
        return self.make("span", InitialSpan, id, **given)

    def generation(self, id, **given):
        return self.make("generation", InitialGeneration, id, **given)

    def top_score(self, id, **given):
        """score of the client itself."""
        self.client.score(InitialScore(id=id, **given))
        self.score(id, given)

    def score(self, id, body):
        self.notes.add("score-create" if self.batch else "POST scores", {"id": id, **body})

    def create(self, kind, body):
        if not self.batch:
            self.notes.add(f"POST {kind}s", body)
            return
        body = {"type": kind.upper(), "startTime": self.now, **body}
        self.notes.add("observation-create", self.payloads(kind, body))

    def change(self, kind, id, body):
        name = f"{kind}Id"
        if not self.batch:
            self.notes.add(f"PATCH {kind}s", {**body, "id": id, name: id})
            self.notes.notes[-1].body.pop("id")
            return
        body = {"id": id, name: id, "type": kind.upper(), **body}
        self.notes.add("observation-update", self.payloads(kind, body))

    def payloads(self, kind, body):
        """The input and output of a generation, which batch events always have."""
        if kind == "generation":
            body = dict(body)
            body["input"], body["output"] = body.pop("prompt", None), body.pop("completion", None)
        return body


# What the clients make of parameters: the oldest texts, the later one texts of floats.
PARAMETERS = {"temperature": 0.25, "top_k": 3, "stream": True, "style": "terse", "none": None}
AS_TEXTS = {"temperature": "0.25", "top_k": "3", "stream": "True", "style": "terse", "none": None}
AS_VALUES = {"temperature": "0.25", "top_k": 3, "stream": True, "style": "terse", "none": None}

VALUES = {
    **{k: v for k, v in samples.VALUES.items() if k != "python values"},
    "tiny": 1e-7,
    "large": 1e22,
    "negative": -7,
    "wide": 2**60,
    "long list": list(range(300)),
    "null": None,
}

METADATA = {**samples.METADATA, "wide": 2**53 - 1, "deep": {"wide": -(2**53) + 1}}

MORE_TRACE = {"sessionId": "session-1", "input": samples.MESSAGES, "output": samples.ANSWER, "public": True}


def nesting(w):
    """A trace of every kind of observation, with everything that can be said of each."""
    more = MORE_TRACE if w.batch else {}
    t = w.trace("c1-nesting", name="nesting", userId="user-1", version="app-1.1", metadata=METADATA, **more)
    s = t.span(
        "c1-outer",
        name="outer",
        startTime=at(1),
        endTime=at(9.5),
        input={"question": None, "deep": samples.NESTED},
        output=["answer", 0, False, None],
        metadata={"span": True},
        level=ObservationLevel.WARNING,
        statusMessage="careful ⚠",
        version="component-1",
    )
    g = s.generation(
        "c1-generation",
        name="generation",
        startTime=at(2),
        endTime=at(4),
        completionStartTime=at(2.75),
        model="conformance-small",
        modelParameters=Sent(PARAMETERS, AS_VALUES if w.batch else AS_TEXTS),
        prompt=samples.MESSAGES,
        completion=samples.ANSWER,
        usage=Sent(
            Usage(promptTokens=12, completionTokens=5, totalTokens=17),
            {"promptTokens": 12, "completionTokens": 5, "totalTokens": 17},
        ),
        metadata={"list": [1, {"two": 2}]},
        level=ObservationLevel.DEBUG,
    )
    g.event("c1-event", name="event", startTime=at(3), input="seen", level=ObservationLevel.ERROR, metadata=["not", "an object"])
    below = g.span("c1-below", name="below a generation", startTime=at(3))
    below.generation("c1-deepest", name="deepest", startTime=at(3.5)).update(completion="end of it", endTime=at(3.75))
    below.update(endTime=at(3.9), metadata={"ended": True}, level=ObservationLevel.DEFAULT, statusMessage="done")
    w.span("c1-loose", traceId="c1-nesting", name="loose", startTime=at(5), parentObservationId="c1-outer").update(endTime=at(6))
    w.generation("c1-loose-generation", traceId="c1-nesting", name="loose generation", startTime=at(5), model="m")
    t.score("c1-score-trace", name="quality", value=0.75, comment="fine ✓")
    s.score("c1-score-span", name="quality", value=-3)
    g.score("c1-score-generation", name="zero", value=0, comment=None)
    w.top_score("c1-score-top", traceId="c1-nesting", observationId="c1-outer", name="by hand", value=1, comment="")


def values(w):
    """Every kind of input, output and metadata, one observation each."""
    t = w.trace("c1-values", name="values", userId="user-values", metadata="a text", version=None)
    for n, (name, value) in enumerate(VALUES.items()):
        t.span(f"c1-input-{n}", name=f"input {name}", startTime=at(20 + n), input=value, metadata=value)
        t.generation(
            f"c1-output-{n}", name=f"output {name}", startTime=at(20 + n), completion=value, prompt=value, endTime=at(21 + n)
        )
        t.event(f"c1-event-{n}", name=f"event {name}", startTime=at(20 + n), output=value)
    # The batches of this client lose events above 650,000 bytes.
    long = samples.LONG_TEXT[:400_000] if w.batch else samples.LONG_TEXT
    t.generation("c1-long", name="long", startTime=at(20), completion={"text": long, "after": 1}, metadata={"long": long[:5000]})


def changes(w):
    """Updates: what they change, what they leave, what clears and what cannot."""
    t = w.trace("c1-changes", name="first name", userId="user-early", version="v-1", metadata={"a": {"b": 1, "x": [1]}, "e": {}})
    w.trace("c1-changes", name="second name", metadata={"a": {"c": 2, "x": [2, 3]}, "n": None})
    w.trace("c1-changes", userId=None, metadata=7)
    s = t.span("c1-changed-span", name="span", startTime=at(41), input="in", output="out", metadata={"kept": 1, "changed": "old"})
    s.update(output="", input=False, metadata={"changed": {"new": [1]}}, level=ObservationLevel.ERROR, statusMessage="no")
    s.update(name="renamed", version="v", endTime=at(43), statusMessage=None, metadata=None, output=None)
    s.update(version=None, endTime=None)
    t.span("c1-nameless", name="named", startTime=at(42), level=ObservationLevel.ERROR).update(name=None, level=None)
    t.span("c1-ends-early", name="ends before it starts", startTime=at(50)).update(endTime=at(45))
    g = t.generation(
        "c1-changed-generation",
        name="generation",
        startTime=at(41),
        model="first",
        usage=usage(promptTokens=5, completionTokens=7),
    )
    g.update(usage=usage(completionTokens=9), model="second", modelParameters={"style": "new"})
    g.update(completionStartTime=at(41.5), completion={"text": "x"}, prompt=None)
    g.update(endTime=at(44), model=None, usage=None)
    t.generation("c1-only-zero", name="only zero", startTime=at(41), completion=0, prompt="").update(completion=False)
    t.score("c1-score-changed", name="changed", value=1.5, comment="first")
    t.score("c1-score-changed", name="changed now", value=2.5, comment=None)


def usages(w):
    """Usage in the one shape these clients have, in all its parts."""
    t = w.trace("c1-usage", name="usage")
    for n, given in enumerate(USAGES):
        t.generation(f"c1-usage-{n}", name=f"usage {n}", startTime=at(61), usage=usage(**given))


def usage(**given):
    return Sent(Usage(**given), given)


USAGES = [
    {"promptTokens": 1, "completionTokens": 2},
    {"promptTokens": 3},
    {"completionTokens": 4},
    {"totalTokens": 9},
    {"promptTokens": 0, "completionTokens": 5},
    {"promptTokens": 5, "completionTokens": 0},
    {"promptTokens": 2, "completionTokens": 3, "totalTokens": 0},
    {"promptTokens": 2, "completionTokens": None, "totalTokens": 70},
    {"promptTokens": None},
    {},
]


def everything(w):
    nesting(w)
    values(w)
    changes(w)
    usages(w)


def alone(w):
    """Observations that make their own trace, ends that the client dates, a trace of
    scores alone, and times without zone."""
    w.span("c1-alone", name="alone", startTime=at(70), input="alone").end()
    w.generation("c1-alone-generation", name="alone too", prompt="x").end()
    now = w.trace("c1-now", name="now", userId="user-now")
    now.generation("c1-now-generation", name="now").event("c1-now-event", name="now")
    w.top_score("c1-score-early", traceId="c1-never", name="early", value=1)
