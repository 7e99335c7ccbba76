"""Comparing what was read back with what was written.

Report counts and prints checks. diff compares an expected value with one that was
read, down to the last key. wire turns an object of a client's typed API into plain
values under the names the HTTP API uses, so that one set of expectations serves
every generation of the client.
"""

import datetime as dt
import decimal
import enum
import json
import math
import re
import sys
import time

MAX_DIFFS = 12
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


class Rule:
    """An expected value that is not one fixed value. holds(actual) decides."""

    def __init__(self, text, holds):
        self.text = text
        self.holds = holds

    def __repr__(self):
        return f"<{self.text}>"


class Report:
    """Prints one line per check and counts them."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.comparisons = set()

    def compared(self, what, how):
        """Notes that objects of a kind were compared whole: what as in the README, how is
        "HTTP" or the name of the client's method they were read with."""
        self.comparisons.add((what, how))

    def compare(self, name, expected, actual):
        """One check: actual must equal expected in every part."""
        problems = []
        diff("", expected, actual, problems)
        self.record(name, problems)

    def true(self, name, holds, why=""):
        """One check of a plain condition."""
        self.record(name, [] if holds else [why or "is not so"])

    def record(self, name, problems):
        """One check whose problems are already known."""
        if not problems:
            self.passed += 1
            print(f"ok {name}", flush=True)
            return
        self.failed += 1
        shown = "; ".join(problems[:MAX_DIFFS])
        if len(problems) > MAX_DIFFS:
            shown += f"; and {len(problems) - MAX_DIFFS} more"
        print(f"FAIL {name}: {shown}", flush=True)

    def attempt(self, name, call):
        """Runs call and returns its result; a failing call is a failing check and
        gives None."""
        try:
            return call()
        except Exception as err:
            self.record(name, [f"{type(err).__name__}: {brief(str(err))}"])
            return None

    def finish(self):
        """Prints what was compared and the totals, and leaves with 1 if anything failed."""
        for what, how in sorted(self.comparisons):
            print(f"compared: {what} through {how}")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed else 0)


class Named:
    """A report whose checks have a word before their names."""

    def __init__(self, report, word):
        self.report, self.word = report, word
        self.compared = report.compared

    def compare(self, name, expected, actual):
        self.report.compare(f"{self.word} {name}", expected, actual)

    def true(self, name, holds, why=""):
        self.report.true(f"{self.word} {name}", holds, why)

    def attempt(self, name, call):
        return self.report.attempt(f"{self.word} {name}", call)


def diff(path, expected, actual, out):
    """Appends to out one line for every difference."""
    where = path or "value"
    if isinstance(expected, Rule):
        try:
            held = expected.holds(actual)
        except Exception as err:
            held, actual = False, f"{actual!r} ({err})"
        if not held:
            out.append(f"{where}: want {expected}, got {brief(actual)}")
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            if key not in actual:
                out.append(f"{where}.{key}: want {brief(expected[key])}, is missing")
            else:
                diff(f"{path}.{key}", expected[key], actual[key], out)
        for key in actual:
            if key not in expected:
                out.append(f"{where}.{key}: not expected, got {brief(actual[key])}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            out.append(f"{where}: want {len(expected)} items, got {len(actual)}: {brief(actual)}")
            return
        for index, (want, got) in enumerate(zip(expected, actual)):
            diff(f"{path}[{index}]", want, got, out)
    elif not same(expected, actual):
        out.append(f"{where}: want {brief(expected)}, got {brief(actual)}")


def same(expected, actual):
    """Equality in which true is not 1 and 3 is 3.0, as in JSON."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return isinstance(expected, bool) and isinstance(actual, bool) and expected == actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        if isinstance(expected, int) and isinstance(actual, int):
            return expected == actual
        return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-15)
    return type(expected) is type(actual) and expected == actual


def brief(value):
    """value for a message, cut to a readable length."""
    text = value if isinstance(value, Rule) else repr(value)
    text = str(text)
    return text if len(text) <= 160 else f"{text[:120]}… ({len(text)} characters)"


def wire(value):
    """The plain form of what a typed API returned, under the names of the HTTP API.

    Fields the server left out come as the type's default, so an absent key and an
    explicit null look the same: that is what a user of the client sees."""
    fields = getattr(type(value), "model_fields", None) or getattr(type(value), "__fields__", None)
    if fields is not None and not isinstance(value, dict):
        plain = {}
        for name, field in fields.items():
            plain[_alias(name, field)] = wire(getattr(value, name))
        extra = getattr(value, "model_extra", None)
        if extra is None:
            extra = {k: v for k, v in vars(value).items() if k not in fields}
        for name, item in extra.items():
            plain[name] = wire(item)
        return plain
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {k: wire(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [wire(v) for v in value]
    return value


def _alias(name, field):
    for extra in getattr(field, "metadata", None) or []:
        if getattr(extra, "alias", None):
            return extra.alias
    return getattr(field, "alias", None) or name


def whole(expected, actual):
    """Both sides of the comparison of one object: a key that neither side gives a
    value may be null, empty or absent, any other key must be expected."""
    actual = {k: v for k, v in actual.items() if k in expected or not _blank(v)}
    for key, want in expected.items():
        if key not in actual and (want is None or isinstance(want, Rule)):
            actual[key] = None
    return expected, actual


def _blank(value):
    return value is None or value is False or value == 0 or value in ("", [], {})


def at(ms):
    """A time, by its milliseconds since 1970: a typed datetime, or its text with
    exactly three decimals and a Z."""
    if ms is None:
        return None

    def holds(actual):
        if isinstance(actual, str):
            if not _TIME.match(actual):
                return False
            actual = dt.datetime.fromisoformat(actual.replace("Z", "+00:00"))
        if not isinstance(actual, dt.datetime) or actual.tzinfo is None:
            return False
        return round(actual.timestamp() * 1000) == ms

    stamp = dt.datetime.fromtimestamp(ms / 1000, dt.timezone.utc).isoformat(timespec="milliseconds")
    return Rule(stamp, holds)


def between(low, high):
    """A time from low to high, both in microseconds since 1970; what is shown is cut to
    milliseconds."""

    def holds(actual):
        return low // 1000 <= milliseconds(actual) <= high // 1000

    return Rule(f"a time from {low} to {high} µs", holds)


def milliseconds(actual):
    """A time that was read, in milliseconds since 1970."""
    if isinstance(actual, str):
        if not _TIME.match(actual):
            raise ValueError("not a time with three decimals and a Z")
        actual = dt.datetime.fromisoformat(actual.replace("Z", "+00:00"))
    if actual.tzinfo is None:
        raise ValueError("a time without zone")
    return round(actual.timestamp() * 1000)


def recent(since):
    """A time the server took between since (seconds, with a little room for clocks)
    and now."""

    def holds(actual):
        if isinstance(actual, str):
            if not _TIME.match(actual):
                return False
            actual = dt.datetime.fromisoformat(actual.replace("Z", "+00:00"))
        return isinstance(actual, dt.datetime) and since - 2 <= actual.timestamp() <= time.time() + 2

    return Rule("a time since the program started", holds)


def seconds(start_ns, end_ns):
    """A duration in seconds. Times are kept finer than the milliseconds shown, so
    where the two are not whole milliseconds the last digit is open."""
    if start_ns is None or end_ns is None:
        return None
    want = (end_ns - start_ns) / 1e9
    room = 1e-9 if start_ns % 1_000_000 == 0 and end_ns % 1_000_000 == 0 else 0.0011

    def holds(actual):
        return isinstance(actual, (int, float)) and not isinstance(actual, bool) and abs(actual - want) <= room

    return Rule(f"{want:.6f} s", holds)


def one_of(*values):
    """Any of the values."""
    return Rule(" or ".join(map(repr, values)), lambda actual: any(same(v, actual) for v in values))


def decimal_text(number):
    """A decimal number as text."""
    want = decimal.Decimal(str(number))
    return Rule(f"the text of {want}", lambda a: isinstance(a, str) and decimal.Decimal(a) == want)


def json_text(value):
    """A text that is the JSON of value; white space is free."""

    def holds(actual):
        problems = []
        diff("", value, json.loads(actual), problems)
        return isinstance(actual, str) and not problems

    return Rule(f"JSON text of {brief(value)}", holds)


def unordered(values):
    """A list with exactly these values, in any order."""
    want = sorted(values)
    return Rule(f"in any order {brief(want)}", lambda a: isinstance(a, list) and sorted(a) == want)


def text_id():
    """Some non-empty id that the server chose."""
    return Rule("a non-empty id", lambda a: isinstance(a, str) and a != "")
