"""Traces with content, as both newer generations of the Python client write them, and as
OpenTelemetry's own exporter sends them past the client."""

import json

import cases
import contenttexts as texts
import foreign
from content import reference
from exporter import Exporter, new_id


EVERY = {"input": texts.asked, "output": texts.answered, "metadata": texts.attached}
RESOURCE = {"service.name": "plain"}


def write(w, contents, tell_trace):
    """Through the client. tell_trace is its call for the input of a trace, made on the root."""
    with w.current("content", "agent", input="look") as root:
        tell_trace(root, contents.value(texts.told))
        contents.note("content of the trace", root.trace_id, None, announced=root.id, input=texts.told)
        observe(root, contents, "of every kind", "generation", **EVERY)
        observe(root, contents, "alone", input=lambda put: put(texts.ALONE), output=lambda put: put(texts.ALONE_URI))
        observe(root, contents, "in a text", input=texts.in_text)
        observe(root, contents, "as Anthropic takes it", "generation", input=texts.source)
        late = observe(root, contents, "late", ended=False)
        given = lambda put: ["late", put(texts.LATE)]
        late.update(output=contents.value(given)).end()
        contents.note("content late", root.trace_id, late.id, output=given)
    # Content that has been uploaded is announced again, and not uploaded again.
    w.sdk.client.flush()
    with w.current("content again", "agent") as root:
        observe(root, contents, "of every kind again", "generation", **EVERY)


def observe(parent, contents, name, kind="span", ended=True, **fields):
    made = parent.start(f"content {name}", kind, **{field: contents.value(build) for field, build in fields.items()})
    contents.note(f"content {name}", parent.trace_id, made.id, **fields)
    if ended:
        made.end()
    return made


# Spans past the client: what says their type, attributes with content, and what becomes of
# these.
OUTSIDE = [
    (
        "content in a value",
        {"openinference.span.kind": "LLM"},
        {"input.value": texts.chat, "my.attachment": texts.attribute},
        {"input": texts.chat, "metadata": lambda put: {"attributes": {"my.attachment": texts.attribute(put)}}},
    ),
    (
        "content in a blob",
        {"gen_ai.operation.name": "chat"},
        {"gen_ai.input.messages": texts.blob, "gen_ai.output.messages": texts.listen},
        {"input": texts.blob, "output": texts.listen},
    ),
    (
        "content in inline data",
        {"langfuse.observation.type": "generation"},
        {"langfuse.observation.input": texts.inline, "langfuse.observation.metadata": texts.kept},
        {"input": texts.inline, "metadata": texts.kept},
    ),
]


def send(f, contents):
    """Past the client, by requests of their own: what arrives has the content itself in it."""
    exporter = Exporter(f.w.written)
    for name, kind, said, becomes in OUTSIDE:
        f.clock += 10_000_000
        trace_id, span_id = new_id(128), new_id(64)
        attributes = lambda put: {**kind, **{key: text(build(put)) for key, build in said.items()}}
        fields = {field: text(becomes[field](reference)) for field in ("input", "output") if field in becomes}
        fields.update(rebuilt=list(fields), type="GENERATION")
        if "langfuse.observation.metadata" in said:
            fields["metadata"] = becomes["metadata"](reference)
        shown = foreign.shown(attributes(reference))
        place, times = (trace_id, span_id, None), (f.clock, f.clock + 2_000_000)
        given = attributes(lambda piece: piece.text)
        exporter.send([exporter.span(place, name, given, shown, times, cases.PLAIN, RESOURCE, fields)])
        contents.note(name, f"{trace_id:032x}", f"{span_id:016x}", **becomes)


def text(value):
    return value if isinstance(value, str) else json.dumps(value)
