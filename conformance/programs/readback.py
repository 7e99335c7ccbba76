"""Reads everything back through a client's typed API, or past it, and compares all of it.

The generations of the client name the same routes differently; Routes holds the
callables of one of them.
"""

import datetime as dt
import inspect
import json
from dataclasses import dataclass, field
from typing import Any, Callable

import checks
import expected
import folding

ALL_FIELDS = ["basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"]
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)


@dataclass
class Routes:
    """The calls for the routes that are read; None where there is none. v2_session and
    v2_root tell whether the v2 call knows session_id and is_root_observation,
    trace_fields whether the call for one trace knows fields. names are what the
    client's users call the calls, for the list of what was compared.

    typed calls give objects of the client's types, in which a field that was left out
    reads as null; the others give the JSON, in which every key must be. narrow types do
    not have all the fields there are; only those they have are compared."""

    traces: Callable[..., Any]
    trace: Callable[..., Any]
    v1_list: Callable[..., Any]
    v1: Callable[..., Any]
    v2: "Callable[..., Any] | None" = None
    projects: "Callable[..., Any] | None" = None
    health: "Callable[..., Any] | None" = None
    not_found: type = Exception
    sessions: "Callable[..., Any] | None" = None
    session: "Callable[..., Any] | None" = None
    scores_v1: "Callable[..., Any] | None" = None
    score_v1: "Callable[..., Any] | None" = None
    scores_v2: "Callable[..., Any] | None" = None
    score_v2: "Callable[..., Any] | None" = None
    scores_v3: "Callable[..., Any] | None" = None
    models: "Callable[..., Any] | None" = None
    detail: "Callable[..., Any] | None" = None
    v2_session: bool = True
    v2_root: bool = True
    trace_fields: bool = True
    typed: bool = True
    narrow: bool = False
    names: dict = field(default_factory=dict)


class Reader:
    """Reads and compares. traces are those written, by id, expect is for the same project
    and knows the scores. convert is what the client's types make of an expected object."""

    def __init__(self, report, routes, traces, expect, convert=None):
        self.report = report if routes.typed else checks.Named(report, "HTTP")
        self.routes = routes
        self.traces = traces
        self.observations = [o for t in self.traces.values() for o in t.observations]
        self.expect = expect
        self.convert = convert or (lambda expected: expected)

    def everything(self, project_name=None, organization=None):
        """All checks that there are calls for."""
        if self.routes.projects is not None:
            self.account(project_name, organization)
        if self.routes.models is not None and any(o.priced for o in self.observations):
            self.definitions()
        self.single_traces()
        self.trace_lists()
        self.v1_lists()
        self.single_v1()
        if self.routes.v2 is not None:
            self.v2_lists()
            self.v2_fields()
        if self.routes.detail is not None:
            self.details()
        self.scores()
        self.sessions()
        self.missing()

    def label(self, obs):
        return f"{self.traces[obs.trace_id].name}/{obs.name}"

    def one(self, name, expected, actual, what=None, route=None):
        """One object. what it is and the route it was read by are listed as compared."""
        actual = checks.wire(actual)
        if self.routes.narrow:
            expected = {k: v for k, v in expected.items() if k in actual}
        expected = self.convert(expected)
        if self.routes.typed:
            expected, actual = checks.whole(expected, actual)
        elif isinstance(expected.get("usage"), dict):
            expected["usage"] = {k: v for k, v in expected["usage"].items() if not k.endswith("Cost")}
        self.report.compare(name, expected, actual)
        if what is not None:
            self.report.compared(what, self.routes.names[route] if self.routes.typed else "HTTP")

    def fits(self, call, options):
        """Whether the client's call has all the options."""
        known = inspect.signature(call).parameters
        return all(o in known for o in options) or any(p.kind is p.VAR_KEYWORD for p in known.values())

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
        if not self.routes.typed:
            want["retentionDays"] = 0  # one generation of clients needs a number
        if answer is not None:
            self.report.true("projects has one project", len(answer.data) == 1, f"{len(answer.data)}")
            self.one("projects", want, answer.data[0])
        answer = self.report.attempt("health answers", self.routes.health)
        if answer is not None:
            self.report.true("health", answer.status == "OK" and isinstance(answer.version, str), repr(answer))

    def definitions(self):
        """The definitions of the models that every server knows and the program used."""
        wanted = {o.priced["definition"] for o in self.observations if o.priced}
        found = {m["modelName"]: m for m in self.pages("models", self.routes.models, 60) if m["isLangfuseManaged"]}
        self.report.true("models are there", wanted <= set(found), f"{sorted(wanted - set(found))} are not")
        for name in sorted(wanted & set(found)):
            self.one(f"model {name}", self.expect.definition(name), found[name], "models", "models")
        self.expect.definitions = found

    def details(self):
        """What only the read of one observation of a trace shows."""
        for obs in self.observations:
            name, want = f"detail {self.label(obs)}", self.expect.detail(obs)
            got = self.report.attempt(f"{name} answers", lambda: self.routes.detail(obs.trace_id, obs.id))
            if got is None:
                continue
            for entry in got["accounting"]["entries"]:
                del entry["rule"]  # of the mapping; not all that is written has one
            self.report.compare(name, want, {k: got[k] for k in want})
        self.report.compared("accounts and tools of observations", "HTTP")

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
                scores = {s["id"]: s for s in got["scores"]}
                got["scores"] = [s["id"] for s in got["scores"]]
                self.one(name, self.expect.trace(trace, fields), got, "traces", "trace")
                if fields is None:
                    for obs in trace.observations:
                        if obs.id in inner:
                            self.one(f"{name} observation {obs.name}", self.expect.v1(obs, trace, detail=True), inner[obs.id])
                    for score in self.expect.scores_of(trace):
                        if score.id in scores:
                            self.one(f"{name} score {score.name}", self.expect.score(score, 1), scores[score.id])

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
                self.one(f"traces item {known.name}", self.expect.trace(known), trace, "traces", "traces")
        for fields in (["core"], ["io"], ["metrics"], ["observations"], ["scores"]):
            if not self.fits(self.routes.traces, {"fields"}):
                break
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
            if not self.fits(self.routes.traces, options):
                continue
            got = self.pages(f"traces {name}", self.routes.traces, 4, **options)
            self.ids(f"traces {name}", [t.id for t in traces if keep(t)], got)
            self.newest_first(f"traces {name}", got, "timestamp")
        if not self.fits(self.routes.traces, {"order_by"}):
            return
        got = self.pages("traces by name", self.routes.traces, 4, order_by="name.asc")
        names = [t["name"] or "" for t in got]
        self.report.true("traces by name order", names == sorted(names), checks.brief(names))

    def v1_lists(self):
        """Lists of the v1 API: each trace in small pages, or all of them where the call cannot
        be asked for a trace, then through every filter."""
        by_trace = self.fits(self.routes.v1_list, {"trace_id"})
        for trace in self.traces.values() if by_trace else [None]:
            name = f"v1 list {trace.name}" if by_trace else "v1 list"
            got = self.pages(name, self.routes.v1_list, 4, **({"trace_id": trace.id} if by_trace else {}))
            known = {o.id: o for o in (trace.observations if by_trace else self.observations)}
            self.ids(name, known, got)
            for item in got:
                if item["id"] in known:
                    obs = known[item["id"]]
                    want = self.expect.v1(obs, self.traces[obs.trace_id])
                    self.one(f"{name} item {obs.name}", want, item, "observations v1", "v1_list")
            self.newest_first(name, got)
        for name, options, keep in self.observation_picks(v2=False):
            if not self.fits(self.routes.v1_list, options):
                continue
            got = self.pages(f"v1 list {name}", self.routes.v1_list, 7, **options)
            self.ids(f"v1 list {name}", [o.id for o in self.observations if keep(o)], got)

    def single_v1(self):
        for obs in self.observations:
            name = f"v1 get {self.label(obs)}"
            got = self.report.attempt(f"{name} answers", lambda: self.routes.v1(obs.id))
            if got is not None:
                self.one(name, self.expect.v1(obs, self.traces[obs.trace_id]), got, "observations v1", "v1")

    def cursor(self, name, limit, call=None, most=None, /, **options):
        """All items of a list, following its cursor. call is that of the v2 observations
        unless given, most is how many items there may be."""
        call, most = call or self.routes.v2, most or len(self.observations)
        items, cursor, page = [], None, 1
        while True:
            more = {"cursor": cursor} if cursor else {}
            got = self.report.attempt(f"{name} page {page} answers", lambda: call(limit=limit, **more, **options))
            if got is None:
                return items
            items += checks.wire(got.data)
            cursor = got.meta.cursor
            if not cursor:
                return items
            self.report.true(f"{name} page {page} size", len(got.data) == limit, f"{len(got.data)} items")
            if page > most:
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
                self.one(f"v2 list item {self.label(obs)}", want, item, "observations v2", "v2")
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
        for name in sorted({o.name for o in every} - {None})[:3]:
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

    def scores(self):
        """Scores of all versions of the API: every list in small pages and by filters, and
        single scores."""
        every = self.expect.scores
        with_trace = [s for s in every if s.trace_id is not None and s.data_type != "CORRECTION"]
        for version, call, single, known in (
            (1, self.routes.scores_v1, self.routes.score_v1, with_trace),
            (2, self.routes.scores_v2, self.routes.score_v2, every),
        ):
            name, by_id = f"scores v{version}", {s.id: s for s in known}
            if call is not None:
                got = self.pages(name, call, 3)
                self.ids(name, by_id, got)
                self.newest_first(name, got, "timestamp")
                for item in got:
                    if item["id"] in by_id:
                        score = by_id[item["id"]]
                        want = self.expect.score(score, version, self.traces.get(score.trace_id))
                        self.one(f"{name} item {score.name}", want, item, name, f"scores_v{version}")
                for pick, options, keep in self.score_picks(known, version):
                    if self.fits(call, options):
                        got = self.pages(f"{name} {pick}", call, 5, **options)
                        self.ids(f"{name} {pick}", [s.id for s in known if keep(s)], got)
            for score in known if single is not None else []:
                got = self.report.attempt(f"{name} get {score.name} answers", lambda: single(score.id))
                if got is not None:
                    self.one(f"{name} get {score.name}", self.expect.score(score, version), got, name, f"score_v{version}")
        if self.routes.scores_v3 is not None:
            self.scores_v3(every)

    def scores_v3(self, every):
        """The v3 list: everything by cursor with each group of fields, then by filters."""
        by_id = {s.id: s for s in every}
        for fields in (None, *[[f] for f in expected.SCORE_FIELDS], expected.SCORE_FIELDS):
            name = f"scores v3 fields={','.join(fields) if fields else 'default'}"
            asked = {"fields": ",".join(fields)} if fields else {}
            got = self.cursor(name, 3, self.routes.scores_v3, len(every), **asked)
            self.ids(name, by_id, got)
            self.newest_first(name, got, "timestamp")
            for item in got:
                if item["id"] in by_id:
                    score = by_id[item["id"]]
                    self.one(f"{name} item {score.name}", self.expect.score_v3(score, fields or []), item, "scores v3", "scores_v3")
        for pick, options, keep in self.score_picks(every, 3):
            got = self.cursor(f"scores v3 {pick}", 4, self.routes.scores_v3, len(every), **options)
            self.ids(f"scores v3 {pick}", [s.id for s in every if keep(s)], got)

    def score_picks(self, known, version):
        """Filters of the lists of scores: name, options, and which scores they select."""
        for value in sorted({s.name for s in known}):
            yield f"name={value}", {"name": value}, lambda s, v=value: s.name == v
        for value in sorted({s.data_type for s in known}):
            yield f"type={value}", {"data_type": value}, lambda s, v=value: s.data_type == v
        for value in sorted({s.environment for s in known}):
            yield f"environment={value}", {"environment": value}, lambda s, v=value: s.environment == v
        yield "source", {"source": "API"}, lambda s: s.source == "API"
        for value in sorted({s.trace_id for s in known} - {None})[:4] if version > 1 else []:
            yield f"trace={value}", {"trace_id": value}, lambda s, v=value: s.trace_id == v
        for value in sorted({s.session_id for s in known} - {None}) if version > 1 else []:
            yield f"session={value}", {"session_id": value}, lambda s, v=value: s.session_id == v
        run = "dataset_run_id" if version == 2 else "experiment_id"
        for value in sorted({s.run_id for s in known} - {None}) if version > 1 else []:
            yield f"run={value}", {run: value}, lambda s, v=value: s.run_id == v
        for score in [s for s in known if s.observation_id is not None][:2] if version > 1 else []:
            options = {"observation_id": score.observation_id, **({"trace_id": score.trace_id} if version == 3 else {})}
            yield f"observation={score.observation_id}", options, lambda s, v=score.observation_id: s.observation_id == v
        some = sorted(s.id for s in known)[:2]
        yield "ids", {"score_ids" if version < 3 else "id": ",".join(some)}, lambda s: s.id in some
        number = lambda s: s.data_type not in ("TEXT", "CORRECTION")
        if version < 3:
            yield "value", {"operator": ">=", "value": 0.5}, lambda s: number(s) and s.number >= 0.5
            users = sorted({t.user_id for t in self.traces.values()} - {None})
            user = lambda s: self.traces[s.trace_id].user_id if s.trace_id in self.traces else None
            for value in users[:2]:
                yield f"user={value}", {"user_id": value}, lambda s, v=value: user(s) == v
        else:
            options = {"data_type": "NUMERIC", "value_min": 0.5}
            yield "value", options, lambda s: s.data_type == "NUMERIC" and s.number >= 0.5
        stamps = sorted(s.timestamp_us // 1000 for s in known)
        if stamps:
            middle = stamps[len(stamps) // 2]
            split = dt.datetime.fromtimestamp(middle / 1000, dt.timezone.utc)
            yield "from", {"from_timestamp": split}, lambda s: s.timestamp_us // 1000 >= middle
            yield "to", {"to_timestamp": split}, lambda s: s.timestamp_us // 1000 < middle

    def sessions(self):
        """The list of sessions in small pages and by environment, and each session with
        its traces."""
        known = folding.sessions(self.traces)
        if self.routes.sessions is not None:
            got = self.pages("sessions", self.routes.sessions, 2)
            self.ids("sessions", known, got)
            self.newest_first("sessions", got, "createdAt")
            for item in got:
                if item["id"] in known:
                    want = self.expect.session(known[item["id"]])
                    self.one(f"sessions item {item['id']}", want, item, "sessions", "sessions")
            for value in sorted({s.environment for s in known.values()}):
                if self.fits(self.routes.sessions, {"environment"}):
                    got = self.pages(f"sessions environment={value}", self.routes.sessions, 3, environment=value)
                    self.ids(f"sessions environment={value}", [s.id for s in known.values() if s.environment == value], got)
        for session in known.values() if self.routes.session is not None else []:
            name = f"session {session.id}"
            got = self.report.attempt(f"{name} answers", lambda: self.routes.session(session.id))
            if got is None:
                continue
            got = checks.wire(got)
            inner = {t["id"]: t for t in got["traces"]}
            got["traces"] = [t["id"] for t in got["traces"]]
            self.one(name, self.expect.session(session, detail=True), got, "sessions", "session")
            for trace in session.traces:
                if trace.id in inner:
                    self.one(f"{name} trace {trace.name}", self.expect.session_trace(trace), inner[trace.id])

    def missing(self):
        """What was never written is a 404 of the client's own kind."""
        for name, call in {
            "unknown trace": lambda: self.routes.trace("0" * 31 + "1"),
            "unknown observation": lambda: self.routes.v1("0" * 15 + "1"),
            "unknown session": self.routes.session and (lambda: self.routes.session("no such session")),
            "unknown score v1": self.routes.score_v1 and (lambda: self.routes.score_v1("no such score")),
            "unknown score v2": self.routes.score_v2 and (lambda: self.routes.score_v2("no such score")),
        }.items():
            if call is None:
                continue
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
