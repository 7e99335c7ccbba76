"""Conformance of LiteLLM with its callback langfuse_otel: OpenTelemetry spans with
Langfuse's attributes, without a Langfuse client.

Calls a provider of its own, never the internet. Besides LANGFUSE_* it needs a second
server or project, in FUSEBOX_CONFORMANCE_SECOND_*.
"""

import time

import litellm_run

found = litellm_run.servers()  # before LiteLLM reads the environment

import litellm

import litellm_calls
import litellm_forms
import provider
from litellm_read import Report


def steering(c, form):
    """What has no meaning for a span, or another than in the other callback: all of it is
    kept as attributes, and the trace is the span's own."""
    given = {
        "existing_trace_id": "trace-all-keys",
        "update_trace_keys": ["input", "trace_name"],
        "mask_input": True,
        "mask_output": False,
        "debug_langfuse": False,
        "trace_name": "steered",
        "trace_version": "trace-version-9",
        "version": "version-9",
    }
    call = c.make("steered", metadata=given)
    form.success(call)
    shown = {"trace.existing_id": "trace-all-keys", "trace.update_keys": '["input", "trace_name"]', "debug": "false"}
    shown.update({"generation.mask_input": "true", "generation.mask_output": "false"})
    call.observation["metadata"]["attributes"] = {f"langfuse.{k}": v for k, v in shown.items()}


def main():
    began = time.time()
    report = Report()
    litellm.callbacks = ["langfuse_otel"]
    form = litellm_forms.Otel()
    recorded = lambda number: litellm_run.generations(found[number - 1])
    c = litellm_calls.Caller(report, provider.Provider(), recorded)
    litellm_calls.calls(c, form)
    steering(c, form)
    litellm_calls.second_project(c, form, found[1])
    litellm_run.compare(report, found, c.calls, began)
    report.finish()


main()
