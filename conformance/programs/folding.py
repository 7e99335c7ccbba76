"""The fold: what records make of observations, traces, scores and sessions.

Records keeps everything that was sent to one project and folds it into the
observations and traces of written.py, into scores and into sessions.

Nothing in here looks at what a server answered.
"""

import json
from dataclasses import dataclass

import written
from events import derived, record_of, span_records


@dataclass
class Score:
    """A score as the server must show it."""

    id: str
    name: str
    data_type: str
    number: float
    text: "str | None"
    config_id: "str | None"
    timestamp_us: int
    environment: str
    source: str
    trace_id: "str | None"
    observation_id: "str | None"
    session_id: "str | None"
    run_id: "str | None"
    comment: "str | None"
    queue_id: "str | None"
    metadata: dict


@dataclass
class Session:
    """A session as the server must show it, with its traces."""

    id: str
    environment: str
    traces: list


def latest(records, name):
    """The ordinary rule: the record with the greatest key that has the field."""
    for source in ("fields", "defaults"):
        having = [r for r in records if name in getattr(r, source)]
        if having:
            return getattr(max(having, key=lambda r: r.key), source)[name]
    return None


def first(records, name):
    """The first explicit value, without one the first default."""
    for source in ("fields", "defaults"):
        having = [r for r in records if name in getattr(r, source)]
        if having:
            return getattr(min(having, key=lambda r: (r.time, r.rank)), source)[name]
    return None


def payload(records, name):
    """Input or output: the latest that says something, else the latest at all."""
    having = [r for r in records if name in r.fields]
    weak = lambda v: v == "" or v is False or (isinstance(v, (int, float)) and not isinstance(v, bool) and v == 0)
    if not having:
        return None
    return max(having, key=lambda r: (not weak(r.fields[name]), r.key)).fields[name]


def layered(records):
    """Metadata key path by key path, in the order of the keys."""
    return written.layered(r.metadata for r in sorted(records, key=lambda r: r.key))


def nanoseconds(us):
    return None if us is None else us * 1000


class Records:
    """Everything that was sent to one project."""

    def __init__(self, project_id):
        self.project_id = project_id
        self.records = []

    def add(self, record):
        record.order = len(self.records)
        self.records.append(record)
        return record

    def event(self, event):
        """Adds an event of a batch."""
        return self.add(record_of(event, self.project_id))

    def span(self, span):
        """Adds what an OTLP span says of its observation and of its trace."""
        for record in span_records(span):
            self.add(record)

    def settled(self):
        """The ids that stand for another trace, and the traces that observations name."""
        aliases = {r.absorbs: r.id for r in self.records if r.absorbs}
        named = {r.id: r.trace_id for r in reversed(self.records) if r.kind == "observation" and r.trace_id}
        return aliases, named

    def trace_of(self, record, aliases, named):
        """The id of the trace that a record belongs to."""
        trace_id = record.trace_id or named.get(record.id) or derived(f"{self.project_id}\0{record.id}")
        return aliases.get(trace_id, trace_id)

    def grouped(self, kind):
        groups = {}
        aliases, named = self.settled()
        for record in self.records:
            if record.kind == kind:
                key = record.id
                if kind != "score":
                    key = (self.trace_of(record, aliases, named), record.id if kind == "observation" else "")
                groups.setdefault(key, []).append(record)
        return groups

    def traces(self):
        """The traces by id, with their observations."""
        own = {trace_id: records for (trace_id, _), records in self.grouped("trace").items()}
        observations = {}
        for (trace_id, _), records in self.grouped("observation").items():
            observations.setdefault(trace_id, []).append((records, self.observation(trace_id, records)))
        return {
            trace_id: self.trace(trace_id, own.get(trace_id, []), observations.get(trace_id, []))
            for trace_id in {*own, *observations}
        }

    def observation(self, trace_id, records):
        start, end = first(records, "start"), latest(records, "end")
        texts = {name: payload(records, name) for name in ("input", "output")}
        made = written.Obs(
            trace_id=trace_id,
            id=records[0].id,
            name=latest(records, "name"),
            type=latest(records, "type"),
            parent_id=latest(records, "parent_id"),
            start_ns=nanoseconds(start),
            end_ns=nanoseconds(end if end is None else max(start, end)),
            completion_ns=nanoseconds(latest(records, "completion")),
            level=latest(records, "level"),
            status_message=latest(records, "status_message"),
            version=latest(records, "version"),
            environment=first(records, "environment"),
            model=latest(records, "model"),
            model_parameters=latest(records, "model_parameters") or {},
            usage=latest(records, "usage") or {},
            cost=latest(records, "cost") or {},
            batch=not any(r.otel and "model_parameters" in r.fields for r in records),
            all_metadata=layered(records),
        )
        for name, value in texts.items():
            setattr(made, name, as_text(value))
            if value is not None and not isinstance(value, str):
                made.rebuilt = [*made.rebuilt, name]
        for name in ("user_id", "session_id", "release"):
            setattr(made, name, latest(records, name))
        return made

    def trace(self, trace_id, own, groups):
        observations = [o for _, o in groups]
        otel = [r for records, _ in groups for r in records if r.otel]
        spans = [o for records, o in groups if any(r.otel for r in records)]
        roots = [o for o in spans if o.parent_id is None]
        root = min(roots, key=lambda o: (o.start_ns, o.id)) if roots else None
        stamps = [first(own, "timestamp")] if any(not r.otel for r in own) else []
        stamps = [nanoseconds(t) for t in stamps]
        stamps += [min(o.start_ns for o in spans)] if otel else []
        stamps = stamps or [min(o.start_ns for o in observations)]
        starts = [o.start_ns for o in observations]
        ends = [max(o.start_ns, o.end_ns or 0) for o in observations]
        explicit = [r for r in own if not r.otel and "environment" in r.fields]
        explicit = explicit or [r for records, _ in groups for r in records if "environment" in r.fields]

        def own_or_root(name):
            value = payload(own, name) if name != "name" else latest(own, name)
            if value is None and root is not None and not any(name in r.fields for r in own):
                return getattr(root, name)
            return value if name == "name" else as_text(value)

        said = layered(own)
        return written.Trace(
            id=trace_id,
            observations=observations,
            start_ns=min(starts) if starts else min(stamps),
            end_ns=max(ends) if ends else min(stamps),
            timestamp_ns=min(stamps),
            name=own_or_root("name"),
            user_id=latest(own, "user_id"),
            session_id=latest(own, "session_id"),
            version=latest(own, "version"),
            release=latest(own, "release"),
            environment=first(explicit, "environment") or "default",
            tags=sorted({t for r in own for t in r.tags}),
            public=bool(latest(own, "public")),
            input=own_or_root("input"),
            output=own_or_root("output"),
            metadata=written.layered([root.all_metadata, said]) if root else said,
        )

    def scores(self):
        """The scores by id."""
        aliases, _ = self.settled()
        return {score_id: self.score(score_id, records, aliases) for score_id, records in self.grouped("score").items()}

    def score(self, score_id, records, aliases):
        name, kind, number, text, config_id = latest(records, "value")
        trace_id = first(records, "trace")
        return Score(
            id=score_id,
            name=name,
            data_type=kind,
            number=number,
            text=text,
            config_id=config_id,
            timestamp_us=first(records, "timestamp"),
            environment=first(records, "environment") or "default",
            source=latest(records, "source"),
            trace_id=aliases.get(trace_id, trace_id),
            observation_id=latest(records, "observation"),
            session_id=latest(records, "session"),
            run_id=latest(records, "run"),
            comment=latest(records, "comment"),
            queue_id=latest(records, "queue_id"),
            metadata=layered(records),
        )


def sessions(traces):
    """The sessions that traces form."""
    made = {}
    for trace in traces.values():
        if trace.session_id is not None:
            made.setdefault(trace.session_id, []).append(trace)
    return {
        session_id: Session(
            session_id,
            min(group, key=lambda t: (t.start_ns if t.timestamp_ns is None else t.timestamp_ns, t.id)).environment,
            group,
        )
        for session_id, group in made.items()
    }


def as_text(value):
    """An input or output as it is stored."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
