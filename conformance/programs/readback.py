"""Reads everything back through a client's typed API and compares all of it.

The generations of the client name the same routes differently; Routes holds the
callables of one of them.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Callable

import checks

ALL_FIELDS = ["basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"]
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)


@dataclass
class Routes:
    """The client's calls for the routes that are read. v2_session and v2_root tell
    whether its v2 call knows session_id and is_root_observation, trace_fields whether
    its call for one trace knows fields."""

    traces: Callable[..., Any]
    trace: Callable[..., Any]
    v1_list: Callable[..., Any]
    v1: Callable[..., Any]
    v2: Callable[..., Any]
    projects: Callable[..., Any]
    health: Callable[..., Any]
    not_found: type
    v2_session: bool = True
    v2_root: bool = True
    trace_fields: bool = True


class Reader:
    """Reads and compares. written must be settled, expect is for the same project."""

    def __init__(self, report, routes, written, expect):
        self.report = report
        self.routes = routes
        self.traces = written.traces()
        self.observations = [o for t in self.traces.values() for o in t.observations]
        self.expect = expect

    def everything(self, project_name, organization):
        """All checks."""
        self.account(project_name, organization)
        self.single_traces()
        self.trace_lists()
        self.v1_lists()
        self.single_v1()
        self.v2_lists()
        self.v2_fields()
        self.missing()

    def label(self, obs):
        return f"{self.traces[obs.trace_id].name}/{obs.name}"

    def one(self, name, expected, actual):
        self.report.compare(name, *checks.whole(expected, checks.wire(actual)))

    def ids(self, name, expected, got):
        self.report.compare(f"{name} ids", sorted(expected), sorted(item["id"] for item in got))

    def newest_first(self, name, got, key="startTime"):
        stamps = [item[key] for item in got]
        self.report.true(f"{name} order", stamps == sorted(stamps, reverse=True), "not newest first")

    def account(self, project_name, organization):
        answer = self.report.attempt("projects answers", self.routes.projects)
        want = {
            "id": self.expect.project_id,
            "name": project_name,
            "organization": organization,
            "metadata": {},
        }
        if answer is not None:
            self.report.true("projects has one project", len(answer.data) == 1, f"{len(answer.data)}")
            self.one("projects", want, answer.data[0])
        answer = self.report.attempt("health answers", self.routes.health)
        if answer is not None:
            self.report.true("health", answer.status == "OK" and isinstance(answer.version, str), repr(answer))

    def single_traces(self):
        for trace in self.traces.values():
            parts = [["core"], ["io", "metrics"], ["observations", "scores"]] if self.routes.trace_fields else []
            for fields in (None, *parts):
                name = f"trace {trace.name}" + (f" fields={','.join(fields)}" if fields else "")
                options = {"fields": ",".join(fields)} if fields else {}
                got = self.report.attempt(f"{name} answers", lambda: self.routes.trace(trace.id, **options))
                if got is None:
                    continue
                got = checks.wire(got)
                inner = {o["id"]: o for o in got["observations"]}
                got["observations"] = [o["id"] for o in got["observations"]]
                self.one(name, self.expect.trace(trace, fields), got)
                if fields is None:
                    for obs in trace.observations:
                        if obs.id in inner:
                            self.one(f"{name} observation {obs.name}", self.expect.v1(obs, trace, detail=True), inner[obs.id])

    def pages(self, name, call, limit, /, **options):
        """All items of a page-style list, and the checks of its meta."""
        items, page = [], 1
        while True:
            got = self.report.attempt(f"{name} page {page} answers", lambda: call(page=page, limit=limit, **options))
            if got is None:
                return items
            items += checks.wire(got.data)
            meta = checks.wire(got.meta)
            total = meta["totalItems"]
            want = {"page": page, "limit": limit, "totalItems": total, "totalPages": -(-total // limit)}
            self.report.compare(f"{name} page {page} meta", want, meta)
            full = min(limit, max(0, total - (page - 1) * limit))
            self.report.true(f"{name} page {page} size", len(got.data) == full, f"{len(got.data)} items, not {full}")
            if page >= meta["totalPages"]:
                self.report.true(f"{name} total", total == len(items), f"{total}, read {len(items)}")
                return items
            page += 1

    def trace_lists(self):
        """Lists of traces: all of them in small pages, then through every filter."""
        traces = list(self.traces.values())
        for trace in self.pages("traces", self.routes.traces, 3):
            if trace["id"] in self.traces:
                known = self.traces[trace["id"]]
                self.one(f"traces item {known.name}", self.expect.trace(known), trace)
        for fields in (["core"], ["io"], ["metrics"], ["observations"]):
            for trace in self.pages(f"traces fields={fields[0]}", self.routes.traces, 50, fields=fields[0]):
                if trace["id"] in self.traces:
                    known = self.traces[trace["id"]]
                    want = self.expect.trace(known, fields)
                    self.one(f"traces fields={fields[0]} item {known.name}", want, trace)

        newest = sorted((t.timestamp_ms for t in traces), reverse=True)
        middle = newest[len(newest) // 2]
        split = dt.datetime.fromtimestamp(middle / 1000, dt.timezone.utc)
        picks = {
            "all": ({}, lambda t: True),
            "from": ({"from_timestamp": split}, lambda t: t.timestamp_ms >= middle),
            "to": ({"to_timestamp": split}, lambda t: t.timestamp_ms < middle),
        }
        for field in ("name", "user_id", "session_id", "version", "release"):
            for value in sorted({getattr(t, field) for t in traces} - {None}):
                picks[f"{field}={value}"] = ({field: value}, lambda t, f=field, v=value: getattr(t, f) == v)
        for value in sorted({t.environment for t in traces}):
            # An environment also restricts which observations of a trace count, but not its membership.
            picks[f"environment={value}"] = ({"environment": value}, lambda t, v=value: t.environment == v)
        for tags in sorted({tuple(t.tags[:2]) for t in traces} - {()}):
            picks[f"tags={','.join(tags)}"] = ({"tags": list(tags)}, lambda t, w=set(tags): w <= set(t.tags))
        users = sorted({t.user_id for t in traces} - {None})
        if users:
            condition = [{"type": "string", "column": "userId", "operator": "=", "value": users[0]}]
            picks["filter userId"] = ({"filter": json.dumps(condition)}, lambda t: t.user_id == users[0])
        for name, (options, keep) in picks.items():
            got = self.pages(f"traces {name}", self.routes.traces, 4, **options)
            self.ids(f"traces {name}", [t.id for t in traces if keep(t)], got)
            self.newest_first(f"traces {name}", got, "timestamp")
        got = self.pages("traces by name", self.routes.traces, 4, order_by="name.asc")
        names = [t["name"] for t in got]
        self.report.true("traces by name order", names == sorted(names), checks.brief(names))

    def v1_lists(self):
        """Lists of the v1 API: each trace in small pages, then through every filter."""
        for trace in self.traces.values():
            name = f"v1 list {trace.name}"
            got = self.pages(name, self.routes.v1_list, 4, trace_id=trace.id)
            known = {o.id: o for o in trace.observations}
            self.ids(name, known, got)
            for item in got:
                if item["id"] in known:
                    obs = known[item["id"]]
                    self.one(f"{name} item {obs.name}", self.expect.v1(obs, trace), item)
            self.newest_first(name, got)
        for name, options, keep in self.observation_picks(v2=False):
            got = self.pages(f"v1 list {name}", self.routes.v1_list, 7, **options)
            self.ids(f"v1 list {name}", [o.id for o in self.observations if keep(o)], got)

    def single_v1(self):
        for obs in self.observations:
            name = f"v1 get {self.label(obs)}"
            got = self.report.attempt(f"{name} answers", lambda: self.routes.v1(obs.id))
            if got is not None:
                self.one(name, self.expect.v1(obs, self.traces[obs.trace_id]), got)

    def cursor(self, name, limit, /, **options):
        """All items of a v2 list, following its cursor."""
        items, cursor, page = [], None, 1
        while True:
            more = {"cursor": cursor} if cursor else {}
            got = self.report.attempt(f"{name} page {page} answers", lambda: self.routes.v2(limit=limit, **more, **options))
            if got is None:
                return items
            items += checks.wire(got.data)
            cursor = got.meta.cursor
            if not cursor:
                return items
            self.report.true(f"{name} page {page} size", len(got.data) == limit, f"{len(got.data)} items")
            if page > len(self.observations):
                self.report.true(f"{name} ends", False, "the cursor never ends")
                return items
            page += 1

    def v2_lists(self):
        """The v2 list: everything in small pages with all groups, then every filter."""
        known = {o.id: o for o in self.observations}
        got = self.cursor("v2 list", 5, fields=",".join(["core", *ALL_FIELDS]))
        self.ids("v2 list", known, got)
        self.newest_first("v2 list", got)
        for item in got:
            if item["id"] in known:
                obs = known[item["id"]]
                want = self.expect.v2(obs, self.traces[obs.trace_id], ALL_FIELDS)
                self.one(f"v2 list item {self.label(obs)}", want, item)
        for name, options, keep in self.observation_picks(v2=True):
            got = self.cursor(f"v2 list {name}", 6, **options)
            self.ids(f"v2 list {name}", [o.id for o in self.observations if keep(o)], got)

    def v2_fields(self):
        """Field groups alone and together, with and without full metadata."""
        known = {o.id: o for o in self.observations}
        forms = [(None, {}), *[([group], {}) for group in ALL_FIELDS]]
        forms.append((["metadata"], {"expand_metadata": "long,no_such_key"}))
        forms.append((["basic", "usage", "model"], {}))
        for fields, options in forms:
            name = f"v2 fields={','.join(fields) if fields else 'default'}{' expanded' if options else ''}"
            asked = {"fields": ",".join(fields)} if fields else {}
            for item in self.cursor(name, 40, **asked, **options):
                if item["id"] in known:
                    obs = known[item["id"]]
                    groups = fields or ["basic"]
                    want = self.expect.v2(obs, self.traces[obs.trace_id], groups, expanded=bool(options))
                    self.one(f"{name} {self.label(obs)}", want, item)

    def observation_picks(self, v2):
        """Filters of both observation lists: name, options, and which observations
        they select."""
        shown = lambda o, f: getattr(o, f) or getattr(self.traces[o.trace_id], f)
        every = self.observations
        for kind in sorted({o.type for o in every}):
            yield f"type={kind}", {"type": kind}, lambda o, v=kind: o.type == v
        for level in ("DEBUG", "DEFAULT", "WARNING", "ERROR"):
            yield f"level={level}", {"level": level}, lambda o, v=level: (o.level or "DEFAULT") == v
        for name in sorted({o.name for o in every})[:3]:
            yield f"name={name}", {"name": name}, lambda o, v=name: o.name == v
        fields = ["user_id", "version", "environment"] + (["session_id"] if v2 and self.routes.v2_session else [])
        for field in fields:
            for value in sorted({shown(o, field) for o in every} - {None}):
                yield f"{field}={value}", {field: value}, lambda o, f=field, v=value: shown(o, f) == v
        for parent in sorted({o.parent_id for o in every} - {None})[:3]:
            options = {"parent_observation_id": parent}
            yield f"parent={parent}", options, lambda o, v=parent: o.parent_id == v
        starts = sorted(o.start_ms for o in every)
        middle = starts[len(starts) // 2]
        split = dt.datetime.fromtimestamp(middle / 1000, dt.timezone.utc)
        yield "from", {"from_start_time": split}, lambda o: o.start_ms >= middle
        yield "to", {"to_start_time": split}, lambda o: o.start_ms < middle
        yield "window", {"from_start_time": LONG_AGO, "to_start_time": split}, lambda o: o.start_ms < middle
        kinds = ["TOOL", "EVENT"]
        condition = [{"type": "stringOptions", "column": "type", "operator": "any of", "value": kinds}]
        yield "filter type", {"filter": json.dumps(condition)}, lambda o: o.type in kinds
        if v2:
            yield "no parent", {"parent_observation_id": ""}, lambda o: o.parent_id is None
        if v2 and self.routes.v2_root:
            is_root = lambda o: o.parent_id is None or o.app_root
            yield "roots", {"is_root_observation": True}, is_root
            yield "not roots", {"is_root_observation": False}, lambda o: not is_root(o)

    def missing(self):
        """What was never written is a 404 of the client's own kind."""
        for name, call in {
            "unknown trace": lambda: self.routes.trace("0" * 31 + "1"),
            "unknown observation": lambda: self.routes.v1("0" * 15 + "1"),
        }.items():
            try:
                call()
                self.report.true(name, False, "was found")
            except self.routes.not_found:
                self.report.true(name, True)
            except Exception as err:
                self.report.true(name, False, f"{type(err).__name__}: {err}")
        empty = self.report.attempt("empty page answers", lambda: self.routes.traces(page=1000, limit=10))
        if empty is not None:
            self.report.true("empty page", empty.data == [], checks.brief(empty))
