"""Writers of one process come in one after the other, and wait until their deadlines."""

import threading

import pytest

from cosell.store.interface import StoreBusy
from cosell.store.patience import new_deadline, waiting_until
from cosell.store.writer_lock import WriterLock


def test_whoever_lets_go_and_comes_again_comes_after_those_who_wait() -> None:
    lock = WriterLock()
    order: list[str] = []

    def come() -> None:
        with lock:
            order.append("who waited")

    lock.acquire()
    waiting = threading.Thread(target=come)
    waiting.start()
    while not lock._gate.locked():  # it does not wait yet
        pass
    lock.release()
    with lock:
        order.append("who had it")
    waiting.join(60)
    assert order == ["who waited", "who had it"]


def test_whoever_has_it_may_take_it_again() -> None:
    lock = WriterLock()
    with waiting_until(new_deadline()), lock:
        deadline = lock.deadline
        with lock:
            assert lock.deadline == deadline
        assert lock._lock.locked()
    assert not lock._lock.locked()


def test_whoever_only_looks_in_is_told_that_it_is_taken() -> None:
    lock = WriterLock()
    told: list[bool] = []
    assert lock.held_s() == 0
    with lock:
        looking_in = threading.Thread(target=lambda: told.append(lock.acquire(patience_s=0)))
        looking_in.start()
        looking_in.join(60)
        assert lock.held_s() > 0
    assert told == [False]
    assert lock.acquire(patience_s=0)
    lock.release()


def test_nobody_waits_beyond_a_deadline() -> None:
    lock = WriterLock()
    refused: list[StoreBusy] = []

    def come() -> None:
        with (
            waiting_until(new_deadline() - 3600),
            pytest.raises(StoreBusy, match="were not done in time") as busy,
            lock,
        ):
            pass
        refused.append(busy.value)

    with lock:
        late = threading.Thread(target=come)
        late.start()
        late.join(60)
    assert refused
    with waiting_until(new_deadline() - 3600), lock:
        assert lock._lock.locked(), "who finds it free has it, however late"
