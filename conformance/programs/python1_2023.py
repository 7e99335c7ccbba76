"""Conformance of the published Python client of 2023, which sends every object in a
request of its own.

Writes with the client's public calls, holds every answer, as it came and as the client
read it, against what is stored by then, reads everything back with the client's typed
API and plain HTTP, and compares the whole of it. Takes the server and the keys from
LANGFUSE_*; prints one line per check and exits with 1 if any failed.
"""

import os
import time

# The client says local times without their zone.
os.environ["TZ"] = "UTC"
time.tzset()

import httpx
from langfuse import Langfuse
from langfuse.api.resources.trace.types.create_trace_request import CreateTraceRequest
from langfuse.model import TraceIdTypeEnum

import bodies
import checks
import events
import folding
import httpread
import readback
from bodies import at
from expected import Expect
from wire import Wire, date

TYPES = {"spans": "SPAN", "generations": "GENERATION", "events": "EVENT"}
EXTERNAL = {"traceIdType": TraceIdTypeEnum.EXTERNAL}


class Answers:
    """The objects that the client made of the answers, beside the requests."""

    def __init__(self, client, wire):
        self.wire = wire
        self.read = []  # pairs of a request and an object, in the order of sending
        api = client.client
        for resource, methods in (
            (api.trace, ["create"]),
            (api.span, ["create", "update"]),
            (api.generations, ["log", "update"]),
            (api.event, ["create"]),
            (api.score, ["create"]),
        ):
            for method in methods:
                self.watch(resource, method)

    def watch(self, resource, method):
        call = getattr(resource, method)

        def watched(**arguments):
            got = call(**arguments)
            self.read.append((self.wire.requests[-1], got))
            return got

        setattr(resource, method, watched)


def external(w):
    """Ids of the caller's own for traces: named before the trace is created, and never."""
    body = {"id": "c1-external", "externalId": "order 7", "name": "external", "metadata": {"by": "order"}}
    w.span("c1-external-span", traceId="order 7", name="before its trace", startTime=at(80), input="early", **EXTERNAL)
    w.top_score("c1-external-score", traceId="order 7", name="early", value=0.5, **EXTERNAL)
    w.client.flush()
    w.client.client.trace.create(request=CreateTraceRequest(**body))
    w.noted_trace(body)
    # The client's update repeats the trace id and cannot say that it is an external one.
    w.generation("c1-external-generation", traceId="order 7", name="after it", startTime=at(81), prompt="late", **EXTERNAL).update(completion="done")
    w.span("c1-external-direct", traceId="c1-external", name="by its id", startTime=at(81), traceIdType=TraceIdTypeEnum.LANGFUSE)
    w.top_score("c1-external-late", traceId="order 7", name="late", value=1, observationId="c1-external-span", **EXTERNAL)
    w.span("c1-only-external", traceId="order 8", name="external alone", startTime=at(83), **EXTERNAL)


def record_of(request):
    """The record of one request. It has the time of its arrival, which is somewhere in
    the time that it took."""
    body, kind = dict(request.body), request.path.rsplit("/", 1)[1]
    if body.get("traceIdType") == "EXTERNAL":
        body["traceId"] = events.derived(body["traceId"])
    if kind == "traces":
        return events.trace_record(body, request.sent)
    if kind == "scores":
        return events.score_record(body, request.sent)
    for word, name in (("prompt", "input"), ("completion", "output")):
        if word in body:
            body[name] = body.pop(word)
    update = request.method == "PATCH"
    if update:
        body["id"] = body.get("spanId") or body.get("generationId")
        body.pop("traceId", None)  # it goes by the id, which no two traces of this program share
    return events.observation_record(TYPES[kind], body, request.sent, update)


def compare_answer(report, expect, records, request, parsed, record):
    """One answer: the object as it is stored by then."""
    name = f"{request.method} {request.path.rsplit('/', 1)[1]} {record.id}"
    traces, scores = records.traces(), records.scores()
    if record.kind == "score":
        want = expect.score(scores[record.id], 2)  # all keys of both versions
    elif record.kind == "trace":
        want = {**expect.trace(traces[record.id]), "externalId": request.body.get("externalId")}
        del want["observations"], want["scores"]
    else:
        trace, obs = next((t, o) for t in traces.values() for o in t.observations if o.id == record.id)
        want = expect.v1(obs, trace)
        want["usage"] = {k: v for k, v in want["usage"].items() if not k.endswith("Cost")}
        want.update({"prompt": want["input"], "completion": want["output"]})
    report.compare(f"{name} answer", want, request.answer)
    report.compared("answers", "HTTP")
    parsed = checks.wire(parsed)
    report.compare(f"{name} as read", *checks.whole({k: v for k, v in want.items() if k in parsed}, parsed))
    report.compared("answers", CALLS[request.method, request.path.rsplit("/", 1)[1]])


# What sends each request.
CALLS = {
    **{("POST", "traces"): "trace", ("POST", "spans"): "span", ("PATCH", "spans"): "span.update"},
    **{("POST", "generations"): "generation", ("PATCH", "generations"): "generation.update"},
    **{("POST", "events"): "event", ("POST", "scores"): "score"},
}


def typed_reads(client):
    api = client.client
    return readback.Routes(
        traces=api.trace.list,
        trace=api.trace.get,
        v1_list=api.observations.get_many,
        v1=api.observations.get,
        scores_v1=api.score.get,
        not_found=Exception,  # the client reads no error of any server since
        trace_fields=False,
        narrow=True,
        names={
            **{"traces": "client.trace.list", "trace": "client.trace.get", "scores_v1": "client.score.get"},
            **{"v1_list": "client.observations.get_many", "v1": "client.observations.get"},
        },
    )


def main():
    started = time.time()
    report = checks.Report()
    wire = Wire()
    wire.watch_calls(httpx)
    client = Langfuse(release=bodies.RELEASE)
    answers = Answers(client, wire)

    w = bodies.Writer(client, started, batch=False)
    external(w)
    bodies.everything(w)
    bodies.alone(w)
    client.flush()
    once = len(wire.requests)
    # Once more, as a program does that is run again: other requests that say the same.
    bodies.everything(w)
    client.flush()
    w.notes.check(report, wire.bodies())
    report.compare("the client read every answer", len(wire.requests), len(answers.read))

    project = os.environ["LANGFUSE_INIT_PROJECT_ID"]
    expect = Expect(project, started)
    first, both, dated = folding.Records(project), folding.Records(project), set()
    for number, (request, parsed) in enumerate(answers.read):
        record = both.add(record_of(request))
        if (record.kind, record.id) not in dated:
            dated.add((record.kind, record.id))
            date(report, record, request)
        if number < once:
            first.records.append(record)
            compare_answer(report, expect, both, request, parsed, record)
    traces, scores = both.traces(), both.scores()
    report.true("the second run changes nothing", traces == first.traces() and scores == first.scores())
    wire.again(report)

    expect.scores = list(scores.values())
    organization = {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}
    for routes in (httpread.routes(), typed_reads(client)):
        readback.Reader(report, routes, traces, expect).everything(os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization)
    report.finish()


if __name__ == "__main__":
    main()
