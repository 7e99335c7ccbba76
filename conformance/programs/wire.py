"""What a client sends, as it goes out.

The clients date their events themselves, make ids for some of them, and tell neither.
Wire watches one way out of the process and notes the requests and their answers;
everything passes through unchanged.
"""

import base64
import dataclasses
import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

import checks
import events
import folding

BATCH = "/api/public/ingestion"
MEDIA = "/media"


@dataclasses.dataclass
class Request:
    """One request and its answer. Times are microseconds since 1970."""

    method: str
    path: str
    body: Any
    sent: int
    answered: int = 0
    status: int = 0
    answer: Any = None
    headers: Any = None


class Wire:
    def __init__(self):
        self.requests = []
        self.media = []  # announcements, uploads and reports of content

    def watch_httpx(self):
        """An httpx client for the client's httpx_client option."""
        import httpx

        def going_out(request):
            if request.method != "GET":
                request.extensions["noted"] = self.sent(request.method, request.url.path, request.read(), request.headers)

        def coming_back(response):
            if "noted" in response.request.extensions:
                self.answered(response.request.extensions["noted"], response.status_code, response.read())

        return httpx.Client(timeout=60, event_hooks={"request": [going_out], "response": [coming_back]})

    def watch_session(self, session):
        """Watches a session of the requests package."""

        def coming_back(response, *args, **kwargs):
            went = time.time() - response.elapsed.total_seconds()
            noted = self.sent(response.request.method, response.request.path_url, response.request.body)
            noted.sent = int(went * 1_000_000)
            self.answered(noted, response.status_code, response.content)

        session.hooks["response"].append(coming_back)

    def watch_calls(self, module):
        """Watches httpx.request, which the oldest client calls for everything."""
        call = module.request

        def request(method, url, **options):
            noted = None
            if method != "GET":
                noted = self.sent(method, str(module.URL(url).path), json.dumps(options.get("json")))
            response = call(method, url, **options)
            if noted is not None:
                self.answered(noted, response.status_code, response.content)
            return response

        module.request = request

    def sent(self, method, path, body, headers=None):
        if MEDIA not in path:
            noted = Request(method, path, json.loads(body), now())
            self.requests.append(noted)
            return noted
        is_json = (headers or {}).get("content-type", "").startswith("application/json")
        noted = Request(method, path, json.loads(body) if is_json else body, now(), headers=headers)
        self.media.append(noted)
        return noted

    def answered(self, noted, status, content):
        noted.answered, noted.status = now(), status
        try:
            noted.answer = json.loads(content)
        except ValueError:
            noted.answer = content

    def batches(self):
        return [r for r in self.requests if r.path.endswith(BATCH)]

    def events(self):
        """The events of all batches, in the order of sending."""
        return [event for request in self.batches() for event in request.body["batch"]]

    def bodies(self):
        """What was sent as pairs of a kind and a body: the events of batches, and whole
        requests under their method and last word."""
        for request in self.requests:
            if request.path.endswith(BATCH):
                yield from ((event["type"], event["body"]) for event in request.body["batch"])
            else:
                yield f"{request.method} {request.path.rsplit('/', 1)[1]}", request.body

    def records(self, report, project_id, until=None):
        """The records of all requests, or of the first ones. A score sent by a call of its
        own has the time of its arrival."""
        made = folding.Records(project_id)
        for request in self.requests[:until]:
            if request.path.endswith(BATCH):
                for event in request.body["batch"]:
                    made.event(event)
            else:
                date(report, made.add(events.score_record(request.body, request.sent)), request)
        return made

    def check_batches(self, report):
        """Every event of every batch must have been answered with 201."""
        for number, request in enumerate(self.batches(), 1):
            want = [207, sorted(e["id"] for e in request.body["batch"]), []]
            answer = request.answer if isinstance(request.answer, dict) else {}
            taken = sorted(s["id"] for s in answer.get("successes", []) if s.get("status") == 201)
            report.compare(f"batch {number} answer", want, [request.status, taken, answer.get("errors")])
            report.compared("answers", "HTTP")

    def again(self, report):
        """Sends every request once more, as a client does that missed the answer."""
        for number, request in enumerate(list(self.requests), 1):
            status, answer = post(request.path, request.body, request.method)
            want = [request.status, [] if request.status == 207 else None]
            report.compare(f"request {number} sent again", want, [status, answer.get("errors")])


def date(report, record, request):
    """Takes a default time, which only the server knows, from the answer to the first
    request about an object; it must lie in the time that the request took. Milliseconds
    are shown, so half of one is a guess."""
    name, shown = ("start", "startTime") if record.kind == "observation" else ("timestamp", "timestamp")
    if isinstance(request.answer, dict) and shown in request.answer and name not in record.fields:
        told = request.answer[shown]
        name_of_check = f"{request.method} {request.path} {record.id} is dated"
        report.compare(name_of_check, checks.between(request.sent, request.answered), told)
        record.defaults[name] = checks.milliseconds(told) * 1000 + 500


def now():
    return time.time_ns() // 1000


def post(path, body, method="POST"):
    """A request past the client: its status and the JSON of its answer."""
    keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
    request = urllib.request.Request(
        os.environ["LANGFUSE_BASE_URL"] + path,
        data=json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(keys.encode()).decode()},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as err:
        return err.code, json.loads(err.read())
