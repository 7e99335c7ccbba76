"""Values as LiteLLM sends them, and as the server keeps them."""

import datetime as dt

import written


def text(value):
    """An input or output as it is stored: texts as they are, the rest as JSON."""
    return value if value is None or isinstance(value, str) else written.compact(value)


def weak(value):
    return value in ("", 0, False) and not isinstance(value, (list, dict))


def nanoseconds(stamp):
    """An ISO time in nanoseconds since 1970."""
    moment = dt.datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * 1_000_000_000 + moment.microsecond * 1000


def counted(details):
    """A generic usage map: whole numbers from 0 on."""
    return {k: n for k, n in details.items() if isinstance(n, int) and not isinstance(n, bool) and n >= 0}
