"""Reads one project over plain HTTP and compares all of it with what must be there."""

import base64
import http.client
import json
import urllib.parse

import checks
from readback import ALL_FIELDS

PAGE = 7  # small, so that lists have several


class Report(checks.Report):
    """Counts checks; some are of a few fields of an object alone."""

    def said(self, name, want, got):
        """One check of some fields of an object: those in want must be as they are there,
        maps below them too, but only the keys that want has."""
        problems = []
        checks.diff("", want, picked(want, got), problems)
        self.record(name, problems)


def picked(want, got):
    """got without the keys of maps that want does not have."""
    if isinstance(want, dict) and isinstance(got, dict):
        return {k: picked(want[k], v) for k, v in got.items() if k in want}
    return got


class Reader:
    """One project of one server. report counts the checks, expect makes the objects
    that must come back for traces, a dict by id."""

    def __init__(self, report, url, keys, traces, expect, label=""):
        self.report = report
        self.url = urllib.parse.urlsplit(url)
        self.keys = base64.b64encode(":".join(keys).encode()).decode()
        self.traces = traces
        self.observations = {o.id: o for t in traces.values() for o in t.observations}
        self.expect = expect
        self.label = label
        self.seen_traces = {}  # the answers for single traces and observations, by id
        self.seen_observations = {}

    def get(self, path, base="/api/public", **query):
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        try:
            target = f"{base}/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
            connection.request("GET", target, headers={"Authorization": f"Basic {self.keys}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def everything(self):
        """All reads; notes on the report what has been compared."""
        self.single_traces()
        self.trace_list()
        self.single_observations()
        self.observation_list()
        self.v2_list()
        self.sessions()

    def one(self, name, want, got):
        """One object: every key of either side, but for keys of which both sides say nothing."""
        if isinstance(want.get("usage"), dict):
            # Costs are in there for typed clients alone, which know the keys.
            want = {**want, "usage": {k: v for k, v in want["usage"].items() if v is not None}}
        if "htmlPath" in want:
            # Part of an address, so an id that is no word is escaped in it.
            want = {**want, "htmlPath": f"/project/{self.expect.project_id}/traces/{urllib.parse.quote(want['id'], safe='')}"}
        self.report.compare(self.label + name, *checks.whole(want, got))

    def found(self, name, path, **query):
        status, body = self.get(path, **query)
        if status != 200:
            self.report.true(f"{self.label}{name}", False, f"status {status}: {checks.brief(body)}")
            return None
        return body

    def detail(self, trace_id, id):
        """Everything that is stored about an observation."""
        parts = ["traces", trace_id, "observations", id]
        return self.found(f"detail of {id}", "/".join(urllib.parse.quote(part, safe="") for part in parts), base="/api/v1")

    def title(self, obs):
        return f"{self.traces[obs.trace_id].name}/{obs.name} {obs.id}"

    def single_traces(self):
        for trace in self.traces.values():
            name = f"trace {trace.name} {trace.id}"
            got = self.found(name, f"traces/{urllib.parse.quote(trace.id, safe='')}")
            if got is None:
                continue
            self.seen_traces[trace.id] = got
            inner = {o["id"]: o for o in got["observations"]}
            self.one(name, self.expect.trace(trace), {**got, "observations": sorted(inner)})
            for obs in trace.observations:
                if obs.id in inner:
                    self.one(f"{name} observation {obs.name}", self.expect.v1(obs, trace, detail=True), inner[obs.id])
        self.report.compared("traces", "HTTP")

    def pages(self, name, path):
        items, page = [], 1
        while True:
            got = self.found(f"{name} page {page}", path, page=page, limit=PAGE)
            if got is None:
                return items
            items += got["data"]
            if page >= got["meta"]["totalPages"]:
                self.report.compare(f"{self.label}{name} total", got["meta"]["totalItems"], len(items))
                return items
            page += 1

    def ids(self, name, want, items):
        self.report.compare(f"{self.label}{name} ids", sorted(want), sorted(i["id"] for i in items))

    def trace_list(self):
        items = self.pages("trace list", "traces")
        self.ids("trace list", self.traces, items)
        for item in items:
            if item["id"] in self.traces:
                trace = self.traces[item["id"]]
                self.one(f"trace list item {trace.name} {trace.id}", self.expect.trace(trace), item)

    def single_observations(self):
        for obs in self.observations.values():
            name = f"v1 {self.title(obs)}"
            got = self.found(name, f"observations/{urllib.parse.quote(obs.id, safe='')}")
            if got is not None:
                self.seen_observations[obs.id] = got
                self.one(name, self.expect.v1(obs, self.traces[obs.trace_id]), got)
        self.report.compared("observations v1", "HTTP")

    def observation_list(self):
        items = self.pages("v1 list", "observations")
        self.ids("v1 list", self.observations, items)
        for item in items:
            if item["id"] in self.observations:
                obs = self.observations[item["id"]]
                self.one(f"v1 list item {self.title(obs)}", self.expect.v1(obs, self.traces[obs.trace_id]), item)

    def v2_list(self):
        items, cursor = [], {}
        while True:
            got = self.found("v2 list", "v2/observations", limit=PAGE, fields=",".join(["core", *ALL_FIELDS]), **cursor)
            if got is None:
                return
            items += got["data"]
            if not got["meta"].get("cursor") or len(items) > len(self.observations):
                break
            cursor = {"cursor": got["meta"]["cursor"]}
        self.ids("v2 list", self.observations, items)
        for item in items:
            if item["id"] in self.observations:
                obs = self.observations[item["id"]]
                want = self.expect.v2(obs, self.traces[obs.trace_id], ALL_FIELDS)
                self.one(f"v2 list item {self.title(obs)}", want, item)
        self.report.compared("observations v2", "HTTP")

    def sessions(self):
        """Every session that a trace names, alone with its traces and in the list."""
        named = {}
        for trace in self.traces.values():
            if trace.session_id:
                named.setdefault(trace.session_id, []).append(trace)
        items = self.pages("session list", "sessions")
        self.ids("session list", named, items)
        for item in items:
            if item["id"] in named:
                self.one(f"session list item {item['id']}", self.session(item["id"], named), item)
        for session_id, traces in named.items():
            got = self.found(f"session {session_id}", f"sessions/{urllib.parse.quote(session_id, safe='')}")
            if got is None:
                continue
            inner = {t["id"]: t for t in got.pop("traces")}
            self.one(f"session {session_id}", self.session(session_id, named), got)
            self.report.compare(f"{self.label}session {session_id} trace ids", sorted(t.id for t in traces), sorted(inner))
            for trace in traces:
                if trace.id in inner:
                    left_out = ("observations", "scores", "totalCost", "latency", "htmlPath")
                    want = {k: v for k, v in self.expect.trace(trace).items() if k not in left_out}
                    self.one(f"session {session_id} trace {trace.name}", want, inner[trace.id])
        if named:
            self.report.compared("sessions", "HTTP")

    def session(self, session_id, named):
        earliest = min(named[session_id], key=lambda t: (t.timestamp_ms, t.id))
        return {
            "id": session_id,
            "projectId": self.expect.project_id,
            "createdAt": checks.recent(self.expect.since),
            "environment": earliest.environment,
        }
