"""Conformance of the LiteLLM proxy with its callback langfuse: plain HTTP clients that
say by headers and metadata what is recorded of their calls.

Starts the proxy and a provider of its own; nothing goes to the internet. Takes the
server from LANGFUSE_*, and needs a second one like the other programs for LiteLLM.
"""

import http.client
import importlib.metadata
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import litellm_forms
import litellm_run
import provider as odd
from litellm_calls import Call, PRICES, TOOL
from litellm_read import Report

KEY = "sk-odd-master"
AGENT = "odd-agent/9.1"
START_SECONDS = 120


class Proxy:
    """The proxy as a process of its own."""

    def __init__(self, base_url, folder):
        models = []
        for name in (odd.CHAT, odd.CACHED, odd.TOOLS, odd.EMBED, odd.BROKEN, odd.LOCKED):
            given = {"model": f"openai/{name}", "api_base": base_url, "api_key": "odd-key", "max_retries": 0, **PRICES}
            models.append({"model_name": name, "litellm_params": given})
        settings = {"success_callback": ["langfuse"], "failure_callback": ["langfuse"], "num_retries": 0, "langfuse_enable_update_trace_keys": True}
        # JSON is YAML.
        config = pathlib.Path(folder, "config.yaml")
        config.write_text(json.dumps({"model_list": models, "litellm_settings": settings, "general_settings": {"master_key": KEY}}))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [pathlib.Path(sys.executable).with_name("litellm"), "--config", config, "--host", "127.0.0.1", "--port", str(self.port)]
        self.log = open(pathlib.Path(folder, "proxy.log"), "w+")
        self.process = subprocess.Popen(command, cwd=folder, stdout=self.log, stderr=subprocess.STDOUT)

    def ready(self):
        """Waits until the proxy answers, and reports whether it does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.ask("GET", "/health/liveliness")[0] == 200:
                    return True
            except OSError:
                pass
            time.sleep(0.2)
        return False

    def ask(self, method, path, body=None, headers=None):
        """Status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            sent = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "User-Agent": AGENT, **(headers or {})}
            connection.request(method, path, json.dumps(body).encode() if body is not None else None, sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def tail(self):
        self.log.seek(0)
        return self.log.read()[-3000:]


class Client:
    """Calls the proxy; every call is made alone."""

    def __init__(self, report, proxy, server, form):
        self.report = report
        self.proxy = proxy
        self.server = server
        self.form = form
        self.calls = []

    def ask(self, name, model=odd.CHAT, headers=None, metadata=None, status=200, **given):
        """One chat completion. What the headers and the metadata say of the record is
        in the call that is returned."""
        said = {k.removeprefix("langfuse_"): v for k, v in (headers or {}).items() if k.startswith("langfuse_")}
        call = Call(name, [{"role": "user", "content": f"{name}: how many birds?"}], {**(metadata or {}), **said})
        asked = {"model": model, "messages": call.messages, **given}
        if metadata:
            asked["metadata"] = metadata
        return self.recorded(call, "/v1/chat/completions", asked, headers, status)

    def embed(self, name, **given):
        call = Call(name, [f"{name}: first", "second"], {})
        return self.recorded(call, "/v1/embeddings", {"model": odd.EMBED, "input": call.messages, **given}, None, 200)

    def recorded(self, call, path, asked, headers, status):
        count = lambda: len(litellm_run.generations(self.server))
        before = count()
        got, body = self.proxy.ask("POST", path, asked, headers)
        self.report.compare(f"{call.name} status", status, got)
        if status != 200:
            # The proxy's caller is told of the model group, too, in words that changed.
            told = json.loads(body)["error"]["message"]
            call.error = re.split(r"\. Received Model Group=|\n\nLiteLLM: model group", told)[0]
        elif not asked.get("stream"):
            call.response = json.loads(body)
        arrived = litellm_run.wait(count, before + 1)
        self.report.compare(f"{call.name} is recorded once", before + 1, count())
        if arrived:
            call.id = litellm_run.generations(self.server)[-1]
            self.calls.append(call)
        return call


def calls(c):
    """All calls through the proxy, and what each must record."""
    success(c, c.ask("plain"))
    headers = {
        "langfuse_trace_id": "trace-by-header",
        "langfuse_trace_user_id": "user-by-header",
        "langfuse_session_id": "session-by-header",
        "langfuse_trace_name": "named by header",
        "langfuse_generation_name": "generation by header",
        "langfuse_generation_id": "generation-id-by-header",
        "langfuse_trace_version": "trace-version-by-header",
        "langfuse_trace_release": "release-by-header",
        "langfuse_version": "version-by-header",
        "langfuse_parent_observation_id": "parent-by-header",
        "langfuse_tags": "by-header-1,by-header-2",
    }
    success(c, c.ask("all headers", headers=headers))
    success(c, c.ask("both", headers={"langfuse_trace_name": "header wins"}, metadata={"trace_name": "body loses", "trace_user_id": "user-by-body"}))
    given = {"trace_id": "trace-by-body", "generation_name": "by body", "session_id": "session-by-body", "tags": ["body-2", "body-1"], "trace_metadata": {"team": {"odd": 7}}}
    success(c, c.ask("metadata", metadata=given))
    success(c, c.ask("tags header", headers={"x-litellm-tags": "tag-1,tag-2"}), tags=["tag-1", "tag-2"])
    call = c.ask("end user", user="end-user-7")
    call.metadata["trace_user_id"] = "end-user-7"
    success(c, call)
    success(c, c.ask("text as metadata", headers={"langfuse_trace_metadata": '{"by": "header"}', "langfuse_trace_id": "trace-text"}))
    call = c.ask("masked", headers={"langfuse_mask_input": "true", "langfuse_mask_output": "True", "langfuse_trace_name": "masked"})
    success(c, call)
    success(c, c.ask("tools", model=odd.TOOLS, tools=[TOOL]), tools=[TOOL])
    success(c, c.ask("cached prompt", model=odd.CACHED), cached=odd.CACHED_TOKENS)
    call = c.ask("stream", stream=True, stream_options={"include_usage": True}, headers={"langfuse_trace_name": "streamed"})
    success(c, call)
    for model, status in ((odd.BROKEN, 500), (odd.LOCKED, 401)):
        call = c.ask(f"failure {status}", model=model, status=status, headers={"langfuse_trace_name": f"failed {status}"})
        c.form.failure(call)
        named(c, call)
        call.observation["model"] = f"openai/{model}"
    call = c.embed("embedding")
    c.form.embedding(call)
    named(c, call, "aembedding")
    call.observation["model"] = f"openai/{odd.EMBED}"
    continued(c)


def continued(c):
    """A call that continues the trace of another and changes part of it."""
    headers = {
        "langfuse_existing_trace_id": "trace-by-body",
        "langfuse_generation_name": "continued",
        "langfuse_update_trace_keys": "trace_user_id,output",
        "langfuse_trace_user_id": "user-later",
    }
    first = next(call for call in c.calls if call.name == "metadata")
    call = c.ask("continued", headers=headers)
    message = call.response["choices"][0]["message"]
    call.observation.update(name="continued", traceId=c.form.trace_id("trace-by-body"), type="GENERATION")
    call.trace.update(userId="user-later", sessionId="session-by-body", output={"content": message["content"], "role": "assistant"})
    first.trace = {k: v for k, v in first.trace.items() if k not in ("userId", "output", "totalCost")}


def success(c, call, tools=None, cached=0, tags=()):
    """Fills in what an answered call must record. The model is that of the proxy's
    configuration, with its provider."""
    c.form.environment = "default"
    model = call.response["model"] if call.response else odd.CHAT
    asked = {"messages": call.messages, **({"tools": tools} if tools else {})}
    message = {"role": "assistant", "content": None if tools else odd.ANSWER}
    if tools:
        message["tool_calls"] = [odd.TOOL_CALL]
        called = {**litellm_forms.CALLED, "type": "function", "arguments": odd.TOOL_CALL["function"]["arguments"]}
        call.tools = {"toolDefinitions": litellm_forms.offered(tools), "toolCalls": [called]}
    if call.metadata.get("mask_input"):
        asked = "redacted-by-litellm"
    if call.metadata.get("mask_output"):
        message = "redacted-by-litellm"
    named(c, call, tags=tags)
    prompt, completion, total = odd.TOKENS[model]
    usage = {"input": prompt - cached, "output": completion, "total": total, "cache_creation_input_tokens": 0, "cache_read_input_tokens": cached}
    call.trace.update(input=asked, output=message)
    call.observation.update(input=asked, output=message, level="DEFAULT", statusMessage=None, model=f"openai/{model}", usageDetails=usage)
    if not cached:
        cost = prompt * PRICES["input_cost_per_token"] + completion * PRICES["output_cost_per_token"]
        call.trace["totalCost"] = cost
        call.observation["costDetails"] = {"total": cost}


def named(c, call, kind="acompletion", tags=()):
    """What headers and metadata say. The proxy tags a call with the client's agent; tags of
    headers that Langfuse's prefix marks are not among them."""
    said = {**call.metadata, "tags": [t for t in [*call.metadata.get("tags", []), *tags]] if isinstance(call.metadata.get("tags", []), list) else []}
    by_text = said.get("trace_metadata") if isinstance(said.get("trace_metadata"), str) else None
    if by_text:
        del said["trace_metadata"]
    call.metadata = said
    c.form.named(call, kind)
    call.trace["tags"] = sorted([*call.trace["tags"], "User-Agent: odd-agent", f"User-Agent: {AGENT}"])
    if by_text:
        # A batch has it as the value of one key; in a span it is the text of all keys.
        value = json.loads(by_text)
        call.trace["metadata"] = {"metadata": value} if c.form.sdk == 2 else value


def main():
    began = time.time()
    found = litellm_run.servers()
    report = Report()
    sdk = int(importlib.metadata.version("langfuse").partition(".")[0])
    with tempfile.TemporaryDirectory() as folder:
        proxy = Proxy(odd.Provider().base_url, folder)
        try:
            up = proxy.ready()
            report.true("the proxy starts", up, "" if up else proxy.tail())
            if up:
                c = Client(report, proxy, found[0], litellm_forms.Langfuse(sdk))
                calls(c)
                litellm_run.compare(report, found, c.calls, began)
        finally:
            proxy.stop()
    report.finish()


main()
