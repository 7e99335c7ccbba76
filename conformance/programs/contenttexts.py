"""Texts with content in them, as programs write them. Each takes how to put its pieces."""

from content import LARGE, document, picture, sound

SHOWN = picture("shown", given="bytes")
LINKED = picture("linked")
SAID = sound("said", LARGE, given="bytes")
ATTACHED = document("attached.pdf", given="file")
DEEP = sound("deep")
TOLD = picture("told of the trace", given="bytes")
ALONE = document("alone", given="bytes")
ALONE_URI = picture("alone as a data URI")
SOURCE = picture("source", given="base64")
LATE = picture("late", given="bytes")

# What the client does not look for, the server does.
IN_TEXT = picture("in a text", by="server")
NAMED = document("named", by="server", parameters=";name=page.pdf;charset=utf-8")
INLINE = picture("inline", given="base64", by="server")
BLOB = picture("blob", given="base64", by="server")
ANSWERED = sound("answered", LARGE, by="server")
VALUE = picture("value", by="server")
ATTRIBUTE = document("attribute", by="server")
KEPT = picture("kept", by="server")


def asked(put):
    """Messages as OpenAI takes them, with the client's object in the place of a picture too."""
    parts = [
        {"type": "text", "text": "What is this? ключ 🔑"},
        {"type": "image_url", "image_url": {"url": put(LINKED), "detail": "low"}},
        {"type": "image", "image": put(SHOWN)},
    ]
    return [{"role": "system", "content": "Look closely"}, {"role": "user", "content": parts}]


def answered(put):
    return {"role": "assistant", "content": None, "audio": {"id": "audio_1", "data": put(SAID), "transcript": "a pixel"}}


def attached(put):
    return {"attached": put(ATTACHED), "deep": {"er": [put(DEEP), 1]}, "note": "plain"}


def told(put):
    return {"picture": put(TOLD)}


def in_text(put):
    return f"Compare {put(IN_TEXT)} and ({put(NAMED)}), please."


def inline(put):
    """What Gemini takes."""
    return [{"role": "user", "parts": [{"inline_data": {"mime_type": "image/png", "data": put(INLINE)}}, {"text": "a < b & c"}]}]


def source(put):
    """What Anthropic takes."""
    data = {"type": "base64", "media_type": "image/png", "data": put(SOURCE)}
    return {"messages": [{"role": "user", "content": [{"type": "image", "source": data}]}]}


def chat(put):
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": put(VALUE)}}]}]}


def attribute(put):
    return f"[{put(ATTRIBUTE)}]"


def noted(put):
    return {"pages": [attribute(put)], "note": "plain"}


def word(put):
    return f"look: {put(VALUE)}"


def blob(put):
    """What the conventions of OpenTelemetry have for content."""
    return [{"role": "user", "parts": [{"type": "blob", "mime_type": "image/png", "modality": "image", "content": put(BLOB)}]}]


def listen(put):
    return [{"role": "assistant", "parts": [{"type": "text", "content": f"Listen: {put(ANSWERED)}"}], "finish_reason": "stop"}]


def kept(put):
    return {"picture": put(KEPT)}
