"""Content: pictures, sounds and files, and the texts that mention them.

A Piece is one content and how it comes. A text with pieces in it is told as a
function of how to put them: as they are given to the client, as the reference that
must be stored in their place, or as the data URI that a resolved reference gives.
"""

import base64
import dataclasses
import hashlib
import json
import os

import samples
from samples import Sent

HOUR = 3600


@dataclasses.dataclass(frozen=True)
class Piece:
    """One content. given says how the program writes it: as the client's object of bytes or
    of a file, as a data URI with or without parameters, or as bare base64. Either the
    client announces and uploads it, or the server cuts it out of what arrives."""

    name: str
    type: str
    data: bytes
    given: str = "uri"  # "bytes", "file", "uri", "base64"
    by: str = "client"  # or "server"
    parameters: str = ""

    @property
    def base64(self):
        return base64.b64encode(self.data).decode()

    @property
    def uri(self):
        return f"data:{self.type};base64,{self.base64}"

    @property
    def text(self):
        """As it stands in a text that the client does not change."""
        return self.base64 if self.given == "base64" else f"data:{self.type}{self.parameters};base64,{self.base64}"

    @property
    def hash(self):
        return base64.b64encode(hashlib.sha256(self.data).digest()).decode()

    @property
    def id(self):
        """The first 22 characters of the hash, in the alphabet of URLs."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.data).digest()).decode()[:22]

    @property
    def reference(self):
        # The client makes a data URI of base64 before it looks at it.
        source = {"bytes": "bytes", "file": "file", "uri": "base64_data_uri"}.get(self.given)
        source = source or ("base64_data_uri" if self.by == "client" else "bytes")
        return f"@@@langfuseMedia:type={self.type}|id={self.id}|source={source}@@@"


# A picture of one pixel; what follows its end tells contents apart.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def picture(name, **how):
    return Piece(name, "image/png", PIXEL + name.encode() + bytes(range(256)), **how)


def sound(name, size=1000, **how):
    """Bytes of every value, in an order that does not repeat soon."""
    made, seed = bytearray(b"RIFF\x00\x00\x00\x00WAVE" + name.encode()), name.encode()
    while len(made) < size:
        seed = hashlib.sha256(seed).digest()
        made += seed
    return Piece(name, "audio/wav", bytes(made), **how)


def document(name, **how):
    return Piece(name, "application/pdf", b"%PDF-1.4\r\n\x00\xff\n" + name.encode(), **how)


LARGE = 5000 if samples.SMALL else 3_000_000


def reference(piece):
    return piece.reference


def pieces(build):
    """The pieces of a text, in order."""
    found = []
    build(lambda piece: found.append(piece) or piece.reference)
    return found


@dataclasses.dataclass
class Written:
    """One text with content that was written: in which field of which observation (None for
    the trace itself). announced is the observation that the client announces it for."""

    trace_id: str
    observation_id: "str | None"
    announced: "str | None"
    field: str
    build: object
    name: str


class Contents:
    """The content that a program writes. wrap makes the client's object of a content; folder
    is for files."""

    def __init__(self, wrap, folder):
        self.wrap, self.folder = wrap, folder
        self.written = []

    def given(self, piece):
        """A piece as the program hands it to the client."""
        if piece.given == "bytes":
            return self.wrap(content_bytes=piece.data, content_type=piece.type)
        if piece.given == "file":
            path = os.path.join(self.folder, piece.name)
            with open(path, "wb") as file:
                file.write(piece.data)
            return self.wrap(file_path=path, content_type=piece.type)
        return piece.text

    def value(self, build):
        """A text for the client, and as it is stored. What is nothing but one piece goes out
        as JSON."""
        given, stored = build(self.given), build(reference)
        alone = isinstance(stored, str) and pieces(build)[0].by == "client"
        return Sent(given, json.dumps(stored) if alone else stored)

    def sent(self, build):
        """A text for a client of the batch API, and as it goes out: with the content that the
        client does not look for."""
        return Sent(build(self.given), build(lambda piece: piece.reference if piece.by == "client" else piece.text))

    def note(self, name, trace_id, observation_id, announced=None, **fields):
        for field, build in fields.items():
            place = (trace_id, observation_id, announced or observation_id)
            self.written.append(Written(*place, field, build, f"{name} {field}"))

    def put(self, by):
        """Every piece that comes in a way, with the text that has it."""
        return [(w, piece) for w in self.written for piece in pieces(w.build) if piece.by == by]

    def cut(self, value):
        """What went out as it is stored: without the content that the server cuts out."""
        if isinstance(value, str):
            for _, piece in self.put("server"):
                value = value.replace(piece.text, piece.reference)
        if isinstance(value, list):
            return [self.cut(item) for item in value]
        return {key: self.cut(item) for key, item in value.items()} if isinstance(value, dict) else value

    def cut_traces(self, traces):
        """The same of the inputs, outputs and metadata of traces and their observations."""
        for trace in traces.values():
            for one in (trace, *trace.observations):
                one.input, one.output = self.cut(one.input), self.cut(one.output)
            trace.metadata = self.cut(trace.metadata)
            for obs in trace.observations:
                obs.all_metadata = self.cut(obs.all_metadata)
