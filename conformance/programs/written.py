"""What a program wrote, and the state the server must make of it.

An Obs is one observation as its span carried it. Written collects them and folds
them the way the server has to. A span that was exported several times is one
observation; of the values that its exports carry, that of the export with the latest
end wins, but start and environment are those of the one with the earliest. It is the
same with what the spans of a trace say of the trace; name, input, output and metadata
fall back to the root's; an observation shows its own user, session, version, release
and environment, and the trace's where it has none.

Nothing in here looks at what a server answered.
"""

import copy
import dataclasses
import json
from dataclasses import dataclass, field

import samples


@dataclass
class Obs:
    """One observation as it was sent, or as several exports of it fold."""

    trace_id: str
    id: str
    name: str
    type: "str | None" = None  # SPAN where nothing says it
    parent_id: "str | None" = None
    start_ns: int = 0
    end_ns: "int | None" = 0  # None: a batch event may leave it open
    order: int = 0  # spans of one process end in some order; it settles equal times
    resource: dict = field(default_factory=dict)
    scope: dict = field(default_factory=dict)
    attributes: "dict | None" = None  # metadata.attributes: foreign scopes only
    input: "str | None" = None  # as stored: text
    output: "str | None" = None
    rebuilt: list = field(default_factory=list)  # "input", "output": composed by the server, only its value is fixed
    weak: list = field(default_factory=list)  # "input", "output", "trace_input", "trace_output": empty, 0 or false
    metadata: dict = field(default_factory=dict)
    level: "str | None" = None
    status_message: "str | None" = None
    version: "str | None" = None
    release: "str | None" = None
    environment: "str | None" = None
    user_id: "str | None" = None
    session_id: "str | None" = None
    trace_name: "str | None" = None
    tags: list = field(default_factory=list)
    public: "bool | None" = None
    trace_input: "str | None" = None
    trace_output: "str | None" = None
    trace_metadata: dict = field(default_factory=dict)
    model: "str | None" = None
    model_parameters: dict = field(default_factory=dict)
    usage: dict = field(default_factory=dict)  # as provided, after normalisation
    cost: dict = field(default_factory=dict)  # as provided
    completion_ns: "int | None" = None
    prompt_name: "str | None" = None
    prompt_version: "int | None" = None
    app_root: bool = False  # langfuse.internal.is_app_root
    as_root: bool = False  # langfuse.internal.as_root
    batch: bool = False  # came as batch events or calls of its own, not as a span
    all_metadata: "dict | None" = None  # of all exports; set when they are folded

    @property
    def start_ms(self):
        return self.start_ns // 1_000_000

    @property
    def end_ms(self):
        return None if self.end_ns is None else self.end_ns // 1_000_000

    @property
    def ended(self):
        """The event time of the record, and what settles ties."""
        return (self.end_ns // 1000, self.order)

    def own_metadata(self):
        """Metadata of one export, as the mapping builds it: generated keys, then the user's, then
        those of the trace on the same span; later ones replace earlier ones."""
        made = {}
        if self.attributes is not None:
            made["attributes"] = self.attributes
        made["resourceAttributes"] = self.resource
        made["scope"] = self.scope
        made.update(self.metadata)
        made.update(self.trace_metadata)
        return copy.deepcopy(made)

    @property
    def priced(self):
        """What must become of an observation of priced.json; None for any other."""
        case = samples.PRICED.get(self.name)
        return case and case["becomes"]

    @property
    def tools(self):
        """The tools that were offered and called, as tools.json says them."""
        return samples.TOOLS.get(self.name, {"definitions": None, "calls": None})

    def usage_details(self):
        """Provided usage; without a total, the sum of all keys is it."""
        if self.priced:
            return dict(self.priced["usage"])
        if not self.usage or "total" in self.usage:
            return dict(self.usage)
        return {**self.usage, "total": sum(self.usage.values())}

    def cost_details(self):
        """Provided cost as it came, with a total if it has only input and output; without
        any, that of a known model."""
        if self.priced:
            return dict(self.priced["cost"])
        total = {}
        if self.cost and "total" not in self.cost and set(self.cost) <= {"input", "output"}:
            total = {"total": sum(self.cost.values())}
        return {**self.cost, **total}


@dataclass
class Trace:
    """A trace as the server must show it."""

    id: str
    observations: list
    start_ns: int
    end_ns: int
    name: "str | None"
    user_id: "str | None"
    session_id: "str | None"
    version: "str | None"
    release: "str | None"
    environment: str
    tags: list
    public: bool
    input: "str | None"
    output: "str | None"
    metadata: dict
    timestamp_ns: "int | None" = None  # where it is not the start

    @property
    def timestamp_ms(self):
        return (self.start_ns if self.timestamp_ns is None else self.timestamp_ns) // 1_000_000

    def total_cost(self):
        return sum(o.cost_details().get("total", 0) for o in self.observations)


class Written:
    """Everything the program wrote: one record for each export of each span."""

    def __init__(self):
        self.records = []

    def add(self, obs):
        self.records.append(obs)
        return obs

    def observations(self):
        """The observations, of all exports of each."""
        return [exported(group) for group in grouped(self.records, "id").values()]

    def traces(self):
        """The folded traces by id."""
        observations = grouped(self.observations(), "trace_id")
        records = grouped(self.records, "trace_id")
        return {trace_id: fold(trace_id, records[trace_id], group) for trace_id, group in observations.items()}


def grouped(items, attribute):
    groups = {}
    for item in items:
        groups.setdefault(getattr(item, attribute), []).append(item)
    return groups


def latest(records, attribute):
    """The value of an attribute in the record that has one and ended last. An input or
    output that is empty, 0 or false gives way to one that is not."""
    having = [o for o in records if getattr(o, attribute) not in (None, {})]
    if not having:
        return None
    return getattr(max(having, key=lambda o: (attribute not in o.weak, o.ended)), attribute)


def layered(layers):
    """Metadata of several layers, later ones over earlier ones, key path by key path."""
    made = {}
    for layer in layers:
        for key, value in layer.items():
            below = made.get(key)
            # An empty object is a value like any other, not a set of key paths.
            paths = isinstance(below, dict) and isinstance(value, dict) and value
            made[key] = layered([below, value]) if paths else copy.deepcopy(value)
    return made


# What a later export sets anew where it says something.
REPLACED = [
    *("name", "type", "parent_id", "level", "status_message", "version", "release", "user_id", "session_id", "model"),
    *("input", "output", "completion_ns", "prompt_name", "prompt_version"),
]
REPLACED_WHOLE = ["model_parameters", "usage", "cost"]


def exported(records):
    """The observation that all exports of a span make."""
    by_end = sorted(records, key=lambda o: o.ended)
    made = dataclasses.replace(by_end[-1])
    for attribute in REPLACED:
        setattr(made, attribute, latest(records, attribute))
    for attribute in REPLACED_WHOLE:
        setattr(made, attribute, latest(records, attribute) or {})
    made.type = made.type or "SPAN"
    made.start_ns = by_end[0].start_ns
    made.environment = next((o.environment for o in by_end if o.environment is not None), None)
    made.app_root, made.as_root = any(o.app_root for o in records), any(o.as_root for o in records)
    made.all_metadata = layered(o.own_metadata() for o in by_end)
    return made


def fold(trace_id, records, group):
    """The trace that observations make; records are the exports of their spans."""
    roots = [o for o in group if o.parent_id is None] or [o for o in group if o.app_root or o.as_root]
    root = min(roots, key=lambda o: (o.start_ns // 1000, o.id)) if roots else None

    def own_or_root(explicit, fallback):
        value = latest(records, explicit)
        return value if value is not None or root is None else getattr(root, fallback)

    by_end = sorted(records, key=lambda o: o.ended)
    said = layered(o.trace_metadata for o in by_end)
    explicit = [o.environment for o in by_end if o.environment is not None]
    return Trace(
        id=trace_id,
        observations=group,
        start_ns=min(o.start_ns for o in group),
        end_ns=max(max(o.start_ns, o.end_ns) for o in group),
        name=own_or_root("trace_name", "name"),
        user_id=latest(records, "user_id"),
        session_id=latest(records, "session_id"),
        version=latest(records, "version"),
        release=latest(records, "release"),
        environment=explicit[0] if explicit else "default",
        tags=sorted({t for o in records for t in o.tags}),
        public=bool(latest(records, "public")),
        input=own_or_root("trace_input", "input"),
        output=own_or_root("trace_output", "output"),
        metadata=layered([root.all_metadata, said]) if root else said,
    )


def parse(text):
    """What a read makes of a stored input or output: JSON where the text is JSON,
    else the text."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text, parse_constant=_not_json)
    except ValueError:
        return text


def parse_metadata(value):
    """What a read makes of one stored metadata value: a text that is JSON becomes what
    it says; integers past 2^53 - 1 stay text."""
    if not isinstance(value, str):
        return value
    parsed = parse(value)
    if isinstance(parsed, int) and not isinstance(parsed, bool) and abs(parsed) > 2**53 - 1:
        return value
    return parsed


def _not_json(name):
    raise ValueError(f"{name} is not JSON")


def compact(value):
    """JSON text without spaces, as the server writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def flatten(metadata):
    """The flat form of metadata in the v2 API: dotted names and texts. Lists, numbers
    and bools are JSON text, null is empty, empty objects are gone."""
    flat = {}

    def walk(path, value):
        if isinstance(value, dict):
            for key, item in value.items():
                walk(f"{path}.{key}" if path else key, item)
        elif path not in flat:
            if value is None:
                flat[path] = ""
            else:
                flat[path] = value if isinstance(value, str) else compact(value)

    walk("", metadata)
    return flat
