"""Conformance of the published Python client, version 4.

Writes with the client's public API, reads everything back with its typed API, and
compares the whole of it. Takes the server and the keys from LANGFUSE_*; prints one
line per check and exits with 1 if any failed.
"""

import os
import sys
import tempfile
import time
import warnings

import langfuse
import langfuse.api
from langfuse import Langfuse, get_client, propagate_attributes
from langfuse.media import LangfuseMedia
from opentelemetry import trace as otel
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

import cases
import checks
import contentcheck
import contentwriter
import foreign
import httpread
import readback
import scenarios
import scores
from content import Contents
from expected import Expect
from wire import Wire
from writer import Sdk, Writer

ENVIRONMENT = "conformance-4"
RELEASE = "release-4.0"

# Typed attributes, which the environment variables of OpenTelemetry cannot set. No
# langfuse.environment among them: foreign spans get theirs from the deployment's.
RESOURCE = {
    "service.name": "conformance",
    "deployment.environment.name": "Raw-OTel",
    "process.pid": 4242,
    "host.cpu.load": 0.5,
    "k8s.ready": True,
    "build.labels": ["blue", "green"],
}


def trace_level(w):
    """What an observation can say of its trace: input, output, and that it is public."""
    with w.current("trace level root", input="root input", output="root output") as root:
        root.raw.set_trace_io(input={"said": "by the root"}, output="root says")
        w.change_trace(root.obs, input={"said": "by the root"}, output="root says")
        with w.current("deep inside", "chain"):
            with w.current("deeper", "generation", output="x") as deep:
                get_client().set_current_trace_io(output={"said": "inside"})
                get_client().set_current_trace_as_public()
                w.change_trace(deep.obs, output={"said": "inside"}, public=True)


def prompts_and_environment(w):
    """A prompt linked without fetching it, and an environment of one request."""
    prompt = {"name": "folder/greeting ✓", "version": 3}
    with w.propagate(environment="staging_eu", prompt=prompt, metadata={"n": 5, "ok": True, "ratio": 0.5}):
        with w.current("linked prompt", "agent"):
            w.start("linked", "generation", model="conformance-small", output="hello").end()
            w.start("not linked", "tool").end()
            with w.propagate(tags=["inner"], metadata={"n": 6, "more": "yes"}, user_id="inner user"):
                w.start("linked inside", "generation").end()


def tree(w):
    for root in scenarios.tree(w):
        root.raw.set_trace_io(input={"trace": "input"}, output=["trace", "output"])
        root.raw.set_trace_as_public()
        w.change_trace(root.obs, input={"trace": "input"}, output=["trace", "output"], public=True)


def content_calls(client):
    words = {"contentType": "content_type", "contentLength": "content_length", "sha256Hash": "sha256hash"}
    words.update(traceId="trace_id", observationId="observation_id", field="field")
    return contentcheck.Calls(
        get=client.api.media.get,
        trace=client.api.trace.get,
        resolve=lambda obj: client.resolve_media_references(obj=obj, resolve_with="base64_data_uri"),
        announce=lambda **said: client.api.media.get_upload_url(**{words[k]: v for k, v in said.items()}),
        not_found=langfuse.api.NotFoundError,
        names={"get": "api.media.get", "announce": "api.media.get_upload_url", "resolve": "resolve_media_references"},
    )


def tell_trace(w):
    """The call that says the input of a trace."""

    def tell(root, sent):
        root.raw.set_trace_io(input=sent.given)
        w.change_trace(root.obs, input=sent)

    return tell


def routes(client):
    api = client.api
    return readback.Routes(
        traces=api.trace.list,
        trace=api.trace.get,
        v1_list=api.legacy.observations_v1.get_many,
        v1=api.legacy.observations_v1.get,
        v2=api.observations.get_many,
        projects=api.projects.get,
        health=api.health.health,
        not_found=langfuse.api.NotFoundError,
        sessions=api.sessions.list,
        session=api.sessions.get,
        scores_v2=api.scores.get_many,
        score_v2=api.scores.get_by_id,
        scores_v3=api.scores_v3.get_many_v3,
        models=api.models.list,
        names={
            **{"traces": "api.trace.list", "trace": "api.trace.get", "v2": "api.observations.get_many"},
            **{"v1_list": "api.legacy.observations_v1.get_many", "v1": "api.legacy.observations_v1.get"},
            **{"sessions": "api.sessions.list", "session": "api.sessions.get"},
            **{"scores_v2": "api.scores.get_many", "score_v2": "api.scores.get_by_id", "scores_v3": "api.scores_v3.get_many_v3"},
            **{"models": "api.models.list"},
        },
    )


def sdk(client, release, environment):
    return Sdk(4, client, propagate_attributes, os.environ["LANGFUSE_PUBLIC_KEY"], environment, release)


def service_b():
    """The second process of the distributed trace, with a provider of the client's
    own making."""
    client = Langfuse()
    w = Writer(sdk(client, None, None), otel.get_tracer_provider())
    scenarios.service_b(w)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)  # old calls are the point
    started = time.time()
    wire = Wire()
    provider = TracerProvider(resource=Resource.create(RESOURCE))
    otel.set_tracer_provider(provider)
    client = Langfuse(environment=ENVIRONMENT, release=RELEASE, flush_at=9, timeout=60, httpx_client=wire.watch_httpx())
    report = checks.Report()
    report.true("auth_check", report.attempt("auth_check answers", client.auth_check) is True)

    w = Writer(sdk(client, RELEASE, ENVIRONMENT), provider)
    tree(w)
    scenarios.values(w)
    scenarios.long_values(w)
    scenarios.bare(w)
    scenarios.seeded(w)
    scenarios.usages(w)
    scenarios.priced(w)
    scenarios.tools(w)
    scenarios.errors(w)
    scenarios.decorated(w)
    scenarios.distributed(w, os.path.abspath(__file__))
    trace_level(w)
    prompts_and_environment(w)
    f = foreign.Foreign(w, environment="raw-otel", release=None)
    foreign.otel_trace(f)
    foreign.mixed(w, f)
    cases.mapping(f)
    cases.exports(f)
    with tempfile.TemporaryDirectory() as folder:
        contents = Contents(LangfuseMedia, folder)
        contentwriter.write(w, contents, tell_trace(w))
    contentwriter.send(f, contents)
    scorer = scores.Scorer(client, ENVIRONMENT)
    scores.write(w, scorer, 4)
    traces = w.settle().traces()
    create = lambda **given: client.api.scores.create(**given)
    scores.direct(report, scorer.notes, create, {"trace_id": "d" * 32, "queue_id": "queue-1"}, "api.scores.create")
    scorer.notes.check(report, wire.bodies())
    wire.check_batches(report)
    wire.again(report)
    records = wire.records(report, os.environ["LANGFUSE_INIT_PROJECT_ID"])

    contentcheck.Checker(report, content_calls(client), wire, contents, started).everything()
    expect = Expect(records.project_id, started, records.scores().values())
    for calls in (routes(client), httpread.routes()):
        reader = readback.Reader(report, calls, traces, expect)
        reader.everything(os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization())
    report.finish()


def organization():
    return {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}


if __name__ == "__main__":
    if sys.argv[1:] == ["--service-b"]:
        service_b()
    else:
        main()
