"""What the server must make of the batches that LiteLLM posted.

LiteLLM adds values of its own (ids, times, cost, hidden parameters), which nobody can
know before the call. They are taken from the requests as they were recorded, and
folded by the documented rules into the same observations and traces that the other
programs expect. Nothing in here looks at what a server answered.
"""

import written
from litellm_values import counted, nanoseconds, text, weak
from written import Obs, Trace


def traces(envelopes):
    """The traces by id that the events of LiteLLM make: trace-create, span-create and
    generation-create. Other kinds of events are an error."""
    made, records = {}, {}
    for arrival, envelope in enumerate(envelopes):
        if envelope["type"] == "sdk-log":
            continue
        entity = {"trace-create": "trace", "generation-create": "obs", "span-create": "obs"}[envelope["type"]]
        body = envelope["body"]
        trace_id = body["id"] if entity == "trace" else body["traceId"]
        key = (nanoseconds(envelope["timestamp"]) // 1000, arrival)
        made.setdefault(trace_id, {"trace": [], "obs": {}})
        kept = made[trace_id]["trace"] if entity == "trace" else made[trace_id]["obs"].setdefault(body["id"], [])
        kept.append((key, envelope))
    for trace_id, found in made.items():
        observations = [_batch_observation(trace_id, parts) for parts in found["obs"].values()]
        records[trace_id] = _batch_trace(trace_id, sorted(found["trace"], key=lambda p: p[0]), observations)
    return records


def _ordinary(parts, name, null_clears=True):
    """The value of the newest event that has the field."""
    for _, envelope in reversed(parts):
        if name in envelope["body"] and (null_clears or envelope["body"][name] is not None):
            return envelope["body"][name]
    return None


def _content(parts, name):
    """An input or output: the newest that says something, else the newest that is there."""
    given = [e["body"][name] for _, e in parts if e["body"].get(name) is not None]
    full = [v for v in given if not weak(v)]
    return text((full or given or [None])[-1])


def _first(parts, name):
    return next((e["body"][name] for _, e in parts if e["body"].get(name) is not None), None)


def _batch_trace(trace_id, parts, observations):
    # An observation's own start, not the time of the message, begins the trace's span of time.
    start = min(o.start_ns for o in observations)
    explicit = _first(parts, "timestamp")
    environment = _first(parts, "environment")
    if environment is None:
        environment = next((o.environment for o in sorted(observations, key=lambda o: o.start_ns) if o.environment), "default")
    return Trace(
        id=trace_id,
        observations=observations,
        start_ns=start,
        end_ns=max(o.end_ns or o.start_ns for o in observations),
        timestamp_ns=nanoseconds(explicit) if explicit else start,
        name=_ordinary(parts, "name"),
        user_id=_ordinary(parts, "userId"),
        session_id=_ordinary(parts, "sessionId"),
        version=_ordinary(parts, "version"),
        release=_ordinary(parts, "release"),
        environment=environment,
        tags=sorted({t for _, e in parts for t in e["body"].get("tags") or []}),
        public=bool(_ordinary(parts, "public", null_clears=False)),
        input=_content(parts, "input"),
        output=_content(parts, "output"),
        metadata=written.layered(_object(e["body"].get("metadata")) for _, e in parts),
    )


def _batch_observation(trace_id, parts):
    parts = sorted(parts, key=lambda p: p[0])
    newest = parts[-1][1]
    start = nanoseconds(_first(parts, "startTime") or parts[0][1]["timestamp"])
    end, completion = (_ordinary(parts, n, null_clears=False) for n in ("endTime", "completionStartTime"))
    metadata = written.layered(_object(e["body"].get("metadata")) for _, e in parts)
    made = Obs(
        trace_id=trace_id,
        id=newest["body"]["id"],
        name=_ordinary(parts, "name"),
        type=newest["type"].partition("-")[0].upper(),
        batch=True,
        parent_id=_ordinary(parts, "parentObservationId", null_clears=False),
        start_ns=start,
        input=_content(parts, "input"),
        output=_content(parts, "output"),
        level=_ordinary(parts, "level"),
        status_message=_ordinary(parts, "statusMessage", null_clears=False),
        version=_ordinary(parts, "version", null_clears=False),
        environment=_first(parts, "environment"),
        model=_ordinary(parts, "model"),
        model_parameters=_ordinary(parts, "modelParameters", null_clears=False) or {},
        prompt_name=_ordinary(parts, "promptName", null_clears=False),
        prompt_version=_ordinary(parts, "promptVersion", null_clears=False),
    )
    made.all_metadata = metadata
    # Of JSON only the value is fixed, not how the text escapes it.
    made.rebuilt = [n for n in ("input", "output") if any(not isinstance(e["body"].get(n), (str, type(None))) for _, e in parts)]
    made.end_ns = max(nanoseconds(end), start) if end else None
    made.completion_ns = nanoseconds(completion) if completion else None
    for _, envelope in parts:
        usage, cost = provided(envelope["body"])
        made.usage, made.cost = usage or made.usage, cost or made.cost
    return made


def provided(body):
    """The usage and cost that a batch event provides: usage first, overlaid by
    usageDetails; costs likewise."""
    usage, cost = {}, {}
    old = body.get("usage") or {}
    details = body.get("usageDetails") or {}
    for key in ("input", "output", "total"):
        if old.get(key) is not None and (key != "total" or old[key]):
            usage[key] = old[key]
        if old.get(f"{key}Cost") is not None:
            cost[key] = old[f"{key}Cost"]
    if old and "total" not in usage and not details:
        given = [old.get("input"), old.get("output")]
        usage["total"] = sum(given) if all(given) else next((n for n in given if n is not None), 0)
    return {**usage, **counted(details)}, {**cost, **(body.get("costDetails") or {})}


def _object(metadata):
    """Metadata as it is stored: what is no object becomes the value of one key."""
    if isinstance(metadata, dict):
        return metadata
    return {"metadata": metadata if isinstance(metadata, str) else written.compact(metadata)} if metadata else {}
