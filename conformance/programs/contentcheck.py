"""What must have become of the content that a program wrote: announced and uploaded once by
the client, or cut out by the server; its references where it stood, and behind each of them
the same bytes.
"""

import dataclasses
import hashlib
import os
import time
import urllib.error
import urllib.request
from typing import Any, Callable

import checks
import httpread
from content import HOUR, reference

CONTENT = "/api/v1/media/content/"
NOWHERE = "A" * 22  # an id that no content has


@dataclasses.dataclass
class Calls:
    """The calls of one generation of the client, and what their users call them. announce
    takes the words of the HTTP API."""

    get: Callable[..., Any]
    trace: Callable[..., Any]
    resolve: Callable[..., Any]
    announce: Callable[..., Any]
    not_found: type
    names: dict
    uploads: bool = True  # whether the wire sees the uploads themselves


class Checker:
    def __init__(self, report, calls, wire, contents, since):
        self.report, self.calls, self.wire, self.contents, self.since = report, calls, wire, contents, since

    def everything(self):
        self.announced()
        self.uploaded()
        self.listed()
        self.again()
        self.found()
        self.read_back()
        self.missing()

    def announced(self):
        """Every place of content that the client uploads is announced; with a link for the first
        announcement of a content, and without one when it has been uploaded."""
        wanted = [announcement(w, piece) for w, piece in self.contents.put("client")]
        sent = [r for r in self.wire.media if r.method == "POST"]
        bodies = [{k: v for k, v in r.body.items() if v is not None} for r in sent]
        order = lambda body: sorted(f"{k}={v}" for k, v in body.items())
        self.report.compare("content is announced", sorted(wanted, key=order), sorted(bodies, key=order))
        self.report.compare("content is announced with success", [201] * len(sent), [r.status for r in sent])
        by_hash = {piece.hash: piece for _, piece in self.contents.put("client")}
        linked = []
        for request in sent:
            piece = by_hash.get(request.body["sha256Hash"])
            if piece is None:
                continue
            first = piece.hash not in linked
            want = {"mediaId": piece.id, "uploadUrl": self.link() if first else None}
            self.report.compare(f"announcement of {piece.name}{'' if first else ' again'}", want, request.answer)
            linked.append(piece.hash)
        self.report.true("content is announced again", len(linked) > len(set(linked)))

    def link(self):
        start = os.environ["LANGFUSE_BASE_URL"] + CONTENT
        return checks.Rule(f"a link that begins with {start}", lambda a: isinstance(a, str) and a.startswith(start))

    def uploaded(self):
        """Each content is uploaded once, all of it, and reported."""
        pieces = {piece.id: piece for _, piece in self.contents.put("client")}
        reports = {r.path.rsplit("/", 1)[1]: r for r in self.wire.media if r.method == "PATCH"}
        self.report.compare("uploads are reported", sorted(pieces), sorted(reports))
        for id, request in reports.items():
            got = [request.status, request.body["uploadHttpStatus"], request.answer]
            self.report.compare(f"report of {id}", [200, 200, {"message": "OK"}], got)
        if not self.calls.uploads:
            return
        uploads = [r for r in self.wire.media if r.method == "PUT"]
        digests = lambda contents: sorted((len(data), hashlib.sha256(data).hexdigest()) for data in contents)
        wanted = digests(piece.data for piece in pieces.values())
        self.report.compare("content is uploaded once", wanted, digests(r.body for r in uploads))
        self.report.compare("uploads succeed", [200] * len(pieces), [r.status for r in uploads])

    def again(self):
        """Content that the server has cut out, the client need not upload any more; and what the
        client has announced, it may announce again."""
        for by in ("server", "client"):
            for w, piece in self.contents.put(by):
                name = f"announcement of {piece.name} {'that was cut out' if by == 'server' else 'once more'}"
                got = self.report.attempt(f"{name} answers", lambda: self.calls.announce(**announcement(w, piece)))
                if got is not None:
                    self.report.compare(name, {"mediaId": piece.id, "uploadUrl": None}, checks.wire(got))
                    self.report.compared("media", self.calls.names["announce"])

    def found(self):
        """Every content has a link, which opens it without a key."""
        for piece in {p.id: p for by in ("client", "server") for _, p in self.contents.put(by)}.values():
            name = f"media {piece.name}"
            got = self.report.attempt(f"{name} answers", lambda: self.calls.get(piece.id))
            if got is None:
                continue
            want = {
                "mediaId": piece.id,
                "contentType": piece.type,
                "contentLength": len(piece.data),
                "uploadedAt": checks.recent(self.since),
                "url": self.link(),
                "urlExpiry": checks.Rule("a time in an hour", lambda a: abs(checks.milliseconds(a) / 1000 - time.time() - HOUR) < 60),
            }
            got = checks.wire(got)
            self.report.compare(name, want, got)
            self.report.compared("media", self.calls.names["get"])
            with urllib.request.urlopen(got["url"], timeout=60) as answer:
                same = answer.read() == piece.data
                self.report.true(f"{name} is the same bytes", same, "the link has others")
                self.report.compare(f"{name} has its type", piece.type, answer.headers["Content-Type"])

    def read_back(self):
        """The references stand where the content stood, and resolve to it."""
        for w in self.contents.written:
            trace = self.report.attempt(f"trace of {w.name} answers", lambda: self.calls.trace(w.trace_id))
            if trace is None:
                continue
            shown = checks.wire(trace)
            if w.observation_id:
                shown = next((o for o in shown["observations"] if o["id"] == w.observation_id), {})
            stored, original = w.build(reference), w.build(lambda piece: piece.uri)
            got = shown.get(w.field)
            if isinstance(stored, dict) and isinstance(got, dict):
                # Metadata has more than was written.
                got = part(stored, got)
            self.report.compare(f"{w.name} has references", stored, got)
            resolved = self.report.attempt(f"{w.name} is resolved", lambda: self.calls.resolve(got))
            self.report.compare(f"{w.name} resolves to what it was", original, resolved)
            self.report.compared("media", self.calls.names["resolve"])

    def listed(self):
        """The traces know what content they have, where, and how it came."""
        names, places = ("mediaId", "observationId", "field", "origin"), {}
        for by, origin in (("client", "CLIENT_UPLOAD"), ("server", "INGESTION_MEDIA_EXTRACTION")):
            for w, piece in self.contents.put(by):
                places.setdefault(w.trace_id, set()).add((piece.id, w.announced, w.field, origin))
        order = lambda link: [link[name] or "" for name in names]
        for trace_id, links in places.items():
            wanted = [dict(zip(names, link)) for link in links]
            got = httpread.Api("/api/v1").get(f"/traces/{trace_id}/media")["data"]
            self.report.compare(f"media of trace {trace_id}", sorted(wanted, key=order), sorted(got, key=order))
        self.report.compared("media", "HTTP")

    def missing(self):
        """Content that is not there is not found, and links do no more than they say."""
        try:
            self.calls.get(NOWHERE)
            self.report.true("unknown media", False, "was found")
        except self.calls.not_found:
            self.report.true("unknown media", True)
        text = f"before @@@langfuseMedia:type=image/png|id={NOWHERE}|source=bytes@@@ after"
        self.report.compare("a reference to nothing stays", text, self.calls.resolve(text))
        link = next(r.answer["uploadUrl"] for r in self.wire.media if r.method == "POST" and r.answer["uploadUrl"])
        self.report.compare("an upload link does not open content", 403, status(link))
        self.report.compare("a forged link opens nothing", 403, status(link[:-1] + "_"))


def announcement(w, piece):
    """What announces a piece, in the words of the HTTP API."""
    made = {"contentType": piece.type, "contentLength": len(piece.data), "sha256Hash": piece.hash, "field": w.field}
    return {**made, "traceId": w.trace_id, **({"observationId": w.announced} if w.announced else {})}


def part(wanted, got):
    """Of an object what there is in wanted, at any depth."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return {k: part(wanted[k], v) for k, v in got.items() if k in wanted}
    return got


def status(link):
    try:
        with urllib.request.urlopen(link, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as err:
        return err.code
