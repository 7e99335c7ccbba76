"""Spans of other instrumentations that are told as data, for all clients: mapping.json
makes every rule of the mapping matter alone and before its neighbour, exports.json
every rule of the fold.
"""

import json
import pathlib

from opentelemetry.trace import Status, StatusCode

import foreign
from exporter import Exporter, new_id

EXPORTS = json.loads(pathlib.Path(__file__).with_name("exports.json").read_text())
PLAIN = ("openinference.instrumentation.plain", "0.9")


def mapping(f):
    """The spans of mapping.json: through the client's provider, or by an exporter where
    the group says so."""
    exporter = Exporter(f.w.written)
    for group in foreign.MAPPING["groups"]:
        cases = [case_of(group, n) for n in range(length(group))]
        if group.get("exporter"):
            exporter.send(list(exported(f, exporter, group, cases)))
            continue
        root, start = f.span(group["trace"], {}, scope=PLAIN)
        for n, case in enumerate(cases):
            made = becomes(case["becomes"], f.clock)
            status = Status(StatusCode.ERROR, case["status"]) if case["status"] else None
            name = f"{group['trace']} {n + 1}"
            f.span(name, case["attributes"], PLAIN, root, case["events"], status=status, shown_as=made.pop("name", None), **made)
        root.end(end_time=start + 5_000_000_000)


def exported(f, exporter, group, cases):
    """The cases of a group in one request: in a trace each, or below a root."""
    trace_id, root_id = new_id(128), new_id(64)
    scope = tuple(group.get("scope", PLAIN))
    # Everything of the scopes of the client has a place of its own.
    shown = (lambda attributes: None) if scope[0].startswith("langfuse-sdk") else foreign.shown
    alone = group.get("alone", False)
    if not alone:
        ids, times = (trace_id, root_id, None), (f.clock, f.clock + 2_000_000)
        yield exporter.span(ids, group["trace"], {}, None, times, scope, group["resource"], {})
    for n, case in enumerate(cases):
        f.clock += 10_000_000
        yield exporter.span(
            (new_id(128), new_id(64), None) if alone else (trace_id, new_id(64), root_id),
            f"{group['trace']} {n + 1}",
            case["attributes"],
            shown(case["attributes"]),
            (f.clock, f.clock + 2_000_000),
            scope,
            {**group["resource"], **case["resource"]},
            becomes(case["becomes"], f.clock),
            case["events"],
            case["status"],
        )


def length(group):
    return max(len(entries) for kind in ("choices", "ladders") for entries in group.get(kind, {}).values())


def case_of(group, n):
    """One span of a group. Of a choice it has the n-th entry; of a ladder all entries from
    the n-th on, of which the first must win."""
    case = {"attributes": {}, "resource": {}, "events": [], "status": None, "becomes": {}}
    entries = [(entries[n], True) for entries in group.get("choices", {}).values() if n < len(entries)]
    for ladder in group.get("ladders", {}).values():
        entries += [(entry, i == 0) for i, entry in enumerate(ladder[n:])]
    if any(entry.get("status") for entry, _ in entries):
        case["becomes"]["status_message"] = "failed"
    for entry, wins in entries:
        case["attributes"].update(entry.get("attributes", {}))
        case["attributes"].update(dropped(entry["dropped"]) if "dropped" in entry else {})
        case["resource"].update(entry.get("resource", {}))
        case["events"] += entry.get("events", [])
        case["status"] = case["status"] or entry.get("status")
        for said in [entry.get("also", {}), entry["becomes"] if wins else {}]:
            for field, value in said.items():
                maps = field in ("metadata", "trace_metadata")
                case["becomes"][field] = {**case["becomes"].get(field, {}), **value} if maps else value
    return case


def dropped(value):
    """One attribute for every name that is not shown among the attributes."""
    prefixed = {f"{prefix}_more": value for prefix in foreign.DROPPED_PREFIXES}
    return {**{key: value for key in foreign.MAPPING["dropped"]["keys"]}, **prefixed}


def becomes(told, start):
    """The fields of an observation as Obs has them: input and output as text, the time of
    the first token in nanoseconds."""
    made = dict(told)
    for field in ("input", "output"):
        if not isinstance(made.get(field, ""), str):
            made["rebuilt"] = [*made.get("rebuilt", []), field]
            made[field] = json.dumps(made[field])
    if "completion_ns" in made:
        made["completion_ns"] = int(made["completion_ns"])
    if "completion_ms" in made:
        made["completion_ns"] = start // 1000 * 1000 + made.pop("completion_ms") * 1_000_000
    return made


def exports(f):
    """The traces of exports.json: requests of an exporter, one after the other."""
    exporter = Exporter(f.w.written)
    for trace in EXPORTS["traces"]:
        trace_id, ids = new_id(128), {None: None}
        f.clock += 1_000_000_000
        base = f.clock // 1_000_000 * 1_000_000
        for request in trace["requests"]:
            exporter.send([export(exporter, trace_id, ids, base, given) for given in request])


def export(exporter, trace_id, ids, base, given):
    """One span of a request. Its times are milliseconds after base; ids has those of the
    spans by the names that exports.json gives them."""
    for name in (given["span"], given.get("parent")):
        ids.setdefault(name, new_id(64))
    attributes = given.get("attributes", {})
    return exporter.span(
        (trace_id, ids[given["span"]], ids[given.get("parent")]),
        given["name"],
        attributes,
        foreign.shown(attributes),
        (base + given["start"] * 1_000_000, base + given["end"] * 1_000_000),
        PLAIN,
        {"service.name": "plain"},
        becomes(given.get("becomes", {}), base),
        status=given.get("status"),
    )
