"""A proxy between the program and the server that notes what passes through."""

import gzip
import http.client
import http.server
import json
import threading
import urllib.parse
from dataclasses import dataclass

# What belongs to one connection and is not passed on.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding"}


@dataclass
class Request:
    """A request as the server got it, and the status it answered."""

    method: str
    path: str
    headers: dict  # names in lower case
    body: bytes
    status: int = 0
    reply: bytes = b""
    found: "list | None" = None  # what a reader made of the body


class Tape:
    """Passes everything on to target, in the order in which it came, and keeps it."""

    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target)
        self.requests = []
        self._lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self):
        """The envelopes of all batches, in the order of their arrival."""
        batches = [json.loads(r.body)["batch"] for r in self.sent("/api/public/ingestion")]
        return [envelope for batch in batches for envelope in batch]

    def sent(self, suffix):
        """The bodies that were posted to a path that ends so."""
        return [r for r in list(self.requests) if r.method == "POST" and r.path.endswith(suffix)]

    def forward(self, method, path, headers, body):
        # One at a time: what arrived first is noted first.
        with self._lock:
            connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
            try:
                connection.request(method, path, body or None, {k: v for k, v in headers if k.lower() not in HOP})
                answer = connection.getresponse()
                reply = answer.read()
            finally:
                connection.close()
            lower = {k.lower(): v for k, v in headers}
            plain = gzip.decompress(body) if lower.get("content-encoding") == "gzip" else body
            self.requests.append(Request(method, urllib.parse.urlsplit(path).path, lower, plain, answer.status, reply))
            return answer, reply


def _handler(tape):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer, reply = tape.forward(self.command, self.path, self.headers.items(), body)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST = do_PATCH = do_DELETE = any

    return Handler
