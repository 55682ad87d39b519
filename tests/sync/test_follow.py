"""Following: runs one after the other, what is waited for, and what ends it."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from cosell.errors import UserError
from cosell.sync import MirrorUnavailable, Unavailable
from cosell.sync.follow import Trouble, follow
from cosell.sync.stopping import Stopped, Stopping
from cosell.sync.target import Target
from cosell.sync.wake import Queue
from tests.sync.memory_target import MemoryTarget, Tables


class Following:
    """A sync that follows in no time. `door` and `runs` say what opening and running meet; then it is stopped."""

    def __init__(self, door: Sequence[BaseException | None], runs: Sequence[BaseException | None]) -> None:
        self.now_ms = 0
        self.started: list[int] = []
        self.opened = 0
        self.troubles: list[Trouble] = []
        self._door = itertools.chain(door, itertools.repeat(None))
        self._runs = itertools.chain(runs, [Stopped()])

    def __call__(self) -> None:
        follow(
            self._open,
            self._run,
            interval_ms=60_000,
            clock=lambda: self.now_ms,
            wait=self._wait,
            trouble=self.troubles.append,
        )

    @contextmanager
    def _open(self) -> Iterator[Target]:
        _raise(next(self._door))
        self.opened += 1
        yield MemoryTarget(Tables())

    def _run(self, _: Target, until_ms: int) -> None:
        assert until_ms == self.now_ms + 60_000
        self.started.append(self.now_ms)
        self.now_ms += 10_000
        _raise(next(self._runs))

    def _wait(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise error


def test_runs_begin_at_even_distances() -> None:
    following = Following([], [None, None])
    with pytest.raises(Stopped):
        following()
    assert (following.started, following.opened) == ([0, 60_000, 120_000], 1)


def test_a_service_that_does_not_answer_is_waited_for() -> None:
    following = Following([], [Unavailable("no answer"), None])
    with pytest.raises(Stopped):
        following()
    assert [str(trouble) for trouble in following.troubles] == ["no answer"]
    assert len(following.started) == 3


def test_a_mirror_that_was_lost_is_opened_and_locked_again() -> None:
    door = [None, UserError("cannot open"), MirrorUnavailable("still down")]
    following = Following(door, [None, MirrorUnavailable("gone"), None])
    with pytest.raises(Stopped):
        following()
    assert [str(trouble) for trouble in following.troubles] == ["gone", "cannot open", "still down"]
    assert (following.opened, len(following.started)) == (2, 4)


def test_what_a_person_has_to_mend_ends_it() -> None:
    with pytest.raises(UserError, match="no such database"):
        Following([UserError("no such database")], [])()
    with pytest.raises(UserError, match="AccessDenied"):
        Following([], [None, UserError("AccessDenied")])()


def test_a_sync_ends_between_two_pages_and_at_once_where_it_waits() -> None:
    stopping = Stopping()
    stopping.check()
    stopping.sleep(0)
    stopping.ask()
    with pytest.raises(Stopped):
        stopping.check()
    with pytest.raises(Stopped):
        stopping.sleep(60)
    with pytest.raises(KeyboardInterrupt):
        stopping.ask()


def test_who_waits_is_woken_by_being_asked() -> None:
    stopping = Stopping()
    with pytest.raises(Stopped), stopping.waiting():
        stopping.ask()


def test_a_stop_in_the_middle_of_a_call_is_no_broken_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = Stopping()
    queue = Queue(boto3.session.Session("a", "b", region_name="us-east-1"), "http://127.0.0.1:9/000000000000/events")
    monkeypatch.setattr("botocore.awsrequest.AWSHTTPConnectionPool.urlopen", lambda *_, **__: stopping.ask())
    with pytest.raises(Stopped), stopping.waiting():
        queue.wait(60)


def test_signals_ask_and_their_handlers_come_back() -> None:
    import signal

    stopping = Stopping()
    before: Any = signal.getsignal(signal.SIGTERM)
    with stopping.on_signals(lambda: 1):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
    with pytest.raises(Stopped):
        stopping.check()
