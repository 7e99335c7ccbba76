"""What the programs for LiteLLM have in common: servers, tapes, and the comparison."""

import os
import time
from dataclasses import dataclass

import litellm_batch
import litellm_read
import litellm_spans
import litellm_tape
from expected import Expect


# The name of a call that is not logged, a header of the caller's, and the provider's key.
SECRETS = ("unheard of", "must-not-arrive", "odd-key")


@dataclass
class Server:
    """A project of a server, reached through a tape."""

    tape: object
    url: str
    public_key: str
    secret_key: str
    project: str


def servers():
    """The two servers that the environment names, and points LiteLLM to the first."""
    first = os.environ["LANGFUSE_BASE_URL"]
    second = os.environ["FUSEBOX_CONFORMANCE_SECOND_URL"]
    found = []
    for url, public, secret, project in (
        (first, "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGFUSE_INIT_PROJECT_ID"),
        (second, "FUSEBOX_CONFORMANCE_SECOND_PUBLIC_KEY", "FUSEBOX_CONFORMANCE_SECOND_SECRET_KEY", "FUSEBOX_CONFORMANCE_SECOND_PROJECT_ID"),
    ):
        tape = litellm_tape.Tape(url)
        found.append(Server(tape, tape.url, os.environ[public], os.environ[secret], os.environ[project]))
    os.environ["LANGFUSE_HOST"] = os.environ["LANGFUSE_BASE_URL"] = found[0].url
    # Every call waits until it has arrived; in seconds and in milliseconds.
    os.environ["LANGFUSE_FLUSH_INTERVAL"] = "1"
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "200"
    # Prices come with the package; nothing is fetched.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    return found


def traces(server):
    """The traces that what passed through a server's tape makes."""
    events = server.tape.events()
    bodies = [r.body for r in server.tape.sent("/otel/v1/traces")]
    return litellm_batch.traces(events) if events else litellm_spans.traces(bodies)


def generations(server):
    """The ids of all generations that arrived, in the order of their arrival."""
    tape = server.tape
    found = [e["body"]["id"] for e in tape.events() if e["type"] == "generation-create"]
    for request in tape.sent("/otel/v1/traces"):
        if request.found is None:
            request.found = litellm_spans.generation_ids(request.body)
        found += request.found
    return found


def compare(report, found, calls, started):
    """Reads both projects whole, then what each call said of itself."""
    for number, server in enumerate(found, start=1):
        if not server.tape.requests:
            continue
        label = f"project {number} "
        refused = [f"{r.method} {r.path} {r.status} {r.reply[:200]!r}" for r in server.tape.requests if not accepted(r)]
        report.record(f"{label}takes everything", refused)
        leaked = [text for text in SECRETS for r in server.tape.requests if text.encode() in r.body]
        report.record(f"{label}gets nothing that must not be recorded", leaked)
        known = traces(server)
        keys = (server.public_key, server.secret_key)
        reader = litellm_read.Reader(report, server.url, keys, known, Expect(server.project, started), label)
        reader.everything()
        for call in calls:
            if call.project == number:
                said(report, reader, call)


def accepted(request):
    """Whether the server took a request, and all events of a batch."""
    if request.path.endswith("/ingestion"):
        return request.status == 207 and b'"errors":[]' in request.reply.replace(b" ", b"")
    return request.status == 200


def said(report, reader, call):
    observation = reader.seen_observations.get(call.id)
    if observation is None:
        report.true(f"{reader.label}call {call.name}", False, f"generation {call.id} was not read")
        return
    report.said(f"{reader.label}call {call.name} observation", call.observation, observation)
    none = {"toolDefinitions": None, "toolCalls": None}
    report.said(f"{reader.label}call {call.name} tools", call.tools or none, reader.detail(observation["traceId"], call.id))
    got = reader.seen_traces.get(observation["traceId"])
    want = dict(call.trace)
    if isinstance(want.get("tags"), list) and got:
        got = {**got, "tags": sorted(got["tags"])}
    report.said(f"{reader.label}call {call.name} trace", want, got)


def wait(count, wanted, idle=lambda: None, seconds=30):
    """Waits until count() is at least wanted, and reports whether it is."""
    deadline = time.monotonic() + seconds
    while count() < wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
        idle()
    return True
