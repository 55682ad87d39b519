"""`kill -9` at random moments: what was acknowledged is there, and nothing is torn."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from cosell.engine import Engine
from cosell.store.opportunity import stored
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.wire.decode import decode
from cosell.wire.types import GetOpportunityResponse
from tests.list_opportunities import oracle
from tests.store.caller import Caller
from tests.store.writer_program import change_number

FILES, KILLS_OF_EACH = 5, 10  # for each of four seeds: 200 kills in all
LONGEST_LIFE = 12  # acknowledged changes


class Writers:
    """The writer program, one child at a time."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.store.writer_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )

    def live_and_die(self, database: Path, seed: str, acknowledgements: int, delay_s: float) -> list[dict[str, Any]]:
        """Start a child, kill it that long after so many of its changes were acknowledged, and tell all that were."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{database} {seed}\n")
        self._program.stdin.flush()
        pid = 0
        told: list[dict[str, Any]] = []
        while pid == 0 or len(told) < acknowledgements:
            line = self._line()
            if "pid" in line:
                pid = line["pid"]
            else:
                told.append(line)
        time.sleep(delay_s)  # the moment of death, drawn at random
        os.kill(pid, signal.SIGKILL)
        while "gone" not in (line := self._line()):
            told.append(line)
        return told

    def _line(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        return dict(json.loads(self._program.stdout.readline()))

    def close(self) -> None:
        """End the program."""
        self._program.communicate(timeout=30)


@pytest.fixture
def writers() -> Iterator[Writers]:
    writers = Writers()
    yield writers
    writers.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_writer_loses_and_tears_nothing(writers: Writers, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for file in range(FILES):
        database = tmp_path / f"{file}.db"
        acknowledged: list[dict[str, Any]] = []
        for kill in range(KILLS_OF_EACH):
            acknowledgements = chance.randint(0, LONGEST_LIFE)
            delay_s = chance.uniform(0, 0.04 if acknowledgements == 0 else 0.006)
            acknowledged += writers.live_and_die(database, f"{seed}-{file}-{kill}", acknowledgements, delay_s)
            engine = Engine.open(str(database))
            assert_nothing_lost(Caller(engine), acknowledged)
            engine.close()
            assert_nothing_torn(database)


def assert_nothing_lost(caller: Caller, acknowledged: list[dict[str, Any]]) -> None:
    """Each acknowledged change is in the records, and none was stamped earlier than one before it."""
    stamps = [change["stamp"] for change in acknowledged]
    assert stamps == sorted(set(stamps)), "the watermark never goes back"
    records = {record["Id"]: record for record in caller.records()}
    for change in acknowledged:
        record = records[change["id"]]
        assert change_number(record) >= change["change"]
        assert record["LastModifiedDate"] >= change["stamp"]
        if change_number(record) == change["change"]:
            assert record["LastModifiedDate"] == change["stamp"]
        if change["token"]:
            again = {"PartnerOpportunityIdentifier": "0", "Project": {"Title": "something else"}}
            with pytest.raises(Exception, match="ConflictException"):
                caller.create(change["token"], **again)


def assert_nothing_torn(database: Path) -> None:
    """Record, summary, keys, tokens and events of every change agree: each was committed whole or not at all."""
    connection = apsw.Connection(str(database))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    changes: Counter[str] = Counter()
    for row in connection.execute(
        "SELECT id_key, stage, review_status, last_modified, created, target_close, company, summary, record "
        "FROM opportunity FULL JOIN opportunity_record USING (opportunity_id)"
    ):
        encoded = row[-1]
        assert isinstance(encoded, bytes)
        expected = stored(decode(GetOpportunityResponse, encoded))
        assert row == (
            expected.id_key,
            STAGE_CODES[expected.stage],
            REVIEW_STATUS_CODES[expected.review_status],
            expected.last_modified_ms,
            expected.created_ms,
            expected.target_close,
            expected.company,
            expected.summary,
            encoded,
        )
        record = json.loads(encoded)
        assert json.loads(expected.summary) == oracle.summary(record)
        changes[record["Id"]] = change_number(record) + 1
    assert_events_and_tokens_agree(connection, changes)
    latest = connection.execute("SELECT max(last_modified) FROM opportunity").get
    assert connection.execute("SELECT value FROM counter JOIN scope ON counter_id = scope_id").get == latest
    connection.close()


def assert_events_and_tokens_agree(connection: apsw.Connection, changes: Counter[str]) -> None:
    """One event for each change, the creation first; one token for each creation."""
    events = [
        json.loads(str(bytes(row[0]), "utf-8"))
        for row in connection.execute("SELECT event FROM outbox ORDER BY position")
    ]
    assert Counter(event["detail"]["opportunity"]["identifier"] for event in events) == changes
    created = [event for event in events if event["detail-type"] == "Opportunity Created"]
    assert len(created) == len(changes)
    assert len({event["id"] for event in events}) == len(events)
    answers = [json.loads(str(bytes(row[0]), "utf-8")) for row in connection.execute("SELECT answer FROM client_token")]
    assert {answer["Id"] for answer in answers} == set(changes)
    assert len(answers) == len(changes)
