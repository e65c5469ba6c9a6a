"""A server on this machine that answers as OpenAI's chat completions do, as a test wants."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, NamedTuple


class Reply(NamedTuple):
    """What the server says; `wait_s` before it does, `drip_s` between its bytes."""

    content: object = '{"codings": []}'
    status: int = 200
    headers: Mapping[str, str] = {}
    wait_s: float = 0
    drip_s: float = 0
    raw: bytes | None = None
    finish_reason: str = "stop"


Answering = Callable[[dict[str, Any]], Reply]


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [passage(body) for body in self.bodies]


def passage(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a request sends of its passage."""
    return json.loads(body["messages"][-1]["content"])


class _Dripping(io.BufferedIOBase):
    def __init__(self, out: BinaryIO, wait: Callable[[], object]) -> None:
        self._out, self._wait = out, wait

    def write(self, data: Any) -> int:
        for byte in data:
            self._out.write(bytes([byte]))
            self._wait()
        return len(data)


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.server.headers.append(dict(self.headers))
        self.server.paths.append(self.path)
        reply = self.server.answering(body)
        self.server.closing.wait(reply.wait_s)
        message = {"role": "assistant", "content": reply.content}
        choice = {"message": message, "finish_reason": reply.finish_reason}
        answer = {"model": "tiny-1", "choices": [choice]}
        data = json.dumps(answer).encode() if reply.raw is None else reply.raw
        if reply.drip_s:
            self.wfile = _Dripping(self.wfile, lambda: self.server.closing.wait(reply.drip_s))
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(answering: Answering) -> Iterator[ChatServer]:
    server = ChatServer(answering)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


def codings(*found: Mapping[str, Any]) -> Reply:
    """An answer in the form that is asked for."""
    usual = {"polarity": "present", "subject": None, "reason": "It says so."}
    return Reply(json.dumps({"codings": [{**usual, **coding} for coding in found]}))
