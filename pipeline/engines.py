"""Where work runs: in this process or in several. Stage code never knows.

An engine maps a task over items and yields outcomes as they come. A task that raises is the
task's own business (it returns a failed outcome); what an engine must survive is the death of
a worker process, as when the machine runs out of memory.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from multiprocessing.pool import ThreadPool
from typing import TypeVar

from pipeline.errors import BadUsage

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Engine(AbstractContextManager["Engine"]):
    """Somewhere to run tasks; used as a context manager, so that workers end with it."""

    @abstractmethod
    def map(
        self,
        task: Callable[[Item], Outcome],
        items: Sequence[Item],
        died: Callable[[Item], Outcome],
        *,
        waits: bool = False,
    ) -> Iterator[Outcome]:
        """Outcomes in the order of completion; `died(item)` for an item that killed its worker.

        `waits` tells that the task does little but wait for a process of its own.
        """

    def __exit__(self, *_: object) -> None:
        """End what was started."""


class Serial(Engine):
    """One item after the other, in this process."""

    def map(
        self,
        task: Callable[[Item], Outcome],
        items: Sequence[Item],
        died: Callable[[Item], Outcome],
        *,
        waits: bool = False,
    ) -> Iterator[Outcome]:
        """See `Engine.map`."""
        yield from map(task, items)


class Processes(Engine):
    """Several worker processes, kept over all stages of a run so that models load once each."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self,
        task: Callable[[Item], Outcome],
        items: Sequence[Item],
        died: Callable[[Item], Outcome],
        *,
        waits: bool = False,
    ) -> Iterator[Outcome]:
        """See `Engine.map`; one item alone is not worth a worker's start-up."""
        if len(items) <= 1:
            yield from map(task, items)
            return
        if waits:
            # Threads start at once. They do not outlive an interrupted run, nor does it await them.
            with ThreadPool(self._workers) as threads:
                yield from threads.imap_unordered(task, items)
            return
        open_items = dict(enumerate(items))
        try:
            for number, outcome in self._together(task, open_items):
                del open_items[number]
                yield outcome
        except BrokenProcessPool:
            # Nobody says which item it was: the open ones go again, one at a time.
            for item in list(open_items.values()):
                yield self._alone(task, item, died)

    def _together(
        self, task: Callable[[Item], Outcome], items: dict[int, Item]
    ) -> Iterator[tuple[int, Outcome]]:
        pool = self._start()
        numbers = {pool.submit(task, item): number for number, item in items.items()}
        try:
            for future in as_completed(numbers):
                yield numbers[future], future.result()
        except BrokenProcessPool:
            self._stop()
            raise

    def _alone(
        self, task: Callable[[Item], Outcome], item: Item, died: Callable[[Item], Outcome]
    ) -> Outcome:
        try:
            return self._start().submit(task, item).result()
        except BrokenProcessPool:
            self._stop()
            return died(item)

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawned, not forked: a fork of a process with numeric threads can hang.
            self._pool = ProcessPoolExecutor(
                self._workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_prepare_worker,
            )
        return self._pool

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def __exit__(self, *_: object) -> None:
        """End the workers."""
        self._stop()


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare_worker() -> None:
    """Workers share the cores already; numeric threads on top would only contend."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


ENGINES = ("serial", "processes")


def engine(name: str, *, workers: int | None = None) -> Engine:
    """The engine of that name; `workers` defaults to the number of cores this process may use.

    Raises `BadUsage` for an unknown name.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    match name:
        case "serial":
            return Serial()
        case "processes":
            return Processes(workers or cores or 1)
        case _:
            raise BadUsage(f"there is no engine {name!r}; use one of {', '.join(ENGINES)}")
