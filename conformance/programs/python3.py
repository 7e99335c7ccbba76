"""Conformance of the published Python client, version 3.

Writes with the client's public API, the deprecated calls included, reads everything
back with its typed API, and compares the whole of it. Takes the server and the keys
from LANGFUSE_*; prints one line per check and exits with 1 if any failed.
"""

import os
import sys
import tempfile
import time
import warnings

from langfuse import Langfuse, get_client, propagate_attributes
from langfuse.api import CreateScoreRequest, GetMediaUploadUrlRequest, NotFoundError, Prompt_Text
from langfuse.media import LangfuseMedia
from langfuse.model import TextPromptClient
from opentelemetry import trace as otel

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

ENVIRONMENT = "conformance-3"
RELEASE = "release-3.0"


def tree(w):
    for root in scenarios.tree(w):
        update_trace(w, root, input={"trace": "input"}, output=["trace", "output"], public=True)


def update_trace(w, handle, **given):
    """update_trace of an observation."""
    handle.raw.update_trace(**given)
    w.change_trace(handle.obs, **given)


def trace_level(w):
    """Everything an observation of this generation can say of its trace. What the
    span that ends last says wins, so the root's word counts where both speak."""
    with w.current("trace level root", input="root input", output="root output", metadata={"mine": 1}) as root:
        update_trace(w, root, name="named by the root", user_id="user-root", tags=["r2", "r1"], metadata={"n": 1, "by": "root"})
        with w.current("deep inside", "chain") as deep:
            given = {
                "name": "named inside",
                "user_id": "user-inside",
                "session_id": "session-inside",
                "version": "trace-version",
                "input": {"said": "inside"},
                "output": "inside says",
                "metadata": {"n": 2, "by": "child", "deep": {"er": [1, 2.5, None]}, "ratio": 0.5, "yes": True},
                "tags": ["d1", "r1"],
                "public": True,
            }
            get_client().update_current_trace(**given)
            w.change_trace(deep.obs, **given)
        update_trace(w, root, metadata={"late": "yes"}, session_id="session-root")


def prompts(w):
    """A prompt linked without fetching it: to generations, and to nothing else."""
    prompt = TextPromptClient(
        Prompt_Text(type="text", name="folder/greeting ✓", version=3, config={}, labels=[], tags=[], prompt="Hello {{name}}")
    )
    with w.current("linked prompt", "agent") as root:
        root.start("linked", "generation", model="conformance-small", prompt=prompt, output="hello").end()
        root.start("embedding with prompt", "embedding", prompt=prompt).end()
        root.start("linked later", "generation").update(prompt=prompt).end()


def old_calls(w):
    """The calls that this generation still has from the one before."""
    client = w.sdk.client
    with client.start_as_current_span(name="old calls", input="in", metadata={"old": True}) as raw:
        root = w.note(raw, "old calls", "span", None, input="in", metadata={"old": True})
        w.active.append(root.obs)
        given = {"model": "conformance-old", "usage_details": {"input": 1, "output": 2}, "model_parameters": {"n": 1}}
        with client.start_as_current_generation(name="old generation", output="out", **given) as raw:
            w.note(raw, "old generation", "generation", root.id, output="out", **given)
        raw = client.start_generation(name="old loose generation", input=["x"], **given)
        w.note(raw, "old loose generation", "generation", root.id, input=["x"], **given).end()
        raw = root.raw.start_span(name="old child", level="WARNING")
        child = w.note(raw, "old child", "span", root.id, level="WARNING")
        raw = child.raw.start_generation(name="old grandchild", version="g-1")
        w.note(raw, "old grandchild", "generation", child.id, version="g-1").end()
        child.end()
        w.active.pop()


def content_calls(client):
    return contentcheck.Calls(
        get=client.api.media.get,
        trace=client.api.trace.get,
        resolve=lambda obj: client.resolve_media_references(obj=obj, resolve_with="base64_data_uri"),
        announce=lambda **said: client.api.media.get_upload_url(request=GetMediaUploadUrlRequest(**said)),
        not_found=NotFoundError,
        names={"get": "api.media.get", "announce": "api.media.get_upload_url", "resolve": "resolve_media_references"},
    )


def tell_trace(w):
    """The call that says the input of a trace."""

    def tell(root, sent):
        root.raw.update_trace(input=sent.given)
        w.change_trace(root.obs, input=sent)

    return tell


def routes(client):
    api = client.api
    return readback.Routes(
        traces=api.trace.list,
        trace=api.trace.get,
        v1_list=api.observations.get_many,
        v1=api.observations.get,
        v2=api.observations_v_2.get_many,
        projects=api.projects.get,
        health=api.health.health,
        not_found=NotFoundError,
        sessions=api.sessions.list,
        session=api.sessions.get,
        scores_v2=api.score_v_2.get,
        score_v2=api.score_v_2.get_by_id,
        models=api.models.list,
        names={
            **{"traces": "api.trace.list", "trace": "api.trace.get", "v1_list": "api.observations.get_many"},
            **{"v1": "api.observations.get", "v2": "api.observations_v_2.get_many", "sessions": "api.sessions.list"},
            **{"session": "api.sessions.get", "scores_v2": "api.score_v_2.get", "score_v2": "api.score_v_2.get_by_id"},
            **{"models": "api.models.list"},
        },
        v2_session=False,
        v2_root=False,
        trace_fields=False,
    )


def sdk(client, release, environment):
    return Sdk(3, client, propagate_attributes, os.environ["LANGFUSE_PUBLIC_KEY"], environment, release)


def service_b():
    """The second process of the distributed trace."""
    client = Langfuse()
    w = Writer(sdk(client, None, None), otel.get_tracer_provider())
    scenarios.service_b(w)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)  # old calls are the point
    started = time.time()
    wire = Wire()
    client = Langfuse(environment=ENVIRONMENT, release=RELEASE, timeout=60, httpx_client=wire.watch_httpx())
    report = checks.Report()
    report.true("auth_check", report.attempt("auth_check answers", client.auth_check) is True)

    w = Writer(sdk(client, RELEASE, ENVIRONMENT), otel.get_tracer_provider())
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
    prompts(w)
    old_calls(w)
    # The client makes the tracer provider, and puts both on its resource.
    f = foreign.Foreign(w, environment=ENVIRONMENT, release=RELEASE)
    foreign.otel_trace(f)
    foreign.mixed(w, f)
    cases.mapping(f)
    cases.exports(f)
    with tempfile.TemporaryDirectory() as folder:
        contents = Contents(LangfuseMedia, folder)
        contentwriter.write(w, contents, tell_trace(w))
    contentwriter.send(f, contents)
    scorer = scores.Scorer(client, ENVIRONMENT)
    scores.write(w, scorer, 3)
    traces = w.settle().traces()
    create = lambda **given: client.api.score.create(request=CreateScoreRequest(**given))
    scores.direct(report, scorer.notes, create, {"trace_id": "d" * 32, "queue_id": "queue-1"}, "api.score.create")
    scorer.notes.check(report, wire.bodies())
    wire.check_batches(report)
    wire.again(report)
    records = wire.records(report, os.environ["LANGFUSE_INIT_PROJECT_ID"])

    contentcheck.Checker(report, content_calls(client), wire, contents, started).everything()
    expect = Expect(records.project_id, started, records.scores().values())
    organization = {"id": os.environ["LANGFUSE_INIT_ORG_ID"], "name": os.environ["LANGFUSE_INIT_ORG_NAME"]}
    for calls in (routes(client), httpread.routes()):
        reader = readback.Reader(report, calls, traces, expect)
        reader.everything(os.environ["LANGFUSE_INIT_PROJECT_NAME"], organization)
    report.finish()


if __name__ == "__main__":
    if sys.argv[1:] == ["--service-b"]:
        service_b()
    else:
        main()
