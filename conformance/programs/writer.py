"""Writes through the published client and notes what was written.

Writer mirrors the client's calls one to one: every method makes the call and records
what the resulting span must carry. The two generations of the client differ in a few
points, which Sdk names.
"""

import contextlib
import dataclasses
import datetime as dt
import importlib.metadata
import json
import types

from opentelemetry import context as otel_context
from opentelemetry.sdk.trace import SpanProcessor

from samples import Sent
from written import Obs, Written


class Times(SpanProcessor):
    """Notes when each span began and ended, who its parent is and in which order
    spans ended: known only to the tracer that made them."""

    def __init__(self):
        self.spans = {}

    def on_end(self, span):
        parent = f"{span.parent.span_id:016x}" if span.parent else None
        self.spans[f"{span.context.span_id:016x}"] = (span.start_time, span.end_time, parent, len(self.spans))


@dataclasses.dataclass
class Sdk:
    """One generation of the client and how it was set up."""

    generation: int
    client: object
    propagate: object
    public_key: str
    environment: "str | None" = None
    release: "str | None" = None


class Handle:
    """An observation under way: the client's object and what is known of it."""

    def __init__(self, writer, raw, obs):
        self.writer, self.raw, self.obs = writer, raw, obs

    @property
    def id(self):
        return self.obs.id

    @property
    def trace_id(self):
        return self.obs.trace_id

    def update(self, **given):
        self.raw.update(**plain_arguments(given))
        self.writer.change(self.obs, **given)
        return self

    def end(self, end_time=None):
        self.raw.end(end_time=end_time)

    def start(self, name, as_type="span", **given):
        raw = self.raw.start_observation(name=name, as_type=as_type, **plain_arguments(given))
        return self.writer.note(raw, name, as_type, self.id, **given)

    def event(self, name, **given):
        """create_event of the observation. In version 3 only spans have it; there the
        others must be current, and the client's call stands in."""
        maker = self.raw if hasattr(self.raw, "create_event") else self.writer.sdk.client
        raw = maker.create_event(name=name, **plain_arguments(given))
        return self.writer.note(raw, name, "event", self.id, **given)


class Writer:
    def __init__(self, sdk, provider):
        self.sdk = sdk
        self.written = Written()
        self.provider = provider
        self.times = Times()
        provider.add_span_processor(self.times)
        self.contexts = []  # what propagate_attributes carries, innermost last
        self.active = []  # observations in the current context, innermost last
        self.resource = {k: list(v) if isinstance(v, tuple) else v for k, v in provider.resource.attributes.items()}
        self.scope = {
            "name": "langfuse-sdk",
            "version": importlib.metadata.version("langfuse"),
            "attributes": {"public_key": sdk.public_key},
        }

    # Calls of the client.

    def start(self, name, as_type="span", trace_context=None, app_root=None, **given):
        """start_observation, which leaves the current context as it is."""
        more = {"trace_context": trace_context} if trace_context else {}
        raw = self.sdk.client.start_observation(name=name, as_type=as_type, **more, **plain_arguments(given))
        return self.note(raw, name, as_type, self.parent(trace_context), **self.root(trace_context, app_root), **given)

    @contextlib.contextmanager
    def current(self, name, as_type="span", parent=None, trace_context=None, app_root=None, **given):
        """start_as_current_observation, of the client or of a parent."""
        more = {"trace_context": trace_context} if trace_context else {}
        maker = parent.raw if parent else self.sdk.client
        made = maker.start_as_current_observation(name=name, as_type=as_type, **more, **plain_arguments(given))
        parent_id = parent.id if parent else self.parent(trace_context)
        handle = None
        try:
            with made as raw:
                handle = self.note(raw, name, as_type, parent_id, **self.root(trace_context, app_root), **given)
                self.active.append(handle.obs)
                try:
                    yield handle
                finally:
                    self.active.pop()
        except Exception as err:
            # OpenTelemetry marks the span, and the parent's when the parent made it.
            for obs in [handle.obs] + ([parent.obs] if parent else []):
                self.failed(obs, err)
            raise

    def event(self, name, trace_context=None, app_root=None, **given):
        """create_event of the client."""
        more = {"trace_context": trace_context} if trace_context else {}
        raw = self.sdk.client.create_event(name=name, **more, **plain_arguments(given))
        return self.note(raw, name, "event", self.parent(trace_context), **self.root(trace_context, app_root), **given)

    @contextlib.contextmanager
    def propagate(self, **attributes):
        """propagate_attributes: reaches the current observation and all that start inside."""
        with self.sdk.propagate(**attributes):
            attributes.pop("as_baggage", None)
            self.contexts.append(attributes)
            if self.active:
                self.carry(self.active[-1], attributes)
            try:
                yield
            finally:
                self.contexts.pop()

    @contextlib.contextmanager
    def decorated(self, name, as_type="span", parent_id=None, **given):
        """Notes the observation that @observe made around the running function."""
        client = self.sdk.client
        parent_id = parent_id or (self.active[-1].id if self.active else None)
        root = self.root(None, None) if parent_id is None else {}
        raw = types.SimpleNamespace(id=client.get_current_observation_id(), trace_id=client.get_current_trace_id())
        handle = self.note(raw, name, as_type, parent_id, **{**root, **given})
        self.active.append(handle.obs)
        try:
            yield handle
        finally:
            self.active.remove(handle.obs)

    @contextlib.contextmanager
    def below(self, parent_id):
        """Notes that the current context has a span of another process as its parent."""
        self.active.append(types.SimpleNamespace(id=parent_id))
        try:
            yield
        finally:
            self.active.pop()

    # What the spans carry.

    def parent(self, trace_context):
        if trace_context:
            return trace_context.get("parent_span_id", "unknown")  # the client makes up one
        return self.active[-1].id if self.active else None

    def root(self, trace_context, app_root):
        """The flags of a root: the newer client marks the first span of a service."""
        if app_root is None:
            app_root = not self.active or trace_context is not None
        return {"as_root": trace_context is not None, "app_root": app_root and self.sdk.generation >= 4}

    def note(self, raw, name, as_type, parent_id, as_root=False, app_root=False, **given):
        obs = Obs(
            trace_id=raw.trace_id,
            id=raw.id,
            name=name,
            type=as_type.upper(),
            parent_id=parent_id,
            resource=self.resource,
            scope=self.scope,
            environment=self.sdk.environment,
            release=self.sdk.release,
            version=self.resource.get("service.version"),
            as_root=as_root,
            app_root=app_root,
        )
        for attributes in self.contexts:
            self.carry(obs, attributes)
        self.change(obs, **given)
        self.written.add(obs)
        return Handle(self, raw, obs)

    def carry(self, obs, attributes):
        """Puts propagated attributes on an observation. A prompt links generations only."""
        for field in ("user_id", "session_id", "version", "trace_name", "environment"):
            if attributes.get(field) is not None:
                setattr(obs, field, attributes[field])
        obs.tags = obs.tags + [t for t in attributes.get("tags") or [] if t not in obs.tags]
        for key, value in (attributes.get("metadata") or {}).items():
            obs.trace_metadata = {**obs.trace_metadata, key: str(value)}
        if attributes.get("prompt") and obs.type == "GENERATION":
            obs.prompt_name, obs.prompt_version = attributes["prompt"]["name"], attributes["prompt"]["version"]

    def change(self, obs, prompt=None, **given):
        """Applies the arguments of a start or an update."""
        for field in ("name", "version", "level", "status_message", "model"):
            if given.get(field) is not None:
                setattr(obs, field, given[field])
        for field in ("input", "output"):
            if given.get(field) is not None:
                setattr(obs, field, text(given[field]))
        if given.get("metadata") is not None:
            obs.metadata = {**obs.metadata, **metadata(given["metadata"])}
        if given.get("model_parameters") is not None:
            obs.model_parameters = given["model_parameters"]
        if given.get("usage_details") is not None:
            obs.usage = plain(given["usage_details"])
        if given.get("cost_details") is not None:
            obs.cost = given["cost_details"]
        if given.get("completion_start_time") is not None:
            since = given["completion_start_time"] - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
            obs.completion_ns = (since // dt.timedelta(microseconds=1)) * 1000
        if prompt is not None and obs.type == "GENERATION":
            obs.prompt_name, obs.prompt_version = prompt.name, prompt.version

    def change_trace(self, obs, **given):
        """Applies what a span says of its trace."""
        for field in ("user_id", "session_id", "version", "public", "tags"):
            if given.get(field) is not None:
                setattr(obs, field, given[field])
        if given.get("name") is not None:
            obs.trace_name = given["name"]
        if given.get("input") is not None:
            obs.trace_input = text(given["input"])
        if given.get("output") is not None:
            obs.trace_output = text(given["output"])
        if given.get("metadata") is not None:
            obs.trace_metadata = {**obs.trace_metadata, **metadata(given["metadata"])}

    def failed(self, obs, err):
        """An exception left the observation's context: its span has status ERROR. What
        was said explicitly wins."""
        obs.level = obs.level or "ERROR"
        obs.status_message = obs.status_message or f"{type(err).__name__}: {err}"

    def settle(self):
        """Sends everything and takes over the times."""
        self.sdk.client.flush()
        for obs in self.written.records:
            if obs.id in self.times.spans:
                obs.start_ns, obs.end_ns, parent, obs.order = self.times.spans[obs.id]
                if obs.parent_id == "unknown":
                    obs.parent_id = parent
        return self.written

    def dump(self):
        """Everything written, as text for another process."""
        return json.dumps([dataclasses.asdict(o) for o in self.settle().records])

    def load(self, dumped):
        """Takes over what another process wrote."""
        for fields in json.loads(dumped):
            self.written.add(Obs(**fields))


def plain(value):
    return value.plain if isinstance(value, Sent) else value


def plain_arguments(given):
    """The arguments as the client gets them."""
    return {k: v.given if isinstance(v, Sent) else v for k, v in given.items()}


def text(value):
    """An input or output as it is sent: texts as they are, the rest as JSON text."""
    value = plain(value)
    return value if value is None or isinstance(value, str) else json.dumps(value)


def metadata(given):
    """Metadata as it is stored. A dict has one attribute per key: texts, ints and
    bools typed, null not at all, the rest as JSON text. A list is one JSON text, whose
    items the server spreads over the keys 0, 1, …"""
    given = plain(given)
    if isinstance(given, list):
        return {str(index): item for index, item in enumerate(given)}
    typed = lambda v: v if isinstance(v, (str, int)) else text(v)
    return {key: typed(value) for key, value in given.items() if value is not None}


@contextlib.contextmanager
def detached():
    """Runs without any current span or baggage, as a new request would."""
    token = otel_context.attach(otel_context.Context())
    try:
        yield
    finally:
        otel_context.detach(token)
