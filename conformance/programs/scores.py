"""What both newer generations of the Python client write of scores: by spans, by the
current context and by themselves, about everything that can be scored.

The client sends scores as batch events. Scorer makes its calls and notes what each has
to send.
"""

import datetime as dt

import notes

STAMP = dt.datetime(2025, 2, 3, 4, 5, 6, 789012, tzinfo=dt.timezone.utc)
RUN = "a dataset run"
SESSION = "session-scores"

WORDS = {
    **{"score_id": "id", "data_type": "dataType", "config_id": "configId", "trace_id": "traceId"},
    **{"observation_id": "observationId", "session_id": "sessionId", "dataset_run_id": "datasetRunId"},
    "queue_id": "queueId",
}

# What a call of the API is given, which sends it as a request of its own.
DIRECT = {
    "number": {"value": 0.125, "data_type": "NUMERIC", "comment": "by the API", "metadata": {"deep": {"er": [1]}}},
    "number untyped": {"value": -4, "environment": "Scored-Here"},
    "label": {"value": "fine", "data_type": "CATEGORICAL"},
    "yes": {"value": 1, "data_type": "BOOLEAN"},
}

METADATA = {"text": "plain", "number": 1.5, "nested": {"a": [1, {"b": None}]}, "unicode": "✓ ключ", "json": "[1]", "null": None}


class Scorer:
    """Makes the client's calls. environment is that of the client."""

    def __init__(self, client, environment):
        self.client = client
        self.environment = environment
        self.notes = notes.Notes()

    def call(self, make, about, environment=None, timestamp=None, **given):
        """One call that takes the score's own fields; about is what it sends besides."""
        arguments = dict(given)
        if timestamp is not None:
            arguments["timestamp"] = timestamp
        make(**arguments)
        body = {WORDS.get(k, k): v for k, v in given.items() if v is not None}
        self.notes.add("score-create", {"environment": environment or self.environment, **about, **body})

    def create(self, **given):
        """create_score of the client."""
        self.call(self.client.create_score, {}, **given)


def write(w, scorer, generation):
    """Every data type on every target."""
    client = scorer.client
    with w.propagate(session_id=SESSION, user_id="user-scores", tags=["scored"]):
        with w.current("scored", input="judge me") as root:
            place = {"traceId": root.trace_id}
            here = {**place, "observationId": root.id}
            scorer.call(
                root.raw.score, here, name="of a span", value=0.25, score_id="sc-span", comment="a comment ✓", metadata=METADATA
            )
            scorer.call(
                root.raw.score_trace,
                place,
                name="of its trace",
                value="good",
                score_id="sc-trace",
                data_type="CATEGORICAL",
                comment="",
            )
            scorer.call(
                client.score_current_span, here, name="current span", value=1, score_id="sc-current-span", data_type="BOOLEAN"
            )
            scorer.call(
                client.score_current_trace, place, name="current trace", value=0, score_id="sc-current-trace", data_type="BOOLEAN"
            )
            with w.current("scored inside", "generation", output="x") as inside:
                about = {"trace_id": inside.trace_id, "observation_id": inside.id}
                scorer.create(**about, name="inside", value=-7.125, score_id="sc-inside", data_type="NUMERIC", timestamp=STAMP)
                scorer.create(**about, name="said", value="a long text ✓ " * 20, score_id="sc-text", data_type="TEXT")
                scorer.create(**about, name="not said", value="label", score_id="sc-untyped")
                if generation >= 4:
                    scorer.create(
                        **about,
                        name="ignored",
                        value="what it should have said",
                        score_id="sc-correction",
                        data_type="CORRECTION",
                    )
    about = {"session_id": SESSION}
    scorer.create(**about, name="session number", value=3, score_id="sc-session", metadata={"of": "session"}, timestamp=STAMP)
    scorer.create(**about, name="session label", value="calm", score_id="sc-session-label", data_type="CATEGORICAL")
    scorer.create(**about, name="session yes", value=1, score_id="sc-session-yes", data_type="BOOLEAN")
    scorer.create(**about, name="session text", value="t", score_id="sc-session-text", data_type="TEXT")
    about = {"dataset_run_id": RUN}
    scorer.create(**about, name="run number", value=0.5, score_id="sc-run", comment="run")
    scorer.create(**about, name="run label", value="fast", score_id="sc-run-label", data_type="CATEGORICAL")
    scorer.create(**about, name="run yes", value=0, score_id="sc-run-yes", data_type="BOOLEAN")
    scorer.create(trace_id="f" * 32, name="too early", value=1, score_id="sc-early")
    # The same score twice: its time and trace stay, what it says is new.
    scorer.create(
        trace_id=root.trace_id, name="twice", value=1, score_id="sc-twice", comment="first", metadata={"a": 1, "b": {"c": 1}}
    )
    scorer.create(
        trace_id="e" * 32, observation_id=root.id, name="twice over", value="label", score_id="sc-twice", metadata={"b": {"d": 2}}
    )
    scorer.create(trace_id=root.trace_id, name="wide", value=1e15 + 0.5, score_id="sc-wide")


def direct(report, noted, create, place, name):
    """Scores by the call of the API, whose name is name: create takes the words of the
    client and gives what it answered."""
    for number, (kind, given) in enumerate(DIRECT.items()):
        given = {"name": f"direct {kind}", "id": f"sc-direct-{number}", **given, **place}
        got = report.attempt(f"{name} {kind} answers", lambda: create(**given))
        noted.add("POST scores", {WORDS.get(k, k): v for k, v in given.items()})
        if got is not None:
            report.compare(f"{name} {kind}", given["id"], got.id)
            report.compared("answers", name)
