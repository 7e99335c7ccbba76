"""The values the Python programs write."""

import datetime as dt
import json
import os
import pathlib
import uuid

data = lambda name: json.loads(pathlib.Path(__file__).with_name(name).read_text())

# What is written about models that every server knows, and about tools, with what must
# become of it, by the names of the observations; see the README.
DEFINITIONS = data("priced.json")["definitions"]
PRICED = {case["name"]: case for case in data("priced.json")["cases"]}
OFFERED = data("tools.json")["cases"]
TOOLS = {**{case["name"]: case["becomes"] for case in OFFERED}, **data("tools.json")["elsewhere"]}

SMALL = os.environ.get("FUSEBOX_CONFORMANCE_SMALL") == "1"


class Sent:
    """A value handed to the client that reaches the server as another one: plain is
    what it is as JSON, or, for usage, after the server's normalisation."""

    def __init__(self, given, plain):
        self.given = given
        self.plain = plain


ODD_TEXT = (
    "line one\nline two\ttabbed \x1b[31mred\x1b[0m 'single' \"double\" \\back\\slash </script> & < > "
    "Grüße, Ελλάδα, 日本語, עברית, e\u0301 combining, \u200bzero width, \u202eturned\u202c, \u2028separator, "
    "👩‍👧‍👦 family, 🏳️‍🌈 flag, 𝒳 astral, \ufeffmark, \u0085next"
)

# Two MiB in the middle of which stands text of more than one byte, so that a cut in
# the wrong place shows. Goes to blob storage; four KiB when a recording is made.
LONG_TEXT = ("0123456789abcdef" * 64 + "äöü€😀" * 4) * (4 if SMALL else 1950)

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "How warm is it in Oslo? 🌡️"}]},
]

ANSWER = {"role": "assistant", "content": None, "refusal": None, "score": 0.25, "parts": [1, 2.5, True, "x"]}

NESTED = {"a": {"b": {"c": [1, {"d": "e"}], "empty": {}}}, "list": [], "null": None, "unicode": "ключ 🔑"}

STAMP = dt.datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=dt.timezone.utc)
UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")

# Python values that are not JSON: the client turns them into what it can.
PYTHON_VALUES = Sent(
    {
        "time": STAMP,
        "uuid": UUID,
        "tuple": (1, "two"),
        "bytes": b"plain",
        "nan": float("nan"),
        "infinity": float("inf"),
        "wide": 2**60,
        "error": ValueError("wrong"),
    },
    {
        "time": "2026-03-01T12:30:15.123456Z",
        "uuid": str(UUID),
        "tuple": [1, "two"],
        "bytes": "plain",
        "nan": "NaN",
        "infinity": "Infinity",
        "wide": str(2**60),
        "error": "ValueError: wrong",
    },
)

# Every kind of metadata value. Texts that happen to be JSON come back parsed.
METADATA = {
    "text": "plain",
    "empty": "",
    "unicode": "naïve 🎈",
    "integer": 42,
    "negative": -7,
    "float": 0.125,
    "yes": True,
    "no": False,
    "null": None,
    "list": [1, "two", None, {"three": 3}],
    "nested": NESTED,
    "dotted.key": "kept",
    "number_text": "123",
    "bool_text": "true",
    "null_text": "null",
    "quoted_text": '"quoted"',
    "json_text": '{"inner": [1, 2]}',
    "zero_text": "007",
    "wide_text": "9007199254740993",
    "long": "long value " * 40,
    "long_list": list(range(100)),
}

# Inputs and outputs of one observation each; texts that are JSON come back parsed
# from the v1 API and as they were sent from the v2 API.
VALUES = {
    "text": "plain text",
    "odd text": ODD_TEXT,
    "empty text": "",
    "blank text": "   ",
    "json text": ' [1, 2, {"three": "3"}] ',
    "broken json": '{"open": [1, 2',
    "number text": "1e3",
    "leading zeros": "007",
    "nan text": "NaN",
    "integer": 7,
    "float": 42.5,
    "zero": 0,
    "true": True,
    "false": False,
    "list": [1, "two", None, 3.5, {"four": [4]}],
    "empty list": [],
    "empty object": {},
    "object": NESTED,
    "messages": MESSAGES,
    "python values": PYTHON_VALUES,
}

# Usage as sent and as normalised.
USAGES = {
    "plain": Sent({"input": 12, "output": 5}, {"input": 12, "output": 5}),
    "with total": Sent({"input": 3, "output": 4, "total": 70}, {"input": 3, "output": 4, "total": 70}),
    "openai chat": Sent(
        {
            "prompt_tokens": 9,
            "completion_tokens": 4,
            "total_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": None},
            "completion_tokens_details": {"reasoning_tokens": 3},
        },
        {"input": 4, "output": 1, "total": 13, "input_cached_tokens": 5, "output_reasoning_tokens": 3},
    ),
    "openai responses": Sent(
        {
            "input_tokens": 20,
            "output_tokens": 6,
            "total_tokens": 26,
            "input_tokens_details": {"cached_tokens": 8},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
        {"input": 12, "output": 6, "total": 26, "input_cached_tokens": 8, "output_reasoning_tokens": 0},
    ),
    "anthropic": Sent(
        {"input_tokens": 10, "output_tokens": 2, "cache_read_input_tokens": 7},
        {"input_tokens": 10, "output_tokens": 2, "cache_read_input_tokens": 7},
    ),
    # Not a count of anything: floats and negative numbers are dropped, texts read as numbers.
    "unfit": Sent({"input": 3, "half": 1.5, "minus": -2, "text": "8", "none": None}, {"input": 3, "text": 8}),
}

COSTS = {
    "both sides": {"input": 0.001, "output": 0.0025},
    "only total": {"total": 0.5},
    "no total": {"input": 0.1, "audio": 0.2},
    "one side": {"input": 0.000000123456},
}
