"""Every event arrives at least once, in the order of its subject; no sink and no event stops the others."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosell.events import delivery
from cosell.events.choice import Choice
from cosell.events.delivery import (
    FIRST_WAIT_MS,
    LONGEST_TRIED_MS,
    LONGEST_WAIT_MS,
    MOST_ATTEMPTS,
    Failure,
    backoff_ms,
)
from cosell.store.outbox import Event
from tests.conftest import OTHER_ACCOUNT
from tests.events.conftest import RECEIVER, Post, ToldSink, is_down, run_until_quiet, takes_all
from tests.store.caller import HandClock

HOUR_MS = 60 * 60 * 1000


def in_order_of_their_subjects(got: list[str], announced: list[Event]) -> bool:
    """Whether the first arrivals of each subject have the order of their commits."""
    order = {event.event_id: number for number, event in enumerate(announced)}
    latest: dict[str, int] = {}
    for event_id in dict.fromkeys(got):
        subject = event_id.split()[0]
        if order[event_id] < latest.get(subject, -1):
            return False
        latest[subject] = order[event_id]
    return True


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("announce"), st.sampled_from("ABCD")),
        st.tuples(st.just("deliver"), st.integers(1, 4)),
        st.tuples(st.just("wait"), st.sampled_from([1, 900, 60_000, LONGEST_WAIT_MS, -HOUR_MS])),
        st.tuples(st.just("crash"), st.booleans()),
        st.tuples(st.just("health"), st.sampled_from(["well", "down", "ill"])),
    ),
    max_size=60,
)


@given(steps=STEPS, poison=st.sets(st.sampled_from("ABCD"), max_size=2), seed=st.integers(0, 1000))
@settings(deadline=None)
def test_whatever_fails_and_whoever_crashes_all_arrive_in_order(
    steps: list[tuple[str, object]], poison: set[str], seed: int
) -> None:
    """`poison` subjects are refused as long as the sink is ill, all when it is down; at the end it is well."""
    post = Post(HandClock())
    chance = random.Random(seed)
    health = "well"

    def decide(event: Event) -> Failure | None:
        refused = health == "down" or (health == "ill" and (event.subject in poison or chance.random() < 0.3))
        return Failure("refused") if refused else None

    sink = ToldSink(decide)
    carrier = post.carrier(sink)
    for action, value in steps:
        if action == "announce":
            post.announce(str(value))
        elif action == "deliver":
            for _ in range(int(str(value))):
                carrier.step()
        elif action == "wait":
            post.clock.now_ms += int(str(value))
        elif action == "health":
            health = str(value)
        elif action == "crash":
            carrier = post.carrier(sink)
    health = "well"
    for _ in range(2 * len(post.announced) + 2):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_WAIT_MS
    assert set(sink.got) == {event.event_id for event in post.announced}
    assert in_order_of_their_subjects(sink.got, post.announced)
    status = post.status()
    assert (status.behind, status.held, status.dead_letters) == (0, 0, 0)
    post.engine.close()


def test_without_failures_and_crashes_all_arrive_once(post: Post) -> None:
    sink = ToldSink()
    carrier = post.carrier(sink)
    for _ in range(5):
        post.announce(*"ABACAD")
        run_until_quiet(carrier)
    assert sorted(sink.got) == sorted(event.event_id for event in post.announced)
    assert in_order_of_their_subjects(sink.got, post.announced)
    assert post.status().delivered == 30


def test_a_sink_begins_with_what_comes_after_it_was_named(post: Post) -> None:
    post.announce("A")
    sink = ToldSink()
    carrier = post.carrier(sink)
    run_until_quiet(carrier)
    assert sink.got == []
    post.announce("A")
    run_until_quiet(post.carrier(sink))
    assert sink.got == ["A 2"]


def test_a_sink_that_is_down_for_an_hour_gets_all_in_order_and_none_is_a_dead_letter(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    for minute in range(60):
        post.announce(*(f"O{(minute * 7 + number) % 13}" for number in range(3)))
        run_until_quiet(carrier)
        post.clock.now_ms += 60_000
    assert sink.got == []
    assert sum(sink.offers.values()) <= 62, "a sink that is down is not stormed"
    sink.decide = takes_all
    for _ in range(20):
        post.clock.now_ms += LONGEST_WAIT_MS
        run_until_quiet(carrier)
    assert len(sink.got) == len(set(sink.got)) == 180
    assert in_order_of_their_subjects(sink.got, post.announced)
    assert post.status().dead_letters == 0


def test_a_sink_that_always_fails_stops_no_other(post: Post) -> None:
    broken, sound = ToldSink(is_down), ToldSink()
    carriers = [post.carrier(broken, "broken"), post.carrier(sound, "sound")]
    for _ in range(20):
        post.announce(*"ABC")
        for carrier in carriers:
            run_until_quiet(carrier)
        post.clock.now_ms += 1_000
    assert len(sound.got) == 60
    assert broken.got == []
    assert (post.status("sound").behind, post.status("sound").held) == (0, 0)
    assert post.status("broken").behind + post.status("broken").held == 60


def test_a_subject_that_is_always_refused_holds_back_only_its_own(post: Post) -> None:
    sink = ToldSink(lambda event: Failure("HTTP status 500") if event.subject == "A" else None)
    carrier = post.carrier(sink)
    for _ in range(10):
        post.announce(*"ABC")
        run_until_quiet(carrier)
        post.clock.now_ms += 10_000
    assert len(sink.got) == 20
    assert set(sink.offers) - set(sink.got) == {"A 1"}, "what comes behind it is not even offered"
    assert post.status().held == 10


@pytest.mark.parametrize("poisoned", [3, 7])
def test_many_subjects_that_are_always_refused_do_not_hold_back_the_others(post: Post, poisoned: int) -> None:
    sink = ToldSink(lambda event: Failure("HTTP status 500") if event.subject.startswith("P") else None)
    carrier = post.carrier(sink)
    for number in range(poisoned):
        post.announce(f"P{number}")
    run_until_quiet(carrier)
    for number in range(50):
        post.announce(f"S{number}")
        post.clock.now_ms += LONGEST_WAIT_MS
        run_until_quiet(carrier)
    assert len(sink.got) > 40, "they come late only until each of the refused ones was tried once"
    for _ in range(poisoned):
        post.clock.now_ms += LONGEST_WAIT_MS
        run_until_quiet(carrier)
    assert len(sink.got) == 50


def test_what_is_refused_for_a_day_is_a_dead_letter_and_the_next_has_its_turn(post: Post) -> None:
    sink = ToldSink(lambda event: Failure("HTTP status 422") if event.event_id == "A 1" else None)
    carrier = post.carrier(sink)
    post.announce(*"AABA")
    began = post.clock.now_ms
    while not post.status().dead_letters:
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_WAIT_MS
    run_until_quiet(carrier)
    assert post.clock.now_ms - began >= LONGEST_TRIED_MS or sink.offers["A 1"] == MOST_ATTEMPTS
    assert sink.got == ["B 3", "A 2", "A 4"]
    (buried,) = post.outbox.dead_letters(10)
    assert (buried.sink, buried.event.event_id, buried.letter.reason) == ("sink", "A 1", "HTTP status 422")
    assert (
        "event is a dead letter",
        {"sink": "sink", "attempts": sink.offers["A 1"], "reason": "HTTP status 422"},
    ) in (post.told)


def test_a_clock_that_jumps_a_day_ahead_buries_nothing_that_was_not_refused_again(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce("A")
    run_until_quiet(carrier)
    post.clock.now_ms += 3 * LONGEST_TRIED_MS
    sink.decide = takes_all
    run_until_quiet(carrier)
    assert sink.got == ["A 1"]


def test_dead_letters_are_delivered_once_they_are_revived(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce("A")
    for _ in range(2):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_TRIED_MS
    assert post.status().dead_letters == 1
    sink.decide = takes_all
    assert post.outbox.revive(["sink"]) == 1
    run_until_quiet(carrier)
    assert sink.got == ["A 1"]
    assert (post.status().dead_letters, post.status().held) == (0, 0)
    assert post.outbox.revive(["sink"]) == 0


def test_a_replay_delivers_again_what_came_after_a_moment(post: Post) -> None:
    sink, other = ToldSink(), ToldSink()
    carriers = [post.carrier(sink), post.carrier(other, "other")]
    post.announce(*"AB")
    post.clock.now_ms += HOUR_MS
    post.announce(*"CA")
    for carrier in carriers:
        run_until_quiet(carrier)
    before = list(sink.got)
    post.outbox.replay(["sink"], post.outbox.before_ms(post.clock.now_ms))
    for carrier in carriers:
        run_until_quiet(carrier)
    assert sink.got == [*before, "C 3", "A 4"]
    assert len(other.got) == 4
    post.outbox.replay(["sink"], post.outbox.before_ms(post.clock.now_ms + 1))
    run_until_quiet(carriers[0])
    assert len(sink.got) == 6


def test_a_replay_while_events_are_held_gives_each_its_turn(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce(*"AABB")
    run_until_quiet(carrier)
    post.outbox.replay(["sink"], 0)
    sink.decide = takes_all
    run_until_quiet(carrier)
    assert sorted(sink.got) == ["A 1", "A 2", "B 3", "B 4"]
    assert in_order_of_their_subjects(sink.got, post.announced)


def test_a_replay_in_the_middle_of_a_delivery_wins(post: Post) -> None:
    replays = [0]

    def replay(_: Event) -> Failure | None:
        if replays:
            post.outbox.replay(["sink"], replays.pop())
        return None

    sink = ToldSink(replay, at_once=1)
    carrier = post.carrier(sink)
    post.announce(*"AB")
    run_until_quiet(carrier)
    assert sink.got == ["A 1", "A 1", "B 2"]
    assert post.status().delivered == 2


def test_a_sink_that_is_gone_gets_nothing_until_it_is_named_again(post: Post) -> None:
    sink = ToldSink(lambda _: Failure("HTTP status 410", gone=True))
    carrier = post.carrier(sink)
    post.announce(*"AB")
    run_until_quiet(carrier)
    assert post.status().gone
    assert [told for told, _ in post.told].count("sink is gone") == 1
    offers = sum(sink.offers.values())
    for _ in range(5):
        post.announce("C")
        post.clock.now_ms += LONGEST_WAIT_MS
        run_until_quiet(carrier)
    assert sum(sink.offers.values()) == offers
    sink.decide = takes_all
    carrier = post.carrier(sink)
    run_until_quiet(carrier)
    assert sorted(set(sink.got)) == sorted(event.event_id for event in post.announced)


def test_a_sink_gets_only_what_it_has_asked_for(post: Post) -> None:
    choice = Choice(OTHER_ACCOUNT, "AWS", frozenset({"Opportunity Created"}))
    sink = ToldSink()
    carrier = post.carrier(sink, choice=choice)
    theirs = RECEIVER.__class__(OTHER_ACCOUNT, "AWS")
    post.announce("A", detail_type="Opportunity Created")
    post.announce("B", receiver=theirs, detail_type="Opportunity Created")
    post.announce("C", receiver=theirs)
    post.announce("D", receiver=theirs.__class__(OTHER_ACCOUNT, "Sandbox"), detail_type="Opportunity Created")
    run_until_quiet(carrier)
    assert sink.got == ["B 2"]
    assert post.status().behind == 0


def test_events_that_were_cleared_are_delivered_no_more(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce(*"AA")
    run_until_quiet(carrier)
    with post.engine.store.write(RECEIVER) as tx:
        tx.clear()
    sink.decide = takes_all
    post.announce("B")
    post.clock.now_ms += LONGEST_WAIT_MS
    run_until_quiet(carrier)
    assert sink.got == ["B 3"]
    assert (post.status().held, post.status().behind) == (0, 0)


def test_an_event_that_is_cleared_just_before_it_is_offered_is_forgotten(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce("A")
    run_until_quiet(carrier)
    sink.decide = takes_all
    post.clock.now_ms += LONGEST_WAIT_MS
    monkeypatch.setattr(post.outbox, "at", lambda _: {})
    run_until_quiet(carrier)
    assert sink.got == []
    assert (post.status().behind, post.status().held) == (0, 0)


def test_what_is_held_has_an_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MOST_HELD", 4)
    sink = ToldSink(is_down, at_once=2)
    carrier = post.carrier(sink)
    post.announce(*"AAABCDE")
    for _ in range(5):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_WAIT_MS
    assert post.status().held <= 5
    assert post.status().behind
    sink.decide = takes_all
    for _ in range(10):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_WAIT_MS
    assert set(sink.got) == {event.event_id for event in post.announced}


def test_a_sink_that_raises_has_failed_and_is_reported_by_the_name_of_the_defect(post: Post) -> None:
    sink = ToldSink()
    sink.deliver = lambda _: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    run_until_quiet(carrier := post.carrier(sink))
    post.announce("A")
    run_until_quiet(carrier)
    assert ("sink fails", {"sink": "sink", "reason": "ZeroDivisionError"}) in post.told
    assert post.status().held == 1


def test_failing_and_recovering_are_reported_once(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce(*"ABC")
    for _ in range(10):
        run_until_quiet(carrier)
        post.clock.now_ms += 1_000
    sink.decide = takes_all
    for _ in range(10):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_WAIT_MS
    assert [event for event, _ in post.told] == ["sink fails", "sink takes events"]


@given(attempts=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_waits_double_up_to_five_minutes_and_chance_halves_them_at_most(attempts: int, chance: float) -> None:
    longest = min(FIRST_WAIT_MS * 2 ** min(attempts - 1, 30), LONGEST_WAIT_MS)
    assert longest // 2 <= backoff_ms(attempts, chance) <= longest
    assert backoff_ms(attempts, 0) == longest
