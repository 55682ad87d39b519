"""Two people, or a person and a program, who change one opportunity."""

import threading
from pathlib import Path

import pytest

from cosell.engine import Engine
from tests.store.caller import HandClock
from tests.stories.cast import Partner, Reviewer


def test_who_read_before_the_review_ended_has_to_read_again(partner: Partner, reviewer: Reviewer) -> None:
    deal = partner.drafts()
    partner.submits(deal)
    seen = partner.reads(deal)
    reviewer.decides(deal, "approve")
    with pytest.raises(partner.client.exceptions.ConflictException):
        partner.sends_back(seen, {"LifeCycle.NextSteps": "Too late."})
    partner.changes(deal, {"LifeCycle.NextSteps": "In time."})
    assert partner.reads(deal)["LifeCycle"]["NextSteps"] == "In time."


def test_a_lost_answer_shows_as_a_conflict(partner: Partner) -> None:
    deal = partner.drafts()
    seen = partner.reads(deal)
    partner.sends_back(seen, {"LifeCycle.NextSteps": "Once."})
    with pytest.raises(partner.client.exceptions.ConflictException):
        partner.sends_back(seen, {"LifeCycle.NextSteps": "Once."})


def test_of_two_writers_who_read_the_same_one_wins(tmp_path: Path, clock: HandClock) -> None:
    engine = Engine.open(str(tmp_path / "race.db"), clock=clock)
    partners = [Partner(engine, clock) for _ in range(2)]
    deal = partners[0].drafts()
    wins = []
    for _ in range(10):
        outcomes = _race(partners, deal)
        assert sorted(outcomes) == ["conflict", "won"]
        wins.append(f"Writer {outcomes.index('won')}")
        assert partners[0].reads(deal)["LifeCycle"]["NextSteps"].startswith(wins[-1])
    assert len(partners[0].reads(deal)["LifeCycle"]["NextStepsHistory"]) == len(wins)
    engine.close()


def _race(partners: list[Partner], deal: str) -> list[str]:
    """What each gets that sends back the same reading at the same time."""
    seen = partners[0].reads(deal)
    moment = seen["LastModifiedDate"]
    together = threading.Barrier(len(partners))
    outcomes = [""] * len(partners)

    def send(number: int) -> None:
        together.wait(timeout=30)
        try:
            partners[number].sends_back(seen, {"LifeCycle.NextSteps": f"Writer {number} saw {moment}"})
        except partners[number].client.exceptions.ConflictException:
            outcomes[number] = "conflict"
        else:
            outcomes[number] = "won"

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(partners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
