"""What the server must make of the OTLP requests that LiteLLM posted.

Like litellm_batch, for spans: the attributes that LiteLLM sets, by the documented rules
of the mapping. Nothing in here looks at what a server answered.
"""

import json
import pathlib

import written
from litellm_values import counted, nanoseconds, text, weak
from written import Obs

_DROPPED = json.loads(pathlib.Path(__file__).with_name("mapping.json").read_text())["dropped"]
_GENERATION_LIKE = {"generation", "agent", "tool", "chain", "retriever", "evaluator", "embedding", "guardrail"}
_TOKEN_NAMES = {"prompt": "input", "completion": "output", "total": "total"}
_ENVIRONMENT = ("langfuse.environment", "deployment.environment.name", "deployment.environment")
_MODEL = (
    *("langfuse.observation.model.name", "gen_ai.response.model", "ai.model.id", "gen_ai.request.model"),
    *("llm.response.model", "llm.model_name", "model"),
)


class Span(Obs):
    """An observation of a span. Of what the mapping generates, what is empty is left out."""

    def own_metadata(self):
        made = super().own_metadata()
        for name in ("attributes", "resourceAttributes", "scope"):
            if made.get(name) == {}:
                del made[name]
        return made


def traces(bodies):
    """The traces by id that the spans of OTLP requests make."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    kept = written.Written()
    for body in bodies:
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        for resource in request.resource_spans:
            common = attributes(resource.resource.attributes)
            for scoped in resource.scope_spans:
                for span in scoped.spans:
                    kept.add(_span(span, scoped.scope, common, len(kept.records)))
    return kept.traces()


def generation_ids(body):
    """The ids of the spans of one request that are model calls."""
    return [o.id for trace in traces([body]).values() for o in trace.observations if o.type == "GENERATION"]


def attributes(pairs):
    return {pair.key: _any(pair.value) for pair in pairs}


def _any(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_any(v) for v in value.array_value.values]
    if kind not in ("string_value", "bool_value", "int_value", "double_value"):
        raise ValueError(f"LiteLLM sent an attribute of kind {kind}")
    return getattr(value, kind)


def _span(span, scope, resource, order):
    said = attributes(span.attributes)
    named = {"name": scope.name, "version": scope.version, "attributes": attributes(scope.attributes)}
    first = lambda *keys: next((said[k] for k in keys if said.get(k)), None)
    made = Span(
        trace_id=span.trace_id.hex(),
        id=span.span_id.hex(),
        name=span.name,
        type=_type(said),
        parent_id=span.parent_span_id.hex() or None,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        order=order,
        resource=resource,
        scope={k: v for k, v in named.items() if v},
        metadata=_user_metadata(said, "langfuse.observation.metadata"),
        trace_metadata=_user_metadata(said, "langfuse.trace.metadata"),
        level=said.get("langfuse.observation.level") or ("ERROR" if span.status.code == 2 else None),
        status_message=said.get("langfuse.observation.status_message") or span.status.message or None,
        version=first("langfuse.version") or resource.get("service.version"),
        release=first("langfuse.release") or resource.get("langfuse.release"),
        environment=next((d[k] for k in _ENVIRONMENT for d in (said, resource) if d.get(k)), None),
        user_id=first("langfuse.user.id", "user.id"),
        session_id=first("langfuse.session.id", "session.id", "gen_ai.conversation.id"),
        trace_name=said.get("langfuse.trace.name"),
        tags=_tags(said.get("langfuse.trace.tags")),
        public=said.get("langfuse.trace.public"),
        trace_input=said.get("langfuse.trace.input"),
        trace_output=said.get("langfuse.trace.output"),
        model=first(*_MODEL),
        cost=_cost(said),
        usage=_usage(said),
        model_parameters=_parameters(said),
        completion_ns=_completion(said),
        prompt_name=said.get("langfuse.observation.prompt.name"),
        prompt_version=said.get("langfuse.observation.prompt.version"),
    )
    if not scope.name.startswith("langfuse-sdk"):
        made.attributes = _shown(said)
    pairs = [("langfuse.observation.input", "langfuse.observation.output"), ("input.value", "output.value")]
    for pair in pairs:
        if any(key in said for key in pair):
            made.input, made.output = (text(said.get(key)) for key in pair)
            break
    for name in ("input", "output", "trace_input", "trace_output"):
        value = getattr(made, name)
        if value is not None and weak(written.parse(value)):
            made.weak.append(name)
    return made


def _type(said):
    given = said.get("langfuse.observation.type")
    if given in _GENERATION_LIKE | {"span", "event"}:
        return given.upper()
    kind = said.get("openinference.span.kind")
    if kind:
        return "GENERATION" if kind == "LLM" else kind
    return "GENERATION" if any(said.get(k) for k in _MODEL) else None


def _user_metadata(said, prefix):
    base = said.get(prefix)
    made = json.loads(base) if isinstance(base, str) and base else {}
    made.update({k[len(prefix) + 1 :]: v for k, v in said.items() if k.startswith(prefix + ".")})
    return made


def _tags(given):
    if isinstance(given, str):
        given = json.loads(given) if given.startswith("[") else [t.strip() for t in given.split(",")]
    return list(given or [])


def _cost(said):
    if said.get("langfuse.observation.cost_details"):
        return json.loads(said["langfuse.observation.cost_details"])
    return {"total": said["llm.cost.total"]} if "llm.cost.total" in said else {}


def _usage(said):
    if said.get("langfuse.observation.usage_details"):
        return counted(json.loads(said["langfuse.observation.usage_details"]))
    prefix = "llm.token_count."
    made = {k[len(prefix) :]: n for k, n in said.items() if k.startswith(prefix)}
    cached, reasoning = (made.pop(k, None) for k in ("prompt_details.cache_read", "completion_details.reasoning"))
    made = {_TOKEN_NAMES[k]: n for k, n in made.items()}
    if cached is not None:
        made["input_cached_tokens"], made["input"] = cached, made["input"] - cached
    if reasoning is not None:
        made["output_reasoning_tokens"], made["output"] = reasoning, made["output"] - reasoning
    return made


def _parameters(said):
    for key in ("langfuse.observation.model.parameters", "llm.invocation_parameters"):
        if said.get(key):
            return json.loads(said[key])
    return {}


def _completion(said):
    given = said.get("langfuse.observation.completion_start_time")
    return nanoseconds(json.loads(given) if given.startswith('"') else given) if given else None


def _shown(said):
    """metadata.attributes: what is not shown elsewhere, values that are no text as JSON."""
    dropped = lambda key: key in _DROPPED["keys"] or key.startswith(tuple(_DROPPED["prefixes"]))
    plain = lambda v: int(v) if isinstance(v, float) and v == int(v) else v  # 0.0 is 0 in JSON
    return {k: v if isinstance(v, str) else written.compact(plain(v)) for k, v in said.items() if not dropped(k)}
