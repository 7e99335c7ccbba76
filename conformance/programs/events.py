"""What batch events, single calls and OTLP spans say, as records.

A body is what a client put on the wire. record_of and its kin turn it into a Record,
by the ingestion rules; folding.py makes objects of records.

Nothing in here looks at what a server answered.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
CREATE, UPDATE, COMPLETE = 0, 1, 2

# Fields in which null says nothing; in the others it clears.
NULL_IS_ABSENT = {
    *("status_message", "parent_id", "end", "completion", "model_parameters", "public", "environment", "start"),
    *("prompt_name", "prompt_version", "usage", "cost", "timestamp", "input", "output"),
}


@dataclass
class Record:
    """One thing that arrived about one entity. time is its event time in microseconds;
    defaults are values that count only where no record has an explicit one."""

    kind: str  # "trace", "observation", "score"
    id: str
    trace_id: "str | None"
    time: int
    rank: int
    fields: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    absorbs: "str | None" = None  # another id that stands for this trace
    otel: bool = False
    order: int = 0  # arrival

    @property
    def key(self):
        return (self.time, self.rank, self.order)

    def set(self, name, value):
        if value is not None or name not in NULL_IS_ABSENT:
            self.fields[name] = value


def micros(value):
    """A time of a body in microseconds since 1970."""
    if value is None:
        return None
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return (value - EPOCH) // dt.timedelta(microseconds=1)


def derived(seed):
    """The trace id that stands for a seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def environment(value):
    """An environment after normalisation; None where nothing was said."""
    if not isinstance(value, str):
        return None
    text = value.lower()
    while text.startswith("langfuse"):
        text = text[len("langfuse") :]
        text = text[1:] if text[:1] in ("-", "_") else text
    text = text[:40]
    fits = text and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-_" for c in text)
    return text if fits else "default"


def metadata(value):
    """Metadata as an object. What is not one, and says something, becomes one: a scalar as
    text, which reads turn back where it is JSON."""
    if isinstance(value, dict):
        return value
    if value is None or value == "" or value is False or (isinstance(value, (int, float)) and value == 0):
        return {}
    return {"metadata": value if isinstance(value, (str, list)) else json.dumps(value)}


def strict_usage(details, first, second):
    """Usage in one of the two shapes of OpenAI's, or None."""
    names = {"input": first, "output": second}
    needed = {f"{first}_tokens", f"{second}_tokens", "total_tokens"}
    optional = {f"{first}_tokens_details", f"{second}_tokens_details"}
    count = lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0
    if not needed <= set(details) <= needed | optional or not all(count(details[k]) for k in needed):
        return None
    made = {"total": details["total_tokens"]}
    for side, name in names.items():
        left = details[f"{name}_tokens"]
        for key, n in (details.get(f"{name}_tokens_details") or {}).items():
            if n is not None:
                made[f"{side}_{key}"] = n
                left = max(0, left - n)
        made[side] = left
    return made


def usage_details(details):
    """A usage map after normalisation."""
    if not details:
        return {}
    for first, second in (("prompt", "completion"), ("input", "output")):
        made = strict_usage(details, first, second)
        if made is not None:
            return made
    made = {}
    for key, n in details.items():
        if isinstance(n, str):
            digits = n[: len(n) - len(n.lstrip("0123456789"))]
            n = int(digits) if digits else None
        if isinstance(n, int) and not isinstance(n, bool) and n >= 0:
            made[key] = n
    return made


def provided(body):
    """The usage and the cost that a generation's body provides."""
    old = {k: v for k, v in (body.get("usage") or {}).items()}
    details = usage_details(body.get("usageDetails"))
    if {"promptTokens", "completionTokens", "totalTokens"} & set(old):
        old = {
            side: old.get(name)
            for side, name in (("input", "promptTokens"), ("output", "completionTokens"), ("total", "totalTokens"))
        }
    usage = {side: old[side] for side in ("input", "output") if old.get(side) is not None}
    if old.get("total"):
        usage["total"] = old["total"]
    elif usage and not details:
        both = usage.get("input") and usage.get("output")
        usage["total"] = usage["input"] + usage["output"] if both else usage.get("input", usage.get("output"))
    cost = {side: old[f"{side}Cost"] for side in ("input", "output", "total") if old.get(f"{side}Cost") is not None}
    fits = lambda n: isinstance(n, (int, float)) and not isinstance(n, bool) and n >= 0
    cost.update({k: n for k, n in (body.get("costDetails") or {}).items() if fits(n)})
    return {**usage, **details}, cost


TRACE_FIELDS = {"name": "name", "userId": "user_id", "sessionId": "session_id", "release": "release", "version": "version"}
OBSERVATION_FIELDS = {
    "name": "name",
    "level": "level",
    "statusMessage": "status_message",
    "parentObservationId": "parent_id",
    "model": "model",
    "modelParameters": "model_parameters",
}
OBSERVATION_TIMES = {"startTime": "start", "endTime": "end", "completionStartTime": "completion"}
GENERATION_ONLY = {"model", "modelParameters", "completionStartTime", "usage", "usageDetails", "costDetails"}


def trace_record(body, time):
    """trace-create, and POST /traces."""
    made = Record("trace", body["id"], body["id"], time, CREATE, metadata=metadata(body.get("metadata")))
    for key, name in TRACE_FIELDS.items():
        if key in body:
            made.set(name, body[key])
    for name in ("input", "output", "public"):
        if name in body:
            made.set(name, body[name])
    made.set("timestamp", micros(body.get("timestamp")))
    made.defaults["timestamp"] = time
    made.set("environment", environment(body.get("environment")))
    made.tags = list(body.get("tags") or [])
    made.absorbs = derived(body["externalId"]) if body.get("externalId") else None
    return made


def observation_record(type, body, time, update=False):
    """The observation events. type is that of the event, or of the body."""
    made = Record("observation", body["id"], body.get("traceId"), time, UPDATE if update else CREATE)
    made.metadata = metadata(body.get("metadata"))
    made.fields["type"] = type
    plain = type in ("SPAN", "EVENT")
    for key, name in OBSERVATION_FIELDS.items():
        if key in body and not (plain and key in GENERATION_ONLY):
            made.set(name, body[key])
    for key, name in OBSERVATION_TIMES.items():
        if key in body and not (plain and key in GENERATION_ONLY) and not (type == "EVENT" and key == "endTime"):
            made.set(name, micros(body[key]))
    if body.get("version") is not None:
        made.fields["version"] = body["version"]
    for name in ("input", "output"):
        if name in body:
            made.set(name, body[name])
    made.defaults["start"] = time
    made.set("environment", environment(body.get("environment")))
    if not plain:
        usage, cost = provided(body)
        for name, amounts in (("usage", usage), ("cost", cost)):
            if amounts:
                made.fields[name] = amounts
    return made


def score_record(body, time):
    """score-create, and POST /scores."""
    made = Record("score", body["id"], body.get("traceId") or None, time, CREATE, metadata=metadata(body.get("metadata")))
    value, kind = body["value"], body.get("dataType")
    kind = kind or ("CATEGORICAL" if isinstance(value, str) else "NUMERIC")
    text, number = (value, 0) if isinstance(value, str) else (None, value)
    if kind == "BOOLEAN":
        text = "True" if value else "False"
    name = "output" if kind == "CORRECTION" else body["name"]
    made.fields["value"] = (name, kind, number, text, body.get("configId"))
    for key, field_name in {"comment": "comment", "queueId": "queue_id"}.items():
        if key in body:
            made.fields[field_name] = body[key]
    for key, field_name in {
        "traceId": "trace",
        "observationId": "observation",
        "sessionId": "session",
        "datasetRunId": "run",
    }.items():
        if body.get(key):
            made.fields[field_name] = body[key]
    made.fields["source"] = body.get("source") or "API"
    made.set("environment", environment(body.get("environment")))
    made.defaults["timestamp"] = time
    return made


def named(event, project_id):
    """The body of an event under the ids that the server makes of it: one for an entity
    whose event names none, and the trace's that an external id stands for."""
    body, kind = dict(event["body"]), event["type"].partition("-")[0]
    if not body.get("id"):
        what = kind if kind in ("trace", "score") else "observation"
        body["id"] = derived(f"{project_id}\0{what}\0{event['id']}")
    if body.get("traceIdType") == "EXTERNAL":
        body["traceId"] = derived(body["traceId"])
    return body


def record_of(event, project_id):
    """The record of one event of a batch."""
    kind, body, time = event["type"], named(event, project_id), micros(event["timestamp"])
    if kind == "trace-create":
        return trace_record(body, time)
    if kind == "score-create":
        return score_record(body, time)
    what, _, verb = kind.partition("-")
    type = body["type"] if what == "observation" else what.upper()
    return observation_record(type, body, time, verb == "update")


@dataclass
class Span:
    """An OTLP span as far as it is more than plain: times in microseconds, said and
    trace by the names of fields here."""

    trace_id: str
    id: str
    parent_id: "str | None"
    name: str
    start: int
    end: int
    said: dict = field(default_factory=dict)
    trace: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    trace_metadata: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)


def span_records(span):
    """A span is complete in itself, and removes nothing that it does not carry."""
    made = Record("observation", span.id, span.trace_id, span.end, COMPLETE, otel=True)
    made.fields.update({"name": span.name, "start": span.start, "end": span.end, **span.said})
    made.defaults.update({"type": "SPAN", "level": "DEFAULT"})
    if span.parent_id is not None:
        made.fields["parent_id"] = span.parent_id
    made.metadata = {**span.metadata, **span.trace_metadata}
    both = {name: span.trace[name] for name in ("user_id", "session_id", "version", "release") if name in span.trace}
    made.fields.update(both)
    whole = Record("trace", span.trace_id, span.trace_id, span.end, COMPLETE, otel=True)
    whole.fields.update(span.trace)
    whole.metadata, whole.tags = span.trace_metadata, list(span.tags)
    return [whole, made]
