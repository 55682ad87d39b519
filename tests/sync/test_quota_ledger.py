"""The ledger that all processes of a user share."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosell.errors import UserError
from cosell.sync.account_key import account_key, account_of, is_loopback
from cosell.sync.quota import QuotaLedger, Unlimited, open_ledger
from cosell.sync.quota_rule import DAY_NS, QUOTAS, SECOND_NS, Kind, Limit, Quota
from tests.sync.test_quota_rule import most_in_a_window

SMALL: dict[Kind, Quota] = {
    "read": Quota(Limit(3, SECOND_NS), Limit(7, 60 * SECOND_NS)),
    "write": QUOTAS["write"],
}


class Time:
    """A clock that sleeping moves on, and that can be set back."""

    def __init__(self) -> None:
        self.true_ns = 0
        self.behind_ns = 0
        self.slept: list[float] = []

    def now_ns(self) -> int:
        return 1_800_000_000 * SECOND_NS + self.true_ns - self.behind_ns

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.true_ns += round(seconds * 1e9)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def open_at(tmp_path: Path, time: Time) -> Callable[..., QuotaLedger]:
    """Opens the test's ledger at the test's time: `open_at(share=0.5)`."""

    def opened(**options: Any) -> QuotaLedger:
        given = {"key": "aws/111122223333", "clock_ns": time.now_ns, "sleep": time.sleep, "limits": SMALL}
        return QuotaLedger.open(tmp_path / "quota.db", **{**given, **options})

    return opened


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # which process
        st.sampled_from(["take", "take", "take", "wait", "restart"]),
        st.sampled_from([0, 0, 1, SECOND_NS // 3, SECOND_NS, 40 * SECOND_NS]),  # time that passes first
        st.sampled_from([0, 0, 0, SECOND_NS, 3600 * SECOND_NS]),  # how far the clock is set back first
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_no_window_holds_more_calls_than_allowed_whatever_processes_and_clocks_do(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int, int]]
) -> None:
    path, time = tmp_path_factory.mktemp("ledger") / "quota.db", Time()

    def opened() -> QuotaLedger:
        return QuotaLedger.open(path, "k", limits=SMALL, clock_ns=time.now_ns, sleep=time.sleep)

    ledgers = [opened() for _ in range(3)]
    calls = []
    for process, step, gap_ns, back_ns in steps:
        time.true_ns += gap_ns
        time.behind_ns += back_ns
        if step == "restart":
            ledgers[process].close()
            ledgers[process] = opened()
        elif step == "wait":
            ledgers[process].wait_for("read")
            calls.append(time.true_ns)
        elif not ledgers[process].take("read"):
            calls.append(time.true_ns)
    for ledger in ledgers:
        ledger.close()
    assert most_in_a_window(calls, SECOND_NS) <= 3
    assert most_in_a_window(calls, 60 * SECOND_NS) <= 7


def test_waiting_ends_when_the_call_may_go(open_at: Callable[..., QuotaLedger], time: Time) -> None:
    ledger = open_at(limits=QUOTAS)
    moments = []
    for _ in range(3):
        ledger.wait_for("write")
        moments.append(time.true_ns)
    for _ in range(10):
        ledger.wait_for("read")
    assert moments == [0, SECOND_NS, 2 * SECOND_NS]
    assert time.slept == [1.0, 1.0], "reads have a quota of their own"
    ledger.close()


def test_a_day_that_is_used_up_is_waited_for_in_short_sleeps(open_at: Callable[..., QuotaLedger], time: Time) -> None:
    told: list[tuple[Kind, float]] = []
    limits = {"write": Quota(Limit(1, 1), Limit(2, DAY_NS))}
    ledger = open_at(limits=limits, waiting=lambda kind, wait_s: told.append((kind, wait_s)))
    for _ in range(3):
        ledger.wait_for("write")
        time.true_ns += SECOND_NS
    assert DAY_NS <= time.true_ns <= DAY_NS + 301 * SECOND_NS
    assert max(time.slept) == 60
    assert [(kind, round(wait_s / 3600)) for kind, wait_s in told] == [("write", 24)], "told once"
    ledger.close()


def test_a_holders_share_leaves_the_rest_to_others_over_all_its_runs(open_at: Callable[..., QuotaLedger]) -> None:
    taken = []
    for _ in range(2):
        sync = open_at(share=0.5, holder="sync")
        taken += [sync.take("read") for _ in range(3)]
        sync.close()
    assert [wait == 0 for wait in taken] == [True, *[False] * 5], "the second run goes on where the first one stopped"
    push = open_at(holder="push")
    assert [push.take("read") == 0 for _ in range(3)] == [True, True, False], "one of three was the sync's"
    push.close()


def test_accounts_do_not_share(open_at: Callable[..., QuotaLedger]) -> None:
    for key in ("aws/111122223333", "aws/444455556666"):
        ledger = open_at(key=key)
        assert ledger.take("write") == 0
        assert ledger.take("write") == 1
        ledger.close()


def test_a_throttled_call_slows_all_processes_and_does_not_count_for_the_day(
    open_at: Callable[..., QuotaLedger], time: Time
) -> None:
    first, second = open_at(limits=QUOTAS), open_at(holder="other", limits=QUOTAS)
    for hold in (1, 2, 4):
        first.wait_for("read")
        first.throttled("read")
        assert second.take("read") == hold
        assert second.take("write") == 0, "writes go on"
        time.sleep(hold)
    first.close()
    second.close()
    third = open_at(limits={"read": Quota(Limit(9, 1), Limit(1, DAY_NS))})
    assert third.take("read") == 0
    third.close()


PROGRAM = """
import sys, time
from cosell.sync.quota import QuotaLedger
from cosell.sync.quota_rule import Limit, Quota
limits = {"read": Quota(Limit(5, 50_000_000), Limit(1000, 10**12))}
ledger = QuotaLedger.open(sys.argv[1], "k", limits=limits)
for _ in range(40):
    ledger.wait_for("read")
"""


def test_two_real_processes_keep_to_the_limit_together(tmp_path: Path) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", PROGRAM, tmp_path / "quota.db"]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    ledger = QuotaLedger.open(tmp_path / "quota.db", "k")
    used = ledger._read("", "read")
    assert sum(calls for _, calls in used.slots) == 80, "no call was lost"
    assert used.recent[-1] - used.slots[0][0] >= 15 * 50_000_000, "80 calls take 16 windows"
    ledger.close()


def test_threads_share_a_ledger(open_at: Callable[..., QuotaLedger]) -> None:
    ledger = open_at(limits={"read": Quota(Limit(100, SECOND_NS), Limit(50, DAY_NS))})
    taken: list[float] = []
    threads = [threading.Thread(target=lambda: taken.extend(ledger.take("read") for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(0.0) == 50
    ledger.close()


def test_only_the_owner_reads_the_file(open_at: Callable[..., QuotaLedger], tmp_path: Path) -> None:
    open_at().close()
    assert stat.S_IMODE((tmp_path / "quota.db").stat().st_mode) == 0o600


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda path: path.write_text("no database, but a text that is long enough" * 9),
            "it is not a SQLite database",
        ),
        (lambda path: path.mkdir(), "cannot be used: it cannot be opened"),
        (_newer, "was written by a newer cosell"),
    ],
)
def test_a_file_that_is_no_ledger_is_a_users_mistake(
    open_at: Callable[..., QuotaLedger], tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(tmp_path / "quota.db")
    with pytest.raises(UserError, match=told):
        open_at()


def test_a_folder_that_cannot_be_made_is_a_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be used") as mistake:
        QuotaLedger.open(tmp_path / "file" / "quota.db", "k")
    assert mistake.value.next_step == "check the file and its folder, or use --rate off"


def test_a_record_that_is_spoilt_is_reported(open_at: Callable[..., QuotaLedger], tmp_path: Path) -> None:
    ledger = open_at()
    ledger.take("read")
    connection = sqlite3.connect(tmp_path / "quota.db")
    connection.execute("UPDATE quota_used SET used = x'00'")
    connection.commit()
    connection.close()
    with pytest.raises(UserError, match="cannot be used"):
        ledger.take("read")
    ledger.close()


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_share_is_above_0_and_at_most_1(open_at: Callable[..., QuotaLedger], share: float) -> None:
    with pytest.raises(UserError, match="is not valid"):
        open_at(share=share)


def _client(endpoint: str | None, access_key: str = "111122223333", **options: Any) -> Any:
    return boto3.session.Session().client(
        "partnercentral-selling",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key="any",
        **options,
    )


def test_the_quota_is_the_accounts_whatever_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"):
        monkeypatch.delenv(name, raising=False)
    assert account_key(_client("http://127.0.0.1:4280")) == "127.0.0.1:4280/111122223333"
    assert account_key(_client(None, "ASIAQNZGKIQY56JQ7WML")) == "aws/029608264753"
    named = _client("https://partnercentral-selling.us-east-1.api.aws", aws_account_id="555566667777")
    assert account_key(named) == "aws/555566667777"
    assert account_of("AKIA0000000000000000") == "AKIA0000000000000000", "no base32"


def test_a_client_without_credentials_has_an_unknown_account() -> None:
    client = _client("http://127.0.0.1:1")
    client._request_signer._credentials = None
    assert account_key(client) == "127.0.0.1:1/unknown"


@pytest.mark.parametrize(
    ("endpoint", "loopback"),
    [
        ("http://127.0.0.1:4280", True),
        ("http://[::1]:4280", True),
        ("http://localhost", True),
        ("http://cosell.localhost", True),
        ("https://partnercentral-selling.us-east-1.api.aws", False),
        ("http://10.0.0.1", False),
    ],
)
def test_on_this_machine_calls_are_not_counted_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, endpoint: str, loopback: bool
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert is_loopback(endpoint) == loopback
    client = _client(endpoint)
    for rate, counts in (("auto", not loopback), ("on", True), ("off", False)):
        ledger = open_ledger(client, rate, 1.0, "push")  # type: ignore[arg-type]  # a plain text here
        assert isinstance(ledger, Unlimited) != counts
        ledger.throttled("read")
        ledger.close()
    assert (tmp_path / "cosell" / "quota.db").exists()


def test_a_ledger_that_is_off_makes_nobody_wait() -> None:
    ledger = Unlimited()
    for _ in range(100):
        ledger.wait_for("write")
        ledger.throttled("write")
    ledger.close()


def test_without_a_usable_variable_the_state_is_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    open_ledger(_client("http://127.0.0.1:1"), "on", 1.0, "push").close()
    assert (tmp_path / ".local/state/cosell/quota.db").exists()
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}/of-unit:{tmp_path}/another")
    open_ledger(_client("http://127.0.0.1:1"), "on", 1.0, "push").close()
    assert (tmp_path / "of-unit/quota.db").exists()
