"""What a program handed to a client, held against what the client sent.

A program notes every call with the body that the call has to put on the wire. check
compares each note with what went out; what nobody noted must not have gone out. So
the bodies on the wire, which have the client's times and ids as well, may be taken
for what was written.
"""

import dataclasses
import datetime as dt
import enum

import checks
import events
from samples import Sent


@dataclasses.dataclass
class Note:
    kind: str  # the type of a batch event, or "POST spans" and the like
    id: str
    body: dict  # values or rules
    partial: bool = False  # the client adds to it


class Notes:
    def __init__(self):
        self.notes = []

    def add(self, kind, body, partial=False):
        self.notes.append(Note(kind, body["id"], {k: carried(v) for k, v in body.items()}, partial))

    def check(self, report, sent):
        """sent are pairs of a kind and a body, in the order of sending."""
        waiting = {}
        for kind, body in sent:
            waiting.setdefault((kind, identity(body)), []).append(body)
        for note in self.notes:
            name = f"sent {note.kind} {note.id}"
            got = waiting.get((note.kind, note.id))
            if not got:
                report.true(name, False, "was not sent")
                continue
            body = got.pop(0)
            if note.partial:
                body = {k: v for k, v in body.items() if k in note.body}
            report.compare(name, note.body, body)
        rest = [key for key, bodies in waiting.items() for _ in bodies]
        report.compare("sent and not noted", [], rest)


def identity(body):
    """The id a body is about."""
    return body.get("id") or body.get("spanId") or body.get("generationId")


def carried(value):
    """A value as it has to appear on the wire."""
    if isinstance(value, Sent):
        return value.plain
    if isinstance(value, dt.datetime):
        return same_time(value)
    if isinstance(value, enum.Enum):
        return value.value
    return value


def same_time(value):
    """A text that says the same time."""
    want = events.micros(value)
    return checks.Rule(value.isoformat(), lambda actual: events.micros(actual) == want)


def given(value):
    """A value as the client gets it."""
    return value.given if isinstance(value, Sent) else value


def now_text(since):
    """A text that says a time since the program started."""
    return checks.Rule("a time since the program started", lambda actual: since - 2 <= events.micros(actual) / 1e6 <= since + 600)
