"""A server that answers as OpenAI's chat completions do: asked, asked again, or given up.

Nothing but the address that was named is ever contacted: no proxy of the environment is used and
no redirection followed.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx

PAUSE = 1.0
"""Seconds before the second try; twice as long before each further one."""
LONGEST_PAUSE = 60.0
"""Seconds; a server that asks for a longer pause is not waited for."""
LARGEST = 4 * 2**20
"""Bytes of an answer that are read."""
_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)
_NOT_UNDERSTOOD = (400, 415, 422, 501)
"""What servers say to a field of a request that they do not know."""
_FAILED = 500
"""What some say to one that they know but cannot follow; others, when they are merely unwell."""
_TOO_MANY = 429
_NOBODY = (401, 403, 404, 405)


class NoAnswer(Exception):
    """The server did not answer about this passage; the message says why."""


class Unreachable(Exception):
    """The server will not answer about any passage; the message says why."""


class Answer(NamedTuple):
    """The model's words, and the name under which the server says that its model runs."""

    text: str
    served_by: str
    cut_off: bool = False
    """Whether the model had more to say than `max_tokens`, or its context, let it."""


class Endpoint(AbstractContextManager["Endpoint"]):
    """One server; may be asked from several threads at once."""

    def __init__(self, address: str, *, key: str | None, timeout_s: float, tries: int) -> None:
        """`key` goes into the header of requests, and nowhere else."""
        self._url = f"{address.rstrip('/')}/chat/completions"
        self._tries = tries
        self._timeout_s = timeout_s
        self._form = True
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._certificates = httpx.create_ssl_context(trust_env=False)
        self._left = threading.Event()
        self._on_their_way: set[asyncio.Task[Any]] = set()

    def __exit__(self, *_: object) -> None:
        """Give up the questions that are on their way, and send no other."""
        self._left.set()
        for question in list(self._on_their_way):
            # Its loop is closed if it was answered just now.
            with suppress(RuntimeError):
                question.get_loop().call_soon_threadsafe(question.cancel)

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """The answer to a request.

        A server that does not know `response_format` is asked without it, from then on.
        Raises `NoAnswer`, or `Unreachable` where asking about other passages is no use either.
        """
        plain = {name: value for name, value in body.items() if name != "response_format"}
        form = self._form
        response, content = self._send(body if form else plain, self._tries)
        if form and response.status_code in (*_NOT_UNDERSTOOD, _FAILED):
            # A server that fails has been tried often enough.
            tries = 1 if response.status_code == _FAILED else self._tries
            response, content = self._send(plain, tries)
            if response.is_success:
                self._form = False
        if not response.is_success:
            raise NoAnswer(_objection(response))
        return _answer(content)

    def _send(self, body: Mapping[str, Any], tries: int) -> tuple[httpx.Response, bytes]:
        """The first response that is not to be tried again, or the last, with its content."""
        for n in range(1, tries + 1):
            try:
                response, content = asyncio.run(self._post(body))
            except httpx.ConnectTimeout:
                why: Exception = Unreachable("no connection in time")
                wait = _pause(n)
            except httpx.ConnectError:
                why, wait = Unreachable("no connection"), _pause(n)
            except TimeoutError:
                why, wait = NoAnswer("no answer in time"), _pause(n)
            except httpx.RequestError as error:
                # The words of the error may tell more than its class.
                why, wait = NoAnswer(f"the connection broke ({type(error).__name__})"), _pause(n)
            except httpx.InvalidURL:
                raise Unreachable("it is no address") from None
            else:
                if response.status_code in _NOBODY or response.is_redirect:
                    raise Unreachable(f"it says {response.status_code}: {_advice(response)}")
                if response.status_code not in _AGAIN or n == tries:
                    return response, content
                why, wait = NoAnswer(_objection(response)), _asked_for(response) or _pause(n)
                if wait > LONGEST_PAUSE:
                    raise Unreachable(f"it asks for a pause of {wait:,.0f} seconds: run again then")
            if n < tries and self._left.wait(wait):
                break
        raise why

    async def _post(self, body: Mapping[str, Any]) -> tuple[httpx.Response, bytes]:
        """The response and, when it is a success, its content.

        Raises `TimeoutError` when it is not there in time as a whole. A client's own limits start
        again with whatever comes, and a server that sends a byte now and then is never too late
        for them; so only the connection has one, to tell who is not there from who is slow.
        """
        question = asyncio.current_task()
        assert question is not None
        self._on_their_way.add(question)
        question.add_done_callback(self._on_their_way.discard)
        if self._left.is_set():
            raise NoAnswer("nobody waits for it any more")
        limits = httpx.Timeout(None, connect=self._timeout_s / 2)
        content = bytearray()
        async with (
            asyncio.timeout(self._timeout_s),
            httpx.AsyncClient(
                headers=self._headers, timeout=limits, verify=self._certificates,
                trust_env=False, follow_redirects=False,
            ) as client,
            client.stream("POST", self._url, json=body) as response,
        ):  # fmt: skip
            if response.is_success:
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise NoAnswer(f"the server's answer is over {LARGEST >> 20} MB")
        return response, bytes(content)


def _pause(n: int) -> float:
    return min(PAUSE * 2.0 ** (n - 1), LONGEST_PAUSE)


def _asked_for(response: httpx.Response) -> float | None:
    """The pause that the server asks for, in seconds: told as such, or as a date."""
    wanted = response.headers.get("Retry-After", "")
    if wanted.replace(".", "", 1).isdecimal():
        return float(wanted)
    try:
        return max(0.0, parsedate_to_datetime(wanted).timestamp() - time.time())
    except ValueError:
        return None


def _objection(response: httpx.Response) -> str:
    """Why there is no answer; what the server says of it is not quoted: it may repeat a passage."""
    status = response.status_code
    if status in _NOT_UNDERSTOOD:
        return (
            f"the server refuses the question ({status}): if it is longer than the server takes, "
            "give the server a longer context; if the model knows no temperature, seed or "
            "max_tokens, name another model"
        )
    if status == _TOO_MANY:
        return (
            "the server's limit of questions is reached (429): lower concurrency or raise tries "
            "under [tag.language_model], or run again later"
        )
    return f"the server said {status}"


def _advice(response: httpx.Response) -> str:
    if response.is_redirect:
        return "it sends requests elsewhere; name the address where the model answers"
    if response.status_code in (401, 403):
        return "it wants a key, or another one: see key_variable in docs/settings.md"
    return "it has no such model, or the address is not one that ends in /v1"


def _answer(content: bytes) -> Answer:
    try:
        said = json.loads(content)
        choice = said["choices"][0]
        text = _text(choice["message"]["content"])
        cut_off = choice.get("finish_reason") == "length"
        return Answer(text, str(said.get("model", "")), cut_off)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NoAnswer("the server's answer is not in OpenAI's format") from None


def _text(content: Any) -> str:
    """The words of an answer; some servers give them in parts."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part["type"] == "text")
    return "" if content is None else str(content)
