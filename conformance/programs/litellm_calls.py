"""Calls of LiteLLM that exercise its Langfuse callbacks, and what each must record.

The same calls serve the callbacks langfuse and langfuse_otel; what a callback makes of
them is said by its Form. Every call is made alone: the next one starts when what it
records has arrived.
"""

import asyncio
from dataclasses import dataclass, field

import litellm
import openai

import litellm_run
import provider as odd

PRICES = {"input_cost_per_token": 0.0007, "output_cost_per_token": 0.0011}
REDACTED = "redacted-by-litellm"
TOOL = {
    "type": "function",
    "function": {
        "name": "count_birds",
        "description": "How many birds there are",
        "parameters": {"type": "object", "properties": {"where": {"type": "string"}, "limit": {"type": "integer"}}},
    },
}

# Every documented key of a call's metadata, each with a value of its own.
EVERYTHING = {
    "generation_name": "all keys",
    "generation_id": "generation-all-keys",
    "trace_id": "trace-all-keys",
    "trace_name": "trace of all keys ✓",
    "trace_user_id": "user-7",
    "session_id": "session-7",
    "tags": ["z-tag", "a-tag", "ümlaut"],
    "trace_release": "release-7",
    "trace_version": "trace-version-7",
    "trace_metadata": {"team": "odd", "deep": {"er": [1, 2.5, None]}},
    "version": "generation-version-7",
    "debug_langfuse": True,
    "headers": {"x-secret": "must-not-arrive"},
    "own": {"key": ["value"]},
}


@dataclass
class Call:
    """One call that was made. observation and trace hold what must be read back, by the
    names of the HTTP API, tools what of tools (None for what any call has: none); id is
    that of the generation it recorded."""

    name: str
    messages: object
    metadata: dict
    response: object = None
    error: str = ""
    kind: str = ""  # of the error
    project: int = 1
    id: str = ""
    cost: object = None
    observation: dict = field(default_factory=dict)
    trace: dict = field(default_factory=dict)
    tools: "dict | None" = None


class Caller:
    """Makes calls against a provider. recorded() lists the ids of all generations that
    arrived so far, for each of the two projects."""

    def __init__(self, report, provider, recorded):
        self.report = report
        self.provider = provider
        self.recorded = recorded
        self.calls = []

    def make(self, name, model=odd.CHAT, metadata=None, how="plain", project=1, logged=True, **given):
        """One call; how is plain, stream, async or async stream, or embedding."""
        call = Call(name, [{"role": "user", "content": f"{name}: how many birds?"}], dict(metadata or {}), project=project)
        given = {"model": f"openai/{model}", "api_base": self.provider.base_url, "api_key": "odd-key", "max_retries": 0, **given}
        if metadata is not None:
            given["metadata"] = dict(metadata)
        if "stream" in how:
            given.update(stream=True, stream_options={"include_usage": True})
        before = [len(self.recorded(n)) for n in (1, 2)]
        try:
            call.response = self.run(how, call, given)
            call.cost = (getattr(call.response, "_hidden_params", None) or {}).get("response_cost")
        except openai.APIError as err:  # what LiteLLM's own errors derive from
            call.error, call.kind = str(err), type(err).__name__
        if not logged:
            return call
        arrived = litellm_run.wait(lambda: len(self.recorded(project)), before[project - 1] + 1, idle)
        self.report.true(f"{name} is recorded", arrived, "no generation arrived")
        if arrived:
            after = [len(self.recorded(n)) for n in (1, 2)]
            before[project - 1] += 1
            self.report.compare(f"{name} is recorded once and in its project", before, after)
            call.id = self.recorded(project)[-1]
            self.calls.append(call)
        return call

    def run(self, how, call, given):
        if how == "embedding":
            call.messages = [f"{call.name}: first", "second"]
            return litellm.embedding(input=call.messages, **given)
        if how == "async":
            return LOOP.run_until_complete(litellm.acompletion(messages=call.messages, **given))
        if how == "async stream":
            return LOOP.run_until_complete(self.async_stream(call, given))
        answer = litellm.completion(messages=call.messages, **given)
        if how == "stream":
            answer = litellm.stream_chunk_builder(list(answer), messages=call.messages)
        return answer

    async def async_stream(self, call, given):
        chunks = [chunk async for chunk in await litellm.acompletion(messages=call.messages, **given)]
        # The callback runs in the same loop, a moment after the last piece.
        await asyncio.sleep(0.5)
        return litellm.stream_chunk_builder(chunks, messages=call.messages)


# One loop for all asynchronous calls: LiteLLM's worker for callbacks lives in it.
LOOP = asyncio.new_event_loop()


def idle():
    """Lets what asynchronous calls left behind run."""
    LOOP.run_until_complete(asyncio.sleep(0.02))


def calls(c, form):
    """All calls that both callbacks record. form says what each must look like."""
    form.success(c.make("plain", temperature=0.3, stop=["END"], **PRICES), parameters=form.numbers(temperature=0.3))
    call = c.make("all keys", metadata=EVERYTHING, temperature=0.9, **PRICES)
    form.success(call, parameters=form.numbers(temperature=0.9))
    for model, status in ((odd.BROKEN, 500), (odd.LOCKED, 401)):
        form.failure(c.make(f"failure {status}", model=model, metadata={"trace_name": f"failed {status}"}))
    form.success(c.make("stream", how="stream", metadata={"trace_name": "streamed"}, **PRICES), streamed=True)
    form.success(c.make("async", how="async", metadata={"session_id": "session-7", "tags": ["one"]}, **PRICES))
    form.success(c.make("async stream", how="async stream", metadata={"trace_name": "streamed later"}, **PRICES), streamed=True)
    form.success(c.make("tools", model=odd.TOOLS, tools=[TOOL], tool_choice="auto", **PRICES), tools=[TOOL])
    form.success(c.make("cached prompt", model=odd.CACHED, metadata={"tags": "one, two".split(", ")}, **PRICES), cached=odd.CACHED_TOKENS)
    form.embedding(c.make("embedding", model=odd.EMBED, how="embedding", metadata={"trace_user_id": "user-8"}))
    form.success(c.make("public", metadata={"trace_public": True, "trace_name": "public one"}))
    form.success(c.make("mask input", metadata={"mask_input": True, "session_id": "masked-in"}))
    form.success(c.make("mask output", metadata={"mask_output": True, "session_id": "masked-out"}))
    form.success(c.make("below a parent", metadata={"parent_observation_id": "parent-9", "trace_id": "trace-9"}))
    headers = {"langfuse_trace_id": "trace-by-header", "langfuse_trace_user_id": "user-by-header", "other": "1"}
    call = c.make("by headers", metadata={"trace_name": "headers"}, proxy_server_request={"headers": headers})
    call.metadata.update(trace_id="trace-by-header", trace_user_id="user-by-header")
    form.success(call)
    redaction(c, form)
    environment(c, form)
    caching(c, form)
    quiet(c, form)


def redaction(c, form):
    """Messages and answers are left out of what is recorded: for one call, and for all."""
    form.success(c.make("redacted once", metadata={"trace_name": "redacted"}, turn_off_message_logging=True), redacted=True)
    litellm.turn_off_message_logging = True
    form.success(c.make("redacted always", metadata={"trace_name": "redacted"}), redacted=True)
    litellm.turn_off_message_logging = False


def environment(c, form):
    """An environment for one call."""
    call = c.make("environment", metadata={"session_id": "session-8"}, langfuse_environment="odd-env")
    form.success(call, environment="odd-env")


def caching(c, form):
    """The second of two equal calls is answered by LiteLLM's cache."""
    litellm.cache = litellm.Cache(type="local")
    litellm.langfuse_default_tags = ["cache_hit"]
    first = c.make("cache", metadata={"trace_name": "filled"}, caching=True)
    form.success(first, tags=["cache_hit:None"], hit=False)
    second = c.make("cache", metadata={"trace_name": "hit"}, caching=True)
    form.success(second, tags=["cache_hit:True"], hit=True)
    c.report.compare("cache answers with the same id", first.response.id, second.response.id)
    litellm.cache = None
    litellm.langfuse_default_tags = None


def quiet(c, form):
    """A call that must not be recorded, before one that must."""
    c.make("no log", metadata={"trace_name": "unheard of"}, logged=False, **{"no-log": True})
    form.success(c.make("after no log"))


def second_project(c, form, server):
    """Calls with credentials of their own go to the project that these are for."""
    named = {
        "langfuse_host": server.url,
        "langfuse_public_key": server.public_key,
        "langfuse_secret_key": server.secret_key,
    }
    given = {"trace_id": "trace-all-keys", "generation_id": "generation-all-keys", "trace_name": "elsewhere", "session_id": "session-7"}
    form.success(c.make("second project", metadata=given, project=2, **named))
    form.failure(c.make("second project failure", model=odd.BROKEN, metadata={"trace_name": "fails elsewhere"}, project=2, **named))
    form.success(c.make("first project again", metadata={"trace_name": "here again"}))
