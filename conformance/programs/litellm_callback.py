"""Conformance of LiteLLM with its callback langfuse.

Which API it speaks depends on the Langfuse client beside it: version 2 sends batches,
version 4 spans. Calls a provider of its own, never the internet. Besides LANGFUSE_*
it needs a second server or project, in FUSEBOX_CONFORMANCE_SECOND_*.
"""

import importlib.metadata
import time

import litellm_run

found = litellm_run.servers()  # before LiteLLM reads the environment

import litellm

import litellm_calls
import litellm_forms
import provider
from litellm_calls import EVERYTHING
from litellm_read import Report


def continued(c, form):
    """Calls that continue a trace: without leave to change it, and with."""
    given = {"existing_trace_id": "trace-all-keys", "generation_name": "continued", "trace_name": "not this", "session_id": "not this either"}
    observation = {"name": "continued", "traceId": form.trace_id("trace-all-keys"), "type": "GENERATION"}
    call = c.make("continued", metadata=given)
    call.observation.update(observation, input={"messages": call.messages})

    given.update(generation_name="ignored", update_trace_keys=["input", "trace_user_id"], trace_user_id="not yet")
    call = c.make("update keys without leave", metadata=given)
    call.observation.update(observation, name="ignored")

    litellm.langfuse_enable_update_trace_keys = True
    given = {
        "existing_trace_id": "trace-all-keys",
        "generation_name": "updated",
        "update_trace_keys": ["input", "output", "trace_user_id", "trace_release", "trace_metadata"],
        "trace_user_id": "user-updated",
        "trace_release": "release-updated",
        "trace_metadata": {"deep": {"more": True}, "team": "even"},
        "trace_version": "not updated",
    }
    call = c.make("updated", metadata=given)
    litellm.langfuse_enable_update_trace_keys = False
    call.observation.update(observation, name="updated")
    call.trace.update(
        id=form.trace_id("trace-all-keys"),
        name=EVERYTHING["trace_name"],
        sessionId=EVERYTHING["session_id"],
        tags=sorted(EVERYTHING["tags"]),
        userId="user-updated",
        release="release-updated",
        input={"messages": call.messages},
        # By OTLP the map is one text, which takes the place of the other.
        metadata={"team": "even", "deep": {"er": [1, 2.5, None], "more": True} if form.sdk == 2 else {"more": True}},
    )
    return call


def masked(c, form):
    """A masking function of the caller's, for one call."""
    hide = lambda value: value.replace("birds", "****") if isinstance(value, str) else value
    call = c.make("masked by function", metadata={"langfuse_masking_function": hide})
    hidden = {"messages": [{"role": "user", "content": "masked by function: how many ****?"}]}
    content = {"content": provider.ANSWER.replace("birds", "****")}
    call.observation.update(input=hidden, output=content, name="litellm-completion")
    call.trace.update(input=hidden, output=content)


def prompt(c, form):
    """A prompt that the caller fetched, here one that the project does not have."""
    linked = {"type": "text", "name": "greetings/odd", "version": 7, "prompt": "Hello", "config": {}, "labels": [], "tags": []}
    call = c.make("prompt", metadata={"prompt": linked, "trace_name": "prompted"})
    call.observation.update(name="litellm-completion", promptName="greetings/odd", promptVersion=7, promptId=None)


def ids(c, form):
    """Trace ids of other shapes."""
    for given in ("0AF7651916CD43DD8448EB211C80319C", "3f2a9c1e-7b64-4d0a-9f35-6a1d0c8e2b47", "trace/ü 9"):
        form.success(c.make(f"id {given}", metadata={"trace_id": given, "trace_name": "by id"}))


def main():
    began = time.time()
    sdk = int(importlib.metadata.version("langfuse").partition(".")[0])
    report = Report()
    litellm.success_callback = litellm.failure_callback = ["langfuse"]
    form = litellm_forms.Langfuse(sdk)
    recorded = lambda number: litellm_run.generations(found[number - 1])
    c = litellm_calls.Caller(report, provider.Provider(), recorded)
    litellm_calls.calls(c, form)
    ids(c, form)
    masked(c, form)
    prompt(c, form)
    updated = continued(c, form)
    litellm_calls.second_project(c, form, found[1])

    # The first call of this trace is no longer all that it says.
    first = next(call for call in c.calls if call.name == "all keys")
    first.trace = {k: v for k, v in first.trace.items() if k not in updated.trace and k not in ("input", "output", "totalCost")}
    litellm_run.compare(report, found, c.calls, began)
    report.finish()


main()
