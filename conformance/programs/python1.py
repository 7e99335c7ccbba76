"""Conformance of the published Python client, version 1.

Writes batches with the client's public calls, reads everything back with its own
reads, its typed API and plain HTTP, and compares the whole of it. Takes the server and
the keys from LANGFUSE_*; prints one line per check and exits with 1 if any failed.
"""

import os
import time

# The client says local times as if they were UTC.
os.environ["TZ"] = "UTC"
time.tzset()

import langfuse.request
from langfuse import Langfuse
from langfuse.api.resources.commons.errors import NotFoundError

import bodies
import checks
import httpread
import readback
from expected import Expect
from wire import Wire


def own_reads(client):
    """The reads that the client gives its users."""
    return readback.Routes(
        traces=client.client.trace.list,
        trace=client.get_trace,
        v1_list=client.client.observations.get_many,
        v1=client.get_observation,
        projects=client.client.projects.get,
        health=client.client.health.health,
        session=client.client.sessions.get,
        scores_v1=client.client.score.get,
        not_found=NotFoundError,
        trace_fields=False,
        narrow=True,
        names={
            **{"traces": "client.trace.list", "trace": "get_trace", "v1_list": "client.observations.get_many"},
            **{"v1": "get_observation", "session": "client.sessions.get", "scores_v1": "client.score.get"},
        },
    )


def generations(report, client, traces, expect):
    """get_generations, which reads observations of one type."""
    known = {o.id: o for t in traces.values() for o in t.observations if o.type == "GENERATION"}
    got = report.attempt("get_generations answers", lambda: client.get_generations(limit=100).data) or []
    report.compare("get_generations ids", sorted(known), sorted(o.id for o in got))
    for item in map(checks.wire, got):
        if item["id"] in known:
            obs = known[item["id"]]
            want = {k: v for k, v in expect.v1(obs, traces[obs.trace_id]).items() if k in item}
            report.compare(f"get_generations {obs.name}", *checks.whole(want, item))
            report.compared("observations v1", "get_generations")


def main():
    started = time.time()
    report = checks.Report()
    wire = Wire()
    wire.watch_session(langfuse.request._session)
    client = Langfuse(release=bodies.RELEASE, flush_at=13, timeout=60)
    report.true("auth_check", report.attempt("auth_check answers", client.auth_check) is True)

    w = bodies.Writer(client, started, batch=True)
    bodies.everything(w)
    bodies.alone(w)
    client.flush()
    once = len(wire.requests)
    # Once more, as a program does that is run again: other events that say the same.
    bodies.everything(w)
    client.flush()
    w.notes.check(report, wire.bodies())
    wire.check_batches(report)

    project = os.environ["LANGFUSE_INIT_PROJECT_ID"]
    first, both = wire.records(report, project, once), wire.records(report, project)
    traces, scores = both.traces(), both.scores()
    report.true("the second run changes nothing", traces == first.traces() and scores == first.scores())
    wire.again(report)

    expect = Expect(project, started, scores.values())
    organization = {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}
    account = os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization
    for routes in (httpread.routes(), own_reads(client)):
        readback.Reader(report, routes, traces, expect).everything(*account)
    generations(report, client, traces, expect)
    report.finish()


if __name__ == "__main__":
    main()
