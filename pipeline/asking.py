"""Asking the language model that study.toml names about redacted passages; keeping its answers.

This is the one place from which anything is sent, and it is done in the process that runs the
stages, never in a worker: the key of the server and the number of questions at once are its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pandas as pd

from pipeline import contracts
from pipeline.codebook import Codebook
from pipeline.tag.language_model.answer import REFUSALS, read_answers
from pipeline.tag.language_model.endpoint import Answer, Endpoint, NoAnswer, Unreachable
from pipeline.tag.language_model.prompt import Request, asked, instructions, requests
from pipeline.tag.language_model.store import ANSWERED, NOT_USABLE, Kept, Store

if TYPE_CHECKING:
    from pipeline.study import LanguageModelSettings

IN_A_ROW = 5
"""Passages in a row without an answer, after which the server is taken to be gone."""
OUT_OF_FORM = "the answer is not in the form that was asked for"
NONE_STANDS = "no coding of the answer can be verified: its quotes, codes or words are others"
GIVES_AWAY = "a reason in the answer holds what redaction replaced"
CUT_OFF = (
    "the answer was cut off: raise max_tokens under [tag.language_model] (0 leaves it to the "
    "server), give the server a longer context, or name another model"
)
_HERE = ("localhost", "127.0.0.1", "[::1]", "::1")
Hits = Callable[[pd.DataFrame, str], pd.DataFrame]
"""The leak check: `release.LeakCheck.hits`."""
Judge = Callable[[pd.DataFrame, Mapping[str, Kept]], dict[str, str]]
"""`faults`, given codebook and leak check."""


class Open(NamedTuple):
    """Passages without an answer that can be used, as they would be sent; the request for each."""

    passages: pd.DataFrame
    requests: Sequence[Request]


def open_passages(
    paths: Mapping[int, Path],
    stores: Mapping[int, Store],
    codebook: Codebook,
    settings: LanguageModelSettings,
    judge: Judge,
) -> Open:
    """What is still to be asked of the reviews whose redacted passages lie at `paths`.

    Kept answers that cannot be used, or no longer since redaction replaces more, are laid aside.
    """
    frames, found = [], []
    for review, path in paths.items():
        wanted = asked(contracts.read(path, contracts.REDACTED))
        of_review = requests(wanted, codebook, settings.asked)
        store = stores[review]
        refused = judge(wanted, store.read(of_review))
        for request in of_review:
            if request.passage_id in refused:
                store.refuse(request)
        outcomes = store.outcomes(of_review)
        still = [request for request in of_review if outcomes[request.passage_id] != ANSWERED]
        frames.append(wanted[wanted["passage_id"].isin([r.passage_id for r in still])])
        found += still
    return Open(pd.concat(frames) if frames else pd.DataFrame(), found)


def faults(
    passages: pd.DataFrame, kept: Mapping[str, Kept], *, codebook: Codebook, hits: Hits
) -> dict[str, str]:
    """Passage id → why its answer cannot be used, where there is one and it cannot.

    `passages` as of `prompt.asked`.
    """
    there = [passage for passage, has in kept.items() if has.answer is not None]
    passages = passages[passages["passage_id"].isin(there)]
    read = read_answers(passages, kept, codebook, coder="")
    unusable = read.answers[read.answers["outcome"] == NOT_USABLE].set_index("passage_id")
    refused = unusable[list(REFUSALS)].any(axis=1)
    reasons = read.codings[["review_id", "passage_id", "reason"]]
    return {
        **refused.map({True: NONE_STANDS, False: OUT_OF_FORM}),
        **dict.fromkeys(hits(reasons, "answers")["row"], GIVES_AWAY),
    }


def withhold(still: Open, stores: Mapping[int, Store], hits: Hits) -> Open:
    """What may be sent of it; passages in which the leak check finds something, not."""
    leaking = set(hits(still.passages.drop(columns="layer"), "passages")["row"])
    for request in still.requests:
        if request.passage_id in leaking:
            stores[request.review_id].withhold(request)
    clear = [request for request in still.requests if request.passage_id not in leaking]
    return still._replace(requests=clear)


def objection(codebook: Codebook, hits: Hits) -> str | None:
    """Why the codebook itself may not be sent; None when it may."""
    if hits(pd.DataFrame({"text": [instructions(codebook)]}), "codebook").empty:
        return None
    return (
        "nothing was sent to the language model: the leak check finds in the codebook's own words "
        "what redaction replaced in a review; reword its definitions, then run again"
    )


def ask(
    wanted: Open,
    stores: Mapping[int, Store],
    settings: LanguageModelSettings,
    *,
    judge: Judge,
    advance: Callable[[], None],
    tell: Callable[[str], None],
) -> str | None:
    """Ask, and keep the answers; returns what went wrong, None if nothing.

    The first time that something goes wrong it is told at once, so that one can stop and mend it.
    Raises `BadSettings` when the variable that should hold the server's key is empty.
    """
    failed: Counter[str] = Counter()
    gone = None
    with (
        Endpoint(
            settings.address, key=settings.key(), timeout_s=settings.timeout_s, tries=settings.tries
        ) as endpoint,
        # Closed, it drops at once what was not sent yet, also when the user stops the run.
        closing(_in_turn(wanted, stores, endpoint, settings.concurrency, judge)) as in_turn,
    ):
        try:
            for why in in_turn:
                if why:
                    failed[why] += 1
                    if failed[why] == 1:
                        tell(f"language model: {why}")
                advance()
        except Unreachable as error:
            gone = str(error)
    return "; ".join(_problems(settings, failed, gone)) or None


def _in_turn(
    wanted: Open, stores: Mapping[int, Store], endpoint: Endpoint, at_once: int, judge: Judge
) -> Generator[str | None]:
    """Ask, several passages at once; yields for each why it has no usable answer, None if it has.

    Raises `Unreachable` when the server is gone.
    """
    passages = wanted.passages.set_index("passage_id", drop=False)
    in_a_row = 0
    with _together(endpoint, wanted.requests, stores, at_once) as futures:
        for future in as_completed(futures):
            request = futures[future]
            try:
                answer = future.result()
            except NoAnswer as error:
                in_a_row += 1
                if in_a_row == IN_A_ROW:
                    raise Unreachable(str(error)) from None
                yield str(error)
                continue
            in_a_row = 0
            has = {request.passage_id: Kept(ANSWERED, answer.text)}
            found = judge(passages.loc[[request.passage_id]], has)
            why = CUT_OFF if answer.cut_off else found.get(request.passage_id)
            if why:
                stores[request.review_id].refuse(request)
            yield why


@contextmanager
def _together(
    endpoint: Endpoint, wanted: Sequence[Request], stores: Mapping[int, Store], at_once: int
) -> Iterator[dict[Future[Answer], Request]]:
    """Questions on their way; those that were not sent yet when the block ends never are."""
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="ask")
    try:
        yield {
            pool.submit(_ask_one, endpoint, request, stores[request.review_id]): request
            for request in wanted
        }
    finally:
        # Not waited for: a server that hangs would hold up the end of the run.
        pool.shutdown(wait=False, cancel_futures=True)


def _ask_one(endpoint: Endpoint, request: Request, store: Store) -> Answer:
    """Ask, and keep the answer as soon as it is there."""
    answer = endpoint.ask(request.body)
    store.put(request, answer.text, served_by=answer.served_by)
    return answer


def _problems(
    settings: LanguageModelSettings, failed: Mapping[str, int], gone: str | None
) -> Iterator[str]:
    if gone:
        yield _unreachable(settings, gone)
    if failed:
        told = "; ".join(f"{of_passages(n)}: {why}" for why, n in sorted(failed.items()))
        yield f"no usable answer about some passages ({told}); run again to ask again"


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
