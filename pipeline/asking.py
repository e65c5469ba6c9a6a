"""Asking the language model that study.toml names about redacted passages; keeping its answers.

This is the one place from which anything is sent, and it is done in the process that runs the
stages, never in a worker: the key of the server and the number of questions at once are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pandas as pd

from pipeline import contracts
from pipeline.codebook import Codebook
from pipeline.tag.language_model.endpoint import Answer, Endpoint, NoAnswer, Unreachable
from pipeline.tag.language_model.prompt import Request, asked, instructions, requests
from pipeline.tag.language_model.store import ANSWERED, Store

if TYPE_CHECKING:
    from pipeline.study import LanguageModelSettings

IN_A_ROW = 5
"""Passages in a row without an answer, after which the server is taken to be gone."""
_HERE = ("localhost", "127.0.0.1", "[::1]", "::1")


class Open(NamedTuple):
    """Passages without a kept answer, as they would be sent, with the request for each."""

    passages: pd.DataFrame
    requests: Sequence[Request]


def open_passages(
    paths: Mapping[int, Path],
    stores: Mapping[int, Store],
    codebook: Codebook,
    settings: LanguageModelSettings,
) -> Open:
    """What is still to be asked of the reviews whose redacted passages lie at `paths`."""
    frames, found = [], []
    for review, path in paths.items():
        wanted = asked(contracts.read(path, contracts.REDACTED))
        of_review = requests(wanted, codebook, settings.asked)
        outcomes = stores[review].outcomes(of_review)
        still = [request for request in of_review if outcomes[request.passage_id] != ANSWERED]
        frames.append(wanted[wanted["passage_id"].isin([r.passage_id for r in still])])
        found += still
    return Open(pd.concat(frames) if frames else pd.DataFrame(), found)


def withhold(
    still: Open, stores: Mapping[int, Store], hits: Callable[[pd.DataFrame, str], pd.DataFrame]
) -> list[Request]:
    """The requests that may be sent; those in whose passage the leak check finds something, not.

    `hits` is the leak check (`release.LeakCheck.hits`).
    """
    leaking = set(hits(still.passages.drop(columns="layer"), "passages")["row"])
    for request in still.requests:
        if request.passage_id in leaking:
            stores[request.review_id].withhold(request)
    return [request for request in still.requests if request.passage_id not in leaking]


def objection(codebook: Codebook, hits: Callable[[pd.DataFrame, str], pd.DataFrame]) -> str | None:
    """Why the codebook itself may not be sent; None when it may."""
    if hits(pd.DataFrame({"text": [instructions(codebook)]}), "codebook").empty:
        return None
    return (
        "nothing was sent to the language model: the leak check finds in the codebook's own words "
        "what redaction replaced in a review; reword its definitions, then run again"
    )


def ask(
    wanted: Sequence[Request],
    stores: Mapping[int, Store],
    settings: LanguageModelSettings,
    *,
    advance: Callable[[], None],
) -> str | None:
    """Ask, and keep the answers; returns what went wrong, None if nothing.

    Raises `BadSettings` when the variable that should hold the server's key is empty.
    """
    with Endpoint(
        settings.address, key=settings.key(), timeout_s=settings.timeout_s, tries=settings.tries
    ) as endpoint:
        return _ask_all(wanted, stores, endpoint, settings, advance)


def _ask_all(
    wanted: Sequence[Request],
    stores: Mapping[int, Store],
    endpoint: Endpoint,
    settings: LanguageModelSettings,
    advance: Callable[[], None],
) -> str | None:
    """Ask, several passages at once; an answer is kept as soon as it is there."""
    failed: dict[str, int] = {}
    in_a_row = 0
    with _together(endpoint, wanted, settings.concurrency) as futures:
        for future in as_completed(futures):
            request = futures[future]
            try:
                answer = future.result()
            except Unreachable as error:
                return _unreachable(settings, str(error))
            except NoAnswer as error:
                failed[str(error)] = failed.get(str(error), 0) + 1
                in_a_row += 1
                if in_a_row == IN_A_ROW:
                    return _unreachable(settings, str(error))
            else:
                in_a_row = 0
                stores[request.review_id].put(request, answer.text, served_by=answer.served_by)
            advance()
    if not failed:
        return None
    told = "; ".join(f"{of_passages(n)}: {why}" for why, n in sorted(failed.items()))
    return f"the language model did not answer about some passages ({told}); run again to ask again"


@contextmanager
def _together(
    endpoint: Endpoint, wanted: Sequence[Request], at_once: int
) -> Iterator[dict[Future[Answer], Request]]:
    """Questions on their way; those that were not sent yet when the block ends never are."""
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="ask")
    try:
        yield {pool.submit(endpoint.ask, request.body): request for request in wanted}
    finally:
        # Not waited for: a server that hangs would hold up the end of the run.
        pool.shutdown(wait=False, cancel_futures=True)


def _unreachable(settings: LanguageModelSettings, why: str) -> str:
    return (
        f"the language model at {settings.address} does not answer ({why}); start its server, or "
        "mend [tag.language_model] in study.toml, or take that section out to code without it; "
        "then run again: what it has answered is kept"
    )


def notice(settings: LanguageModelSettings, n: int) -> str:
    """What the user is told before anything is sent."""
    split = urlsplit(settings.address)
    plainly = split.scheme == "http" and split.hostname not in _HERE
    how = " over a connection that is not encrypted" if plainly else ""
    return (
        f"language model: the redacted text of {of_passages(n)}, with headings and the codebook's "
        f"definitions, goes to {settings.address}{how}; nothing else is ever sent"
    )


def of_passages(n: int) -> str:
    """A number of passages, in words."""
    return f"{n:,} passage{'' if n == 1 else 's'}"
