"""What each callback of LiteLLM documents that it records of a call.

A form fills in what must be read back of a call, from what the call was given and what
it returned. Only what LiteLLM documents is in here, values that it makes up are not.
"""

import hashlib
import re

import checks
import provider as odd
from litellm_calls import REDACTED


# The call of a tool that the provider answers, as it is read back.
CALLED = {"id": odd.TOOL_CALL["id"], "name": odd.TOOL_CALL["function"]["name"], "index": 0}


def offered(tools):
    """Definitions of tools as they are read back."""
    functions = [tool["function"] for tool in tools]
    parameters = lambda f: checks.json_text(f["parameters"])
    return {f["name"]: {"description": f["description"], "parameters": parameters(f)} for f in functions}


class Form:
    """What both callbacks have in common."""

    def common(self, call):
        """The fields that follow from the metadata of any call."""
        said = call.metadata
        call.trace.update(
            userId=said.get("trace_user_id"),
            sessionId=said.get("session_id"),
            release=said.get("trace_release"),
            version=said.get("trace_version", said.get("version")),
            environment=self.environment,
        )
        call.observation.update(type="GENERATION", environment=self.environment, version=self.version(said))

    def costs(self, call, call_cost):
        if isinstance(call_cost, (int, float)):
            call.observation["costDetails"] = {"total": call_cost}
            call.trace["totalCost"] = call_cost


class Langfuse(Form):
    """The callback langfuse, by the batch API (sdk 2) or by OTLP (sdk 4)."""

    environment = "default"

    def __init__(self, sdk):
        self.sdk = sdk

    def numbers(self, **parameters):
        """Model parameters as they arrive: the old client makes texts of fractions."""
        return {k: str(v) if self.sdk == 2 and isinstance(v, float) else v for k, v in parameters.items()}

    def version(self, said):
        # One attribute carries both by OTLP, and the trace's is written last.
        return said.get("version") if self.sdk == 2 else said.get("trace_version", said.get("version"))

    def trace_id(self, given):
        return given if self.sdk == 2 else hexadecimal(given, 16)

    def observation_id(self, given):
        return given if self.sdk == 2 else hexadecimal(given, 8)

    def named(self, call, kind):
        said = call.metadata
        self.common(call)
        call.observation["name"] = said.get("generation_name", f"litellm-{kind}")
        call.trace["name"] = said.get("trace_name", f"litellm-{kind}")
        # A call of a session that names no trace belongs to the trace that is named like the session.
        trace_id = said.get("trace_id", said.get("session_id"))
        if trace_id:
            call.trace["id"] = call.observation["traceId"] = self.trace_id(trace_id)
        if "generation_id" in said:
            call.observation["id"] = self.observation_id(said["generation_id"])
        if "parent_observation_id" in said:
            call.observation["parentObservationId"] = self.observation_id(said["parent_observation_id"])
        call.trace["tags"] = sorted(said.get("tags", []))
        call.trace["public"] = said.get("trace_public", False)
        if "trace_metadata" in said:
            call.trace["metadata"] = dict(said["trace_metadata"])
        if said.get("debug_langfuse"):
            plain = {k: v for k, v in said.items() if isinstance(v, (str, int, float, bool))}
            call.trace.setdefault("metadata", {})["metadata_passed_to_litellm"] = plain

    def success(self, call, parameters=None, streamed=False, tools=None, cached=0, redacted=False, environment="default", tags=(), hit=False):
        if call.response is None:
            return
        self.environment = environment
        kind = "acompletion" if call.name.startswith("async") else "completion"
        self.named(call, kind)
        message = call.response.choices[0].message.json()
        asked = {"messages": call.messages}
        if tools:
            asked["tools"] = tools
            arguments = odd.TOOL_CALL["function"]["arguments"]
            call.tools = {"toolDefinitions": offered(tools), "toolCalls": [{**CALLED, "type": "function", "arguments": arguments}]}
        if redacted:
            asked = {"messages": [{"role": "user", "content": REDACTED}]}
            message = {"content": REDACTED, "role": "assistant"}
        if call.metadata.get("mask_input"):
            asked = REDACTED
        if call.metadata.get("mask_output"):
            message = REDACTED
        call.trace.update(input=asked, output=message)
        call.trace["tags"] = sorted([*call.trace["tags"], *tags])
        prompt, completion, total = odd.TOKENS[call.response.model]
        usage = {"input": prompt - cached, "output": completion, "total": total}
        usage.update(cache_creation_input_tokens=0, cache_read_input_tokens=cached)
        call.observation.update(
            input=asked,
            output=message,
            level="DEFAULT",
            statusMessage=None,
            # The cache keeps the name that the caller gave.
            model=f"openai/{call.response.model}" if hit else call.response.model,
            usageDetails=usage,
            modelParameters={**(parameters or {}), "system_fingerprint": odd.FINGERPRINT},
            metadata={"cache_hit": hit, "hidden_params": {}, "requester_metadata": {}},
        )
        if not streamed:
            # A stream that the caller joins has no price; what is recorded has one.
            self.costs(call, 0.0 if hit else call.cost)

    def failure(self, call, environment="default"):
        self.environment = environment
        self.named(call, "completion")
        said = {"input": {"messages": call.messages}, "output": call.error}
        # The batch form leaves the output out of the trace; by OTLP the trace has its root's.
        call.trace.update(input=said["input"], output=None if self.sdk == 2 else call.error)
        model = odd.BROKEN if odd.FAILURES[odd.BROKEN][1]["message"] in call.error else odd.LOCKED
        call.observation.update(**said, level="ERROR", statusMessage=call.error, model=model, usageDetails={}, costDetails={})

    def embedding(self, call):
        self.environment = "default"
        self.named(call, "embedding")
        asked = {"messages": [{"role": "user", "content": text} for text in call.messages]}
        prompt, _, total = odd.TOKENS[odd.EMBED]
        usage = {"input": prompt, "output": 0, "total": total, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
        call.trace.update(input=asked, output=None)
        call.observation.update(input=asked, output=None, model=odd.EMBED, usageDetails=usage, level="DEFAULT")


class Otel(Form):
    """The callback langfuse_otel: plain OpenTelemetry spans with Langfuse's attributes."""

    # LiteLLM names its deployment so where nothing else is set.
    environment = "production"

    def numbers(self, **parameters):
        return parameters

    def version(self, said):
        return said.get("trace_version", said.get("version"))

    def named(self, call):
        said = call.metadata
        self.common(call)
        name = said.get("generation_name", "litellm_request")
        call.observation.update(name=name, parentObservationId=None)
        call.trace.update(name=said.get("trace_name", name), tags=sorted(said.get("tags", [])), public=False)
        if "trace_metadata" in said:
            call.trace["metadata"] = dict(said["trace_metadata"])
        # What has no place of its own in a span is kept as an attribute.
        shown = {"generation_id": "generation.id", "trace_id": "trace.id", "parent_observation_id": "generation.parent_observation_id"}
        kept = {f"langfuse.{shown[k]}": str(said[k]).replace("-", "") if k == "trace_id" else said[k] for k in shown if k in said}
        call.observation["metadata"] = {"attributes": kept}

    def success(self, call, parameters=None, streamed=False, tools=None, cached=0, redacted=False, environment="production", tags=(), hit=False):
        if call.response is None:
            return
        self.environment = environment
        self.named(call)
        message = call.response.choices[0].message
        said = {"role": "assistant"}
        asked = call.messages
        if message.content is not None:
            said["content"] = message.content
        if redacted:
            asked, said = [{"role": "user", "content": REDACTED}], {"role": "assistant", "content": REDACTED}
        if message.tool_calls:
            function = odd.TOOL_CALL["function"]
            arguments = {"where": "roof", "limit": 3}
            # The tools go out among the model parameters, which are no place for definitions.
            called = {**CALLED, "type": "function_call", "arguments": checks.json_text(arguments)}
            call.tools = {"toolDefinitions": None, "toolCalls": [called]}
            said = [{"id": call.response.id, "name": function["name"], "call_id": odd.TOOL_CALL["id"], "type": "function_call", "arguments": arguments}]
        prompt, completion, total = odd.TOKENS[call.response.model]
        usage = {"input": prompt - cached, "output": completion, "total": total}
        if cached:
            usage["input_cached_tokens"] = cached
        if streamed:
            parameters = {"stream": "true", "stream_options": checks.json_text({"include_usage": True})}
        if tools:
            parameters = {"tools": checks.json_text(tools), "tool_choice": "auto"}
        call.trace.update(input=asked, output=said)
        call.observation.update(
            input=asked, output=said, level="DEFAULT", statusMessage=None, model=call.response.model, usageDetails=usage, modelParameters=parameters or checks.one_of(None, {})
        )
        if not streamed:
            self.costs(call, 0.0 if hit else call.cost)

    def failure(self, call, environment="production"):
        self.environment = environment
        self.named(call)
        model = odd.BROKEN if odd.FAILURES[odd.BROKEN][1]["message"] in call.error else odd.LOCKED
        attributes = {"error.message": call.error, "error.type": call.kind, "error.llm_provider": "openai"}
        call.observation["metadata"]["attributes"].update(attributes)
        call.trace.update(input=call.messages, output=None)
        call.observation.update(input=call.messages, output=None, level="ERROR", model=model, usageDetails={}, costDetails={"total": 0})

    def embedding(self, call):
        self.environment = "production"
        self.named(call)
        asked = [{"role": "user", "content": text} for text in call.messages]
        prompt, _, total = odd.TOKENS[odd.EMBED]
        call.observation.update(input=asked, output=None, level="DEFAULT", model=odd.EMBED, usageDetails={"input": prompt, "total": total})
        call.trace.update(input=asked, output=None)


def hexadecimal(given, size):
    """An id as LiteLLM maps it for OTLP: kept where it is hexadecimal of the right length
    (dashes aside), else the start of its digest."""
    plain = given.lower().replace("-", "")
    if re.fullmatch(f"[0-9a-f]{{{2 * size}}}", plain) and set(plain) != {"0"}:
        return plain
    return hashlib.sha256(given.encode()).digest()[:size].hex()
