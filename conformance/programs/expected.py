"""The objects of the public API that must come back for what was written.

Every function returns a dict with every key the object has, under its name in the
HTTP API; values are fixed, or rules from checks.
"""

import checks
import samples
import written


NOT_LISTED = object()
SCORE_FIELDS = ["core", "details", "subject", "annotation"]


class Expect:
    """Expectations for one project. since is when the program started, in seconds; scores
    are all scores there are. definitions are those of models, by name, once they have been
    read: their ids are the server's choice."""

    def __init__(self, project_id, since, scores=()):
        self.project_id = project_id
        self.since = since
        self.scores = list(scores)
        self.definitions = {}

    def scores_of(self, trace):
        """The scores that are shown with a trace: those about it or one of its
        observations, without corrections."""
        return [s for s in self.scores if s.trace_id == trace.id and s.data_type != "CORRECTION"]

    def trace(self, trace, fields=None):
        """A trace of GET /traces or GET /traces/{id}. fields are the groups asked for; a
        group that was not asked for reads as its sentinel. Values of any size come whole
        from every read, lists included."""
        has = lambda group: fields is None or group in fields
        metadata = {k: written.parse_metadata(v) for k, v in trace.metadata.items()}
        return {
            "id": trace.id,
            "externalId": None,
            "timestamp": checks.at(trace.timestamp_ms),
            "name": trace.name,
            "userId": trace.user_id,
            "sessionId": trace.session_id,
            "release": trace.release,
            "version": trace.version,
            "projectId": self.project_id,
            "environment": trace.environment,
            "public": trace.public,
            "bookmarked": False,
            "tags": checks.unordered(trace.tags),
            "metadata": scoped(metadata) if has("io") else {},
            "input": written.parse(trace.input) if has("io") else None,
            "output": written.parse(trace.output) if has("io") else None,
            "createdAt": checks.recent(self.since),
            "updatedAt": checks.recent(self.since),
            "htmlPath": f"/project/{self.project_id}/traces/{trace.id}",
            # GET /traces/{id} has full objects, which are compared one by one; here are their ids.
            "observations": checks.unordered([o.id for o in trace.observations] if has("observations") else []),
            "scores": checks.unordered([s.id for s in self.scores_of(trace)] if has("scores") else []),
            "totalCost": trace.total_cost() if has("metrics") else -1,
            "latency": checks.seconds(trace.start_ns, trace.end_ns) if has("metrics") else -1,
        }

    def v1(self, obs, trace, detail=False):
        """An observation of the v1 API; detail is the form inside GET /traces/{id},
        where missing prices read 0."""
        usage, cost, account = obs.usage_details(), obs.cost_details(), self.account(obs)
        prices = {k: price or (0 if detail else None) for k, price in account["prices"].items()}
        sums = {k: sum(n for name, n in usage.items() if k in name) for k in ("input", "output")}
        metadata = {k: written.parse_metadata(v) for k, v in obs.all_metadata.items()}
        return {
            "id": obs.id,
            "projectId": self.project_id,
            "traceId": obs.trace_id,
            "parentObservationId": obs.parent_id,
            "type": obs.type,
            "name": obs.name,
            "environment": obs.environment or trace.environment,
            "startTime": checks.at(obs.start_ms),
            "endTime": checks.at(obs.end_ms),
            "completionStartTime": checks.at(milliseconds(obs.completion_ns)),
            "version": obs.version or trace.version,
            "createdAt": checks.recent(self.since),
            "updatedAt": checks.recent(self.since),
            "input": written.parse(obs.input),
            "output": written.parse(obs.output),
            "metadata": scoped(metadata),
            "level": obs.level or "DEFAULT",
            "statusMessage": obs.status_message,
            "model": obs.model,
            "modelParameters": parameters(obs),
            "promptId": None,
            "promptName": obs.prompt_name,
            "promptVersion": obs.prompt_version,
            "usageDetails": usage,
            "costDetails": cost,
            "usage": {"unit": "TOKENS", **sums, "total": usage.get("total", 0), **no_costs},
            "unit": "TOKENS",
            "promptTokens": sums["input"],
            "completionTokens": sums["output"],
            "totalTokens": usage.get("total", 0),
            "usagePricingTierId": account["tierId"],
            "usagePricingTierName": account["tier"],
            "modelId": account["modelId"],
            "inputPrice": prices["input"],
            "outputPrice": prices["output"],
            "totalPrice": prices["total"],
            "calculatedInputCost": account["calculated"]["input"],
            "calculatedOutputCost": account["calculated"]["output"],
            "calculatedTotalCost": account["calculated"]["total"],
            "latency": checks.seconds(obs.start_ns, obs.end_ns),
            "timeToFirstToken": checks.seconds(obs.start_ns, obs.completion_ns),
        }

    def v2(self, obs, trace, fields, expanded=False):
        """An observation of GET /v2/observations with the given field groups. expanded:
        a metadata key was asked for in full."""
        usage, cost, account = obs.usage_details(), obs.cost_details(), self.account(obs)
        groups = {
            "core": {
                "id": obs.id,
                "traceId": obs.trace_id,
                "startTime": checks.at(obs.start_ms),
                "endTime": checks.at(obs.end_ms),
                "projectId": self.project_id,
                "parentObservationId": obs.parent_id,
                "type": obs.type,
            },
            "basic": {
                "name": obs.name,
                "level": obs.level or "DEFAULT",
                "statusMessage": obs.status_message,
                "version": obs.version or trace.version,
                "environment": obs.environment or trace.environment,
                "bookmarked": False,
                "public": trace.public,
                "userId": obs.user_id or trace.user_id,
                "sessionId": obs.session_id or trace.session_id,
                "isRootObservation": obs.parent_id is None or obs.app_root,
            },
            "time": {
                "completionStartTime": checks.at(milliseconds(obs.completion_ns)),
                "createdAt": checks.recent(self.since),
                "updatedAt": checks.recent(self.since),
            },
            "io": {"input": raw(obs.input, "input" in obs.rebuilt), "output": raw(obs.output, "output" in obs.rebuilt)},
            "metadata": {"metadata": flat(obs, cut=not expanded and "io" not in fields)},
            "model": {
                "model": obs.model,
                "providedModelName": obs.model,
                "internalModelId": account["modelId"],
                "modelParameters": parameters(obs),
            },
            "usage": {
                "usageDetails": usage,
                "costDetails": cost,
                "totalCost": cost["total"] if "total" in cost else checks.one_of(None, 0),
                "usagePricingTierId": account["tierId"],
                "usagePricingTierName": account["tier"],
                "inputCost": account["calculated"]["input"],
                "outputCost": account["calculated"]["output"],
                "inputUsage": sum(n for k, n in usage.items() if "input" in k),
                "outputUsage": sum(n for k, n in usage.items() if "output" in k),
                "totalUsage": usage.get("total", 0),
            },
            "prompt": {"promptId": None, "promptName": obs.prompt_name, "promptVersion": obs.prompt_version},
            "metrics": {
                "latency": checks.seconds(obs.start_ns, obs.end_ns),
                "timeToFirstToken": checks.seconds(obs.start_ns, obs.completion_ns),
            },
            "trace_context": {"tags": checks.unordered(trace.tags), "release": obs.release or trace.release, "traceName": trace.name},
        }
        price = lambda side: account["prices"][side] and checks.decimal_text(account["prices"][side])
        asked = "model" in fields
        made = {
            "modelId": account["modelId"] if asked else None,
            "inputPrice": price("input") if asked else None,
            "outputPrice": price("output") if asked else None,
            "totalPrice": price("total") if asked else None,
        }
        if "metrics" not in fields:  # both keys are always there, their values need not be
            made["latency"] = checks.Rule("null or the latency", either(None, groups["metrics"]["latency"]))
            made["timeToFirstToken"] = checks.Rule("null or the time", either(None, groups["metrics"]["timeToFirstToken"]))
        for group in {"core", *fields}:
            made.update(groups[group])
        return made

    def account(self, obs):
        """What is known of an observation's model and cost: the definition's id, the tier,
        the default tier's prices, and the cost of each side."""
        cost, known = obs.cost_details(), obs.priced
        if not known:
            calculated = {"input": cost_of(cost, "input"), "output": cost_of(cost, "output"), "total": cost.get("total", 0)}
            none = {"input": None, "output": None, "total": None}
            return {"modelId": None, "tier": None, "tierId": None, "prices": none, "calculated": calculated}
        definition, found = samples.DEFINITIONS[known["definition"]], self.definitions.get(known["definition"])
        # A tier that asks for an attribute is not listed.
        tiers = {t["name"]: t["id"] for t in (found or {"pricingTiers": []})["pricingTiers"]}
        return {
            "modelId": found["id"] if found else checks.text_id(),
            "tier": known["tier"],
            "tierId": known["tier"] and tiers.get(known["tier"], checks.text_id()),
            "prices": {side: definition[f"{side}Price"] for side in ("input", "output", "total")},
            "calculated": known["calculated"],
        }

    def definition(self, name):
        """A built-in definition as GET /models lists it."""
        given = samples.DEFINITIONS[name]
        tier = lambda t: {**t, "id": checks.text_id()}
        return {
            **{k: given[k] for k in ("tokenizerId", "tokenizerConfig", "inputPrice", "outputPrice", "totalPrice")},
            "id": checks.text_id(),
            "modelName": name,
            "matchPattern": checks.Rule("a pattern that has the name", lambda a: name in a.replace("\\", "")),
            "startDate": None,
            "unit": "TOKENS",
            "isLangfuseManaged": True,
            "createdAt": checks.Rule("a time", lambda a: checks.milliseconds(a) > 0),
            "prices": {k: {"price": price} for k, price in given["tiers"][0]["prices"].items()},
            "pricingTiers": [tier(t) for t in given["tiers"]],
        }

    def detail(self, obs):
        """Of GET /api/v1/traces/{trace}/observations/{observation} what no other read has:
        tools, and for a known model the account."""
        offered = obs.tools["definitions"]
        made = {"toolCalls": obs.tools["calls"] and [called(c) for c in obs.tools["calls"]], "toolDefinitions": None}
        if offered:
            text = lambda value: "" if value is None else checks.json_text(value)
            made["toolDefinitions"] = {k: {**d, "parameters": text(d["parameters"])} for k, d in offered.items()}
        if obs.priced:
            made["accounting"] = self.accounting(obs)
        return made

    def accounting(self, obs):
        """Where the usage and cost of an observation with a known model come from."""
        known, account = obs.priced, self.account(obs)
        names = sorted({*known["usage"], *known["cost"]} - {"total"})
        return {
            "usageSource": known["usageSource"],
            "tokenizer": known.get("tokenizer"),
            "costSource": known["costSource"],
            "note": known["note"],
            "modelId": account["modelId"],
            "modelName": known["definition"],
            "pricingTierName": known["tier"],
            "recalculated": False,
            "entries": [
                {
                    "name": name,
                    "units": known["usage"].get(name),
                    "unitPrice": known["unitPrices"].get(name),
                    "cost": known["cost"].get(name),
                }
                for name in [*names, *(["total"] if "total" in {*known["usage"], *known["cost"]} else [])]
            ],
        }

    def score(self, score, version, trace=NOT_LISTED):
        """A score of the v1 or v2 API. trace, in lists: that of the score, None where there
        is none."""
        made = {
            "id": score.id,
            "projectId": self.project_id,
            "environment": score.environment,
            "name": score.name,
            "dataType": score.data_type,
            "value": score.number,
            "stringValue": score.text,
            "source": score.source,
            "traceId": score.trace_id,
            "observationId": score.observation_id,
            "timestamp": checks.at(score.timestamp_us // 1000),
            "createdAt": checks.recent(self.since),
            "updatedAt": checks.recent(self.since),
            "authorUserId": None,
            "comment": score.comment,
            "configId": score.config_id,
            "queueId": score.queue_id,
            "executionTraceId": None,
            "metadata": score.metadata,  # as it was sent
        }
        if version == 2:
            made.update({"sessionId": score.session_id, "datasetRunId": score.run_id})
        if score.data_type == "TEXT":
            del made["value"]
        if trace is not NOT_LISTED:
            made["trace"] = scored_trace(trace, version)
        return made

    def score_v3(self, score, fields):
        """A score of GET /v3/scores with the given field groups."""
        values = {"NUMERIC": score.number, "BOOLEAN": score.number == 1}
        groups = {
            "core": {
                "id": score.id,
                "projectId": self.project_id,
                "name": score.name,
                "dataType": score.data_type,
                "value": values.get(score.data_type, score.text),
                "source": score.source,
                "timestamp": checks.at(score.timestamp_us // 1000),
                "environment": score.environment,
                "createdAt": checks.recent(self.since),
                "updatedAt": checks.recent(self.since),
            },
            "details": {
                "comment": score.comment,
                "configId": score.config_id,
                "metadata": score.metadata,  # as it was sent
            },
            "annotation": {"authorUserId": None, "queueId": score.queue_id},
            "subject": {"subject": subject(score)},
        }
        made = {}
        for group in {"core", *fields}:
            made.update(groups[group])
        return made

    def session(self, session, detail=False):
        """A session of GET /sessions; detail is the form of GET /sessions/{id}, whose traces
        are compared one by one: here are their ids."""
        made = {
            "id": session.id,
            "createdAt": checks.recent(self.since),
            "projectId": self.project_id,
            "environment": session.environment,
        }
        if detail:
            made["traces"] = checks.unordered([t.id for t in session.traces])
        return made

    def session_trace(self, trace):
        """A trace as GET /sessions/{id} shows it."""
        made = self.trace(trace)
        for key in ("observations", "scores", "totalCost", "latency", "htmlPath"):
            del made[key]
        return made


def scored_trace(trace, version):
    """What a list of scores shows of a score's trace. The clients of the v1 API need an
    object even where there is no such trace."""
    if trace is None:
        return {"userId": None, "tags": [], "environment": None} if version == 1 else None
    made = {"userId": trace.user_id, "tags": checks.unordered(trace.tags), "environment": trace.environment}
    return {**made, "sessionId": trace.session_id} if version == 2 else made


def subject(score):
    """What a score is about, as the v3 API tells it."""
    if score.observation_id:
        return {"kind": "observation", "id": score.observation_id, "traceId": score.trace_id}
    for kind, target in (("trace", score.trace_id), ("session", score.session_id), ("experiment", score.run_id)):
        if target:
            return {"kind": kind, "id": target}
    raise ValueError(f"score {score.id} is about nothing")


no_costs = {"inputCost": None, "outputCost": None, "totalCost": None}


def either(*wanted):
    """A test that any of the wanted values passes."""

    def holds(actual):
        for want in wanted:
            problems = []
            checks.diff("", want, actual, problems)
            if not problems:
                return True
        return False

    return holds


def milliseconds(ns):
    return None if ns is None else ns // 1_000_000


def raw(text, rebuilt):
    """An input or output of the v2 API: the text as stored, null where it is empty."""
    if text is None or text == "":
        return None
    if rebuilt:
        return checks.json_text(written.parse(text))
    return text


def scoped(metadata):
    """Metadata in which a scope without attributes may show them as an empty map."""
    scope = metadata.get("scope")
    if isinstance(scope, dict) and "attributes" not in scope:
        metadata["scope"] = checks.Rule(f"{scope}", either(scope, {**scope, "attributes": {}}))
    return metadata


def flat(obs, cut):
    """Metadata of the v2 API: flat, texts cut to 200 characters unless asked for, then
    parsed where what is left is JSON."""
    texts = written.flatten(obs.all_metadata)
    return {k: written.parse_metadata(v[:200] if cut else v) for k, v in texts.items()}


def parameters(obs):
    """Model parameters of a span: texts and numbers as they are, the rest as JSON text;
    of batch events as they were sent. Without any the object is null or empty."""
    given = obs.model_parameters
    if not given:
        return checks.one_of(None, {})
    if obs.batch:
        return given
    plain = lambda v: isinstance(v, (str, int, float)) and not isinstance(v, bool)
    return {k: v if plain(v) else checks.json_text(v) for k, v in given.items()}


def cost_of(cost, word):
    """The sum of the cost keys that contain word, null without any."""
    parts = [n for k, n in cost.items() if word in k]
    return sum(parts) if parts else None


def called(call):
    """A call of a tool; arguments that were no text are the JSON of them."""
    arguments = call["arguments"]
    return {**call, "arguments": arguments if isinstance(arguments, str) else checks.json_text(arguments)}
