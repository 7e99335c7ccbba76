"""Conformance of what several clients write about the same things.

One trace is written by version 2 of the Python client, which sends batches, by batches
of no client's making and by OTLP spans, in an order that suits nobody: the state is
that of the fold, however the records came. Reads everything back with the client's own
reads, its typed API and plain HTTP, and compares the whole of it. Takes the server and
the keys from LANGFUSE_*; prints one line per check and exits with 1 if any failed.
"""

import datetime as dt
import json
import os
import time

from langfuse import Langfuse

import checks
import events
import folding
import httpread
import python2
import readback
from expected import Expect
from wire import BATCH, Wire, post

OTLP = "/api/public/otel/v1/traces"
RESOURCE = {"service.name": "mixed"}
SCOPE = {"name": "langfuse-sdk", "version": "9.9"}
DAY = dt.timedelta(days=1)

# Before and after anything that the client dates itself, which it does with the clock.
BEFORE = dt.datetime(2024, 6, 1, 10, 0, 0, tzinfo=dt.timezone.utc)
AFTER = BEFORE + 3650 * DAY


def early(seconds):
    return BEFORE + dt.timedelta(seconds=seconds)


def late(seconds):
    return AFTER + dt.timedelta(seconds=seconds)


def text(moment):
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Sender:
    """Sends batches and spans by hand, and keeps what they say."""

    def __init__(self, report, records):
        self.report = report
        self.records = records
        self.made = 0
        self.sent = []  # requests that are sent once more at the end

    def event(self, type, moment, body, id=None):
        self.made += 1
        times = {k: text(v) if isinstance(v, dt.datetime) else v for k, v in body.items()}
        return {"id": id or f"event-{self.made}", "type": type, "timestamp": text(moment), "body": times}

    def batch(self, *made, bad=()):
        """One batch. bad are events that must be refused, with the status of each."""
        body = {"batch": [*made, *(event for event, _ in bad)], "metadata": {"by": "hand"}}
        for event in made:
            if event["type"] != "sdk-log":
                self.records.event(event)
        self.check(body, made, bad)
        self.sent.append((body, made, bad))

    def check(self, body, made, bad):
        status, answer = post(BATCH, body)
        name = f"batch of {', '.join(e['id'] if isinstance(e, dict) and 'id' in e else '?' for e in body['batch'])}"[:100]
        taken = [{"id": e["id"], "status": 201} for e in made if e["type"] != "sdk-log"]
        by_id = lambda item: item["id"]
        self.report.compare(f"{name} status", 207, status)
        self.report.compare(f"{name} successes", sorted(taken, key=by_id), sorted(answer.get("successes", []), key=by_id))
        refused = [{"id": e.get("id", "unknown"), "status": s, "message": "Invalid request data", "error": WORDS} for e, s in bad]
        self.report.compare(f"{name} errors", sorted(refused, key=by_id), sorted(answer.get("errors", []), key=by_id))
        self.report.compared("answers", "HTTP")

    def again(self):
        """Every batch once more, whole, as a client does that saw an error in the answer."""
        for body, made, bad in self.sent:
            self.check(body, made, bad)

    def spans(self, *made):
        """One OTLP export, as JSON."""
        for span in made:
            self.records.span(span)
        spans = [wire_span(span) for span in made]
        body = {
            "resourceSpans": [
                {"resource": {"attributes": attributes(RESOURCE)}, "scopeSpans": [{"scope": SCOPE, "spans": spans}]}
            ]
        }
        self.report.compare(f"spans {', '.join(s.name for s in made)}", [200, {}], [*post(OTLP, body)])


WORDS = checks.Rule("words", lambda actual: isinstance(actual, str) and actual != "")

# What a span's fields are called among its attributes.
ATTRIBUTES = {
    **{"type": "langfuse.observation.type", "level": "langfuse.observation.level", "input": "langfuse.observation.input"},
    **{"output": "langfuse.observation.output", "status_message": "langfuse.observation.status_message"},
    **{"model": "langfuse.observation.model.name", "environment": "langfuse.environment"},
    "usage": "langfuse.observation.usage_details",
}
TRACE_ATTRIBUTES = {
    **{"name": "langfuse.trace.name", "user_id": "user.id", "session_id": "session.id", "version": "langfuse.version"},
    **{
        "release": "langfuse.release",
        "public": "langfuse.trace.public",
        "input": "langfuse.trace.input",
        "output": "langfuse.trace.output",
    },
}


def attributes(plain):
    made = []
    for key, value in plain.items():
        word = "boolValue" if isinstance(value, bool) else "stringValue"
        made.append({"key": key, "value": {word: value if isinstance(value, (str, bool)) else json.dumps(value)}})
    return made


def wire_span(span):
    """The span as it goes out."""
    plain = {ATTRIBUTES[k]: v.lower() if k == "type" else v for k, v in span.said.items()}
    plain.update({TRACE_ATTRIBUTES[k]: v for k, v in span.trace.items()})
    user = {k: v for k, v in span.metadata.items() if k not in ("resourceAttributes", "scope")}
    plain.update({f"langfuse.observation.metadata.{k}": v for k, v in user.items()})
    plain.update({f"langfuse.trace.metadata.{k}": v for k, v in span.trace_metadata.items()})
    made = attributes(plain)
    if span.tags:
        made.append({"key": "langfuse.trace.tags", "value": {"arrayValue": {"values": [{"stringValue": t} for t in span.tags]}}})
    return {
        "traceId": span.trace_id,
        "spanId": span.id,
        **({"parentSpanId": span.parent_id} if span.parent_id else {}),
        "name": span.name,
        "kind": 1,
        "startTimeUnixNano": str(span.start * 1000),
        "endTimeUnixNano": str(span.end * 1000),
        "attributes": made,
    }


def span(trace_id, id, parent_id, name, start, end, metadata=(), **more):
    generated = {"resourceAttributes": RESOURCE, "scope": SCOPE}
    return events.Span(
        trace_id, id, parent_id, name, events.micros(start), events.micros(end), metadata={**generated, **dict(metadata)}, **more
    )


def halves(s, client):
    """One trace of which the client writes the one half, and spans are the other."""
    trace_id = "6d697865640000000000000000000001"
    both, batch_only, root, child = "6d69780000000001", "6d69780000000002", "6d69780000000003", "6d69780000000004"
    t = client.trace(
        id=trace_id,
        timestamp=early(900),
        tags=["batch"],
        metadata={"by": {"batch": 1}, "who": "batch"},
        user_id="user-batch",
        output="said by batch",
    )
    g = t.generation(
        id=both,
        start_time=early(3),
        level="ERROR",
        metadata={"half": {"batch": True}},
        input={"from": "batch"},
        usage_details={"input": 3},
    )
    g.update(status_message="it broke", model="conformance-small", output="")
    t.span(id=batch_only, name="batch alone", start_time=early(2), parent_observation_id=root).end(end_time=early(30))
    t.event(id="an event", name="below both", start_time=early(4), parent_observation_id=both)
    client.flush()
    s.spans(
        span(
            trace_id,
            child,
            batch_only,
            "below a batch's",
            early(2.5),
            early(2.75),
            said={"type": "TOOL"},
            trace={"name": "named by a child"},
            trace_metadata={"k": "2"},
        ),
        span(
            trace_id,
            both,
            root,
            "both halves",
            early(3),
            early(5),
            {"half": "a text"},
            said={"type": "GENERATION", "output": "from a span"},
        ),
    )
    s.spans(
        span(
            trace_id,
            root,
            None,
            "the root",
            early(0),
            early(10.000123),
            {"root": "yes", "k": "1"},
            said={"input": "root input", "output": "root output", "environment": "by-span"},
            trace={"session_id": "session-mixed"},
            tags=["span", "batch"],
        ),
    )


def orders(s):
    """The vectors of the fold that need batches alone: updates before creates, in one
    request and in several, and what wins however things arrive."""
    e = s.event
    s.batch(e("span-update", early(10), {"id": "m-late", "traceId": "m-orders", "output": "b"}))
    s.batch(
        e(
            "span-create",
            early(5),
            {"id": "m-late", "traceId": "m-orders", "output": "a", "startTime": early(5), "name": "update first"},
        )
    )
    s.batch(
        e("generation-update", early(3), {"id": "m-start", "traceId": "m-orders", "startTime": early(7), "endTime": early(8)}),
        e("generation-create", early(5), {"id": "m-start", "traceId": "m-orders", "name": "explicit start beats default"}),
    )
    s.batch(e("generation-update", early(20), {"id": "m-nowhere", "output": "before its trace", "usageDetails": {"input": 1}}))
    s.batch(
        e("generation-create", early(10), {"id": "m-nowhere", "traceId": "m-orders", "name": "moved", "startTime": early(10)})
    )
    s.batch(e("span-update", early(20), {"id": "m-never", "name": "its trace is never named", "startTime": early(10)}))
    s.batch(
        e(
            "span-create",
            early(1),
            {
                "id": "m-keeps",
                "traceId": "m-orders",
                "parentObservationId": "m-late",
                "endTime": early(9),
                "version": "v",
                "startTime": early(1),
            },
        ),
        e(
            "span-update",
            early(2),
            {
                "id": "m-keeps",
                "output": "o",
                "parentObservationId": None,
                "endTime": None,
                "version": None,
                "statusMessage": None,
            },
        ),
    )
    s.batch(
        e("trace-create", early(9), {"id": "m-orders", "metadata": {"a": {"r": 2}, "deep": {"list": [3]}}, "tags": ["z", "a"]}),
        e(
            "trace-create",
            early(1),
            {
                "id": "m-orders",
                "metadata": {"a": {"q": 1}, "b": {"c": 1}, "deep": {"list": [1, 2], "k": None}},
                "public": True,
                "name": "n1",
            },
        ),
        e(
            "trace-create",
            early(2),
            {"id": "m-orders", "metadata": {"a": 5, "b.c": 2, "e": {}}, "environment": "Langfuse-Eval", "timestamp": early(0)},
        ),
    )
    s.batch(
        e(
            "trace-create",
            early(3),
            {"id": "m-orders", "userId": "u1", "sessionId": "s1", "release": "r1", "environment": "later"},
        ),
        e("trace-create", early(4), {"id": "m-orders", "userId": None, "name": None, "input": {"kept": 1}}),
        e(
            "trace-create",
            early(5),
            {"id": "m-orders", "input": None, "output": 0, "sessionId": "session-orders", "version": "v1"},
        ),
    )
    s.batch(
        e(
            "score-create",
            early(1),
            {
                "id": "m-score",
                "traceId": "m-orders",
                "name": "x",
                "value": 1,
                "dataType": "BOOLEAN",
                "comment": "c",
                "metadata": {"a": {"b": 1}},
            },
        ),
        e(
            "score-create",
            early(2),
            {"id": "m-score", "traceId": "m-elsewhere", "name": "x", "value": 0.7, "comment": None, "observationId": "m-late"},
        ),
        e(
            "score-create",
            early(1),
            {
                "id": "m-score",
                "traceId": "m-orders",
                "name": "x",
                "value": 1,
                "dataType": "BOOLEAN",
                "comment": "c",
                "metadata": {"a": {"c": 2}},
            },
        ),
    )
    for n, environment in enumerate(["Production", "langfuselangfuse_x", "langfuse", "my env", "a" * 50, "", 7, None]):
        s.batch(
            e(
                "span-create",
                early(n),
                {"id": f"m-environment-{n}", "traceId": "m-environments", "environment": environment, "startTime": early(n)},
            )
        )


def types(s):
    """Every type of event, and every one that needs no id of its own."""
    e = s.event
    kinds = ["agent", "tool", "chain", "retriever", "evaluator", "embedding", "guardrail", "generation"]
    more = {
        "model": "m",
        "modelParameters": {"n": 1, "s": "t", "list": ["a"], "no": None, "f": 0.5},
        "costDetails": {"input": 0.5, "no": -1, "t": "1"},
    }
    usage = {"input": 1, "half": 1.5, "minus": -1, "text": "12abc", "none": None, "nested": {"a": 1}, "yes": True}
    made = [
        e(
            f"{k}-create",
            early(1),
            {"id": f"m-{k}", "traceId": "m-types", "name": k, "startTime": early(1), "usageDetails": usage, **more},
        )
        for k in kinds
    ]
    s.batch(*made, e("sdk-log", early(1), {"log": {"any": "thing"}}))
    s.batch(
        e(
            "observation-create",
            early(1),
            {
                "id": "m-old",
                "traceId": "m-types",
                "type": "GENERATION",
                "usage": {"input": 1, "output": 2, "unit": "SECONDS", "outputCost": 3},
            },
        ),
        e(
            "observation-update",
            early(2),
            {"id": "m-old", "traceId": "m-types", "type": "GENERATION", "name": "old words", "endTime": early(4)},
        ),
        e("generation-create", early(1), {"id": "m-becomes", "traceId": "m-types", "name": "turned into a span", "model": "m"}),
        e("span-update", early(2), {"id": "m-becomes", "traceId": "m-types"}),
    )
    s.batch(
        e("trace-create", early(1), {"name": "no id", "input": "x", "tags": ["no id"]}, id="m-event-trace"),
        e("score-create", early(1), {"traceId": "m-types", "name": "no id", "value": "yes"}, id="m-event-score"),
        e("span-create", early(1), {"traceId": "m-types", "name": "no id", "startTime": early(1)}, id="m-event-span"),
    )
    s.batch(
        e(
            "span-create",
            early(1),
            {"id": "m-external", "traceId": "order 9", "traceIdType": "EXTERNAL", "name": "external", "startTime": early(1)},
        ),
        e(
            "score-create",
            early(1),
            {"id": "m-external-score", "traceId": "order 9", "traceIdType": "EXTERNAL", "name": "external", "value": 1},
        ),
    )
    s.batch(e("trace-create", early(1), {"id": "m-known", "externalId": "order 9", "name": "has an external id"}))


def refused(s):
    """Batches of which some events are wrong: the others are taken."""
    e = s.event
    good = lambda n: {"id": f"m-good-{n}", "traceId": "m-good", "name": "good", "startTime": early(n), "input": n}
    place = {"id": "m-bad", "traceId": "m-bad"}
    wrong = [
        e("span-creation", early(1), place),
        {**e("span-create", early(1), place), "timestamp": "yesterday"},
        e("span-create", early(1), {**place, "level": "LOUD"}),
        e("span-create", early(1), {**place, "startTime": "2024-01-01 10:00"}),
        e("trace-create", early(1), {"id": "m-bad", "tags": "one"}),
        e("trace-create", early(1), {"id": "m-bad", "name": "n" * 1001}),
        e("generation-create", early(1), {**place, "promptName": "p"}),
        e("generation-create", early(1), {**place, "usageDetails": 5}),
        e("observation-create", early(1), place),
        e("dataset-run-item-create", early(1), place),
        e("score-create", early(1), {"id": "m-bad", "traceId": "m-bad", "name": "", "value": 1}),
        e("score-create", early(1), {"id": "m-bad", "name": "no target", "value": 1}),
        e("score-create", early(1), {"id": "m-bad", "traceId": "m-bad", "sessionId": "s", "name": "two targets", "value": 1}),
        e("score-create", early(1), {"id": "m-bad", "traceId": "m-bad", "name": "x", "value": 2, "dataType": "BOOLEAN"}),
        e("score-create", early(1), {"id": "m-bad", "traceId": "m-bad", "name": "x", "value": "text", "dataType": "NUMERIC"}),
        e("score-create", early(1), {"id": "m-bad", "traceId": "m-bad", "name": "x", "value": 1, "dataType": None}),
        {"type": "span-create", "timestamp": text(early(1)), "body": place},
        {"id": "m-no-body", "type": "span-create", "timestamp": text(early(1))},
    ]
    s.batch(e("span-create", early(1), good(1)), bad=[(event, 400) for event in wrong])
    s.batch(bad=[(wrong[0], 400)])
    s.batch()
    s.batch(
        e("span-update", late(1), {"id": "m-good-1", "traceId": "m-good", "output": "later"}),
        e("event-create", early(2), good(2)),
        bad=[(wrong[2], 400)],
    )


def main():
    started = time.time()
    report = checks.Report()
    records = folding.Records(os.environ["LANGFUSE_INIT_PROJECT_ID"])
    wire = Wire()
    client = Langfuse(environment="by-batch", release="release-mixed", timeout=60, httpx_client=wire.watch_httpx())
    s = Sender(report, records)
    halves(s, client)
    for event in wire.events():
        records.event(event)
    orders(s)
    types(s)
    refused(s)
    wire.check_batches(report)
    wire.again(report)
    s.again()

    traces, scores = records.traces(), records.scores()
    expect = Expect(records.project_id, started, scores.values())
    organization = {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}
    account = os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization
    for routes in (httpread.routes(), python2.own_reads(client), python2.typed_reads(client)):
        readback.Reader(report, routes, traces, expect, python2.as_typed if routes.typed else None).everything(*account)
    report.finish()


if __name__ == "__main__":
    main()
