"""A model provider for programs that have to call one: a small HTTP server that answers
chat completions and embeddings in OpenAI's shapes.

What it answers depends on the model's name alone, and every count in an answer is
another odd number, so that a value in the wrong place cannot look right.
"""

import http.server
import json
import threading

CHAT = "odd-chat"  # an answer, streamed if that is asked for
CACHED = "odd-cached"  # the same, with part of the prompt read from a cache
TOOLS = "odd-tools"  # calls a tool
EMBED = "odd-embed"  # embeddings
BROKEN = "odd-broken"  # answers 500
LOCKED = "odd-locked"  # answers 401

ANSWER = "Seven ½ birds — <ok> & \"done\" 🐦"
PIECES = ["Seven ½ ", "birds — <ok> ", "& \"done\" 🐦"]
FINGERPRINT = "fp_odd_9"
CREATED = 1790000001
TOOL_CALL = {"id": "call_odd_3", "type": "function", "function": {"name": "count_birds", "arguments": '{"where": "roof", "limit": 3}'}}

# Prompt, completion and total tokens by model.
TOKENS = {CHAT: (137, 59, 196), CACHED: (173, 61, 234), TOOLS: (211, 83, 294), EMBED: (29, 0, 29)}
CACHED_TOKENS = 71

FAILURES = {
    BROKEN: (500, {"message": "the odd provider broke", "type": "server_error", "param": None, "code": "odd_500"}),
    LOCKED: (401, {"message": "the odd key is unknown", "type": "invalid_request_error", "param": None, "code": "odd_401"}),
}


def usage(model):
    prompt, completion, total = TOKENS[model]
    counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    if model == CACHED:
        counted["prompt_tokens_details"] = {"cached_tokens": CACHED_TOKENS}
    return counted


class Provider:
    """Runs until the process ends, on a port of its own. base_url is what clients want."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        self.calls = 0
        self._lock = threading.Lock()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next_id(self):
        """Answers have ids that count up, so that a program can know the next one."""
        with self._lock:
            self.calls += 1
            return f"chatcmpl-odd-{self.calls:03d}"


def _handler(provider):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model = asked["model"]
            if model in FAILURES:
                status, error = FAILURES[model]
                self.answer(status, {"error": error})
            elif self.path.endswith("/embeddings"):
                self.answer(200, self.embeddings(asked))
            elif asked.get("stream"):
                self.stream(asked)
            else:
                self.answer(200, self.completion(asked))

        def answer(self, status, body):
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def embeddings(self, asked):
            texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
            data = [{"object": "embedding", "index": n, "embedding": [0.25, -0.5, n + 0.125]} for n in range(len(texts))]
            prompt, _, total = TOKENS[EMBED]
            counted = {"prompt_tokens": prompt, "total_tokens": total}
            return {"object": "list", "model": asked["model"], "data": data, "usage": counted}

        def head(self, asked, kind):
            made = {"id": provider.next_id(), "object": kind, "created": CREATED, "model": asked["model"]}
            return {**made, "system_fingerprint": FINGERPRINT}

        def completion(self, asked):
            message = {"role": "assistant", "content": ANSWER}
            if asked["model"] == TOOLS:
                message = {"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]}
            finish = "tool_calls" if asked["model"] == TOOLS else "stop"
            choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
            return {**self.head(asked, "chat.completion"), "choices": [choice], "usage": usage(asked["model"])}

        def stream(self, asked):
            head = self.head(asked, "chat.completion.chunk")
            deltas = [{"role": "assistant", "content": PIECES[0]}, *({"content": piece} for piece in PIECES[1:])]
            chunks = [{**head, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
            chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            if (asked.get("stream_options") or {}).get("include_usage"):
                chunks.append({**head, "choices": [], "usage": usage(asked["model"])})
            lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"]
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for line in lines:
                raw = line.encode()
                self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

    return Handler
