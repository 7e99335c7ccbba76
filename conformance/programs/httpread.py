"""The routes of the public API past any client: plain HTTP, JSON as it comes.

They take the arguments that the typed clients take, so that one reader serves both.
"""

import base64
import datetime as dt
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

import readback


class NotFound(Exception):
    """The server answered 404."""


class Json(dict):
    """A JSON object whose keys can be read as attributes, None where it has none."""

    __getattr__ = dict.get


class Api:
    """GET requests with the project's keys."""

    def __init__(self, base="/api/public"):
        keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
        self.headers = {"Authorization": "Basic " + base64.b64encode(keys.encode()).decode()}
        self.base = os.environ["LANGFUSE_BASE_URL"] + base

    def get(self, path, **options):
        pairs = [(camel(name), item) for name, value in options.items() for item in values(value)]
        query = "?" + urllib.parse.urlencode(pairs) if pairs else ""
        request = urllib.request.Request(self.base + path + query, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read(), object_hook=Json)
        except urllib.error.HTTPError as err:
            said = err.read().decode(errors="replace")
            kind = NotFound if err.code == 404 else RuntimeError
            raise kind(f"{err.code} {said}") from None

    def list(self, path):
        return lambda **options: self.get(path, **options)

    def one(self, path):
        return lambda id, **options: self.get(f"{path}/{urllib.parse.quote(id, safe='')}", **options)


def camel(name):
    return re.sub(r"_(\w)", lambda m: m.group(1).upper(), name)


def values(value):
    """A query value as texts, several for a list."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dt.datetime):
            yield item.astimezone(dt.timezone.utc).isoformat().replace("+00:00", "Z")
        elif isinstance(item, bool):
            yield str(item).lower()
        elif item is not None:
            yield str(item)


def routes():
    api, own = Api(), Api("/api/v1")
    quote = lambda id: urllib.parse.quote(id, safe="")
    return readback.Routes(
        traces=api.list("/traces"),
        trace=api.one("/traces"),
        v1_list=api.list("/observations"),
        v1=api.one("/observations"),
        v2=api.list("/v2/observations"),
        projects=api.list("/projects"),
        health=api.list("/health"),
        not_found=NotFound,
        sessions=api.list("/sessions"),
        session=api.one("/sessions"),
        scores_v1=api.list("/scores"),
        score_v1=api.one("/scores"),
        scores_v2=api.list("/v2/scores"),
        score_v2=api.one("/v2/scores"),
        scores_v3=api.list("/v3/scores"),
        models=api.list("/models"),
        detail=lambda trace_id, id: own.get(f"/traces/{quote(trace_id)}/observations/{quote(id)}"),
        typed=False,
    )
