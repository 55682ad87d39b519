"""Moments and days: every spelling that the service takes, and the one in which it answers."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosell.wire.timestamps import NS_PER_MS, NS_PER_SECOND, Date, Timestamp
from tests.complete_opportunity import complete
from tests.wire.conftest import Service

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST: Final = Timestamp.parse("0001-01-01T00:00:00Z")
LAST: Final = Timestamp.parse("9999-12-31T23:59:59.999999999Z")

moments = st.integers(FIRST, LAST).map(Timestamp)
offsets = st.integers(-(24 * 60 - 1), 24 * 60 - 1)


def test_the_calendar_has_the_years_1_to_9999() -> None:
    assert str(FIRST) == "0001-01-01T00:00:00.000Z"
    assert str(LAST) == "9999-12-31T23:59:59.999Z"


@given(moments)
@example(FIRST)
@example(LAST)
@example(Timestamp(-1))
def test_answers_hold_three_digits_and_read_back_to_the_millisecond(moment: Timestamp) -> None:
    text = str(moment)
    assert len(text) == len("2026-05-04T09:15:22.123Z")
    assert Timestamp.parse(text) == Timestamp.from_ms(moment.ms)
    assert 0 <= moment - Timestamp.from_ms(moment.ms) < NS_PER_MS


@given(moments, st.integers(0, 9), offsets, st.sampled_from("Tt"))
def test_requests_may_have_any_offset_and_up_to_nine_digits(
    moment: Timestamp, digits: int, offset: int, t: str
) -> None:
    seconds, nanoseconds = divmod(moment, NS_PER_SECOND)
    try:
        local = (EPOCH + timedelta(seconds=seconds)).astimezone(timezone(timedelta(minutes=offset)))
    except OverflowError:  # an hour before the year 1 or after the year 9999 has no local spelling
        return
    fraction = f".{nanoseconds:09d}"[: digits + 1] if digits else ""
    sign, minutes = "-+"[offset >= 0], abs(offset)
    day, time = local.replace(tzinfo=None).isoformat(timespec="seconds").split("T")
    text = f"{day}{t}{time}{fraction}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    assert Timestamp.parse(text) == moment - nanoseconds % 10 ** (9 - digits)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-04T09:15:22Z", "2026-05-04t09:15:22z", "2026-05-04T09:15:22.0Z", "2026-05-04T09:15:22.000000000Z"),
        *("2026-05-04T11:15:22+02:00", "2026-05-04T09:15:22-00:00", "2026-05-03T09:16:22-23:59"),
    ],
)
def test_one_moment_has_many_spellings(text: str) -> None:
    assert str(Timestamp.parse(text)) == "2026-05-04T09:15:22.000Z"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "now", "2026", "2026-05-04", "2026-05-04T09:15Z", "2026-05-04T09:15:22", "2026-05-04 09:15:22Z"),
        *("2026-5-4T09:15:22Z", "2026-02-30T09:15:22Z", "2026-13-01T09:15:22Z", "2026-05-04T24:00:00Z"),
        *("2026-05-04T09:15:60Z", "2026-05-04T09:60:00Z", "2026-05-04T09:15:22.Z", "2026-05-04T09:15:22.1234567890Z"),
        *("2026-05-04T09:15:22+2:00", "2026-05-04T09:15:22+0200", "2026-05-04T09:15:22+24:00"),
        *(
            "2026-05-04T09:15:22+01:60",
            "2026-05-04T09:15:22Z\n",
            " 2026-05-04T09:15:22Z",
            "1777886122",
            "0000-01-01T00:00:00Z",
        ),
        *(
            "2026-05-04T09:15:22,5Z",
            "\u0662026-05-04T09:15:22Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ),
    ],
)
def test_other_texts_name_no_moment(service: Service, text: str) -> None:
    with pytest.raises(ValueError):
        Timestamp.parse(text)
    request = {"Catalog": "AWS", "LastModifiedDate": {"AfterLastModifiedDate": text}}
    assert service.call("ListOpportunities", request).error == "SerializationException"


@given(st.integers(FIRST // NS_PER_SECOND, LAST // NS_PER_SECOND))
@example(0)
def test_a_json_number_is_seconds_since_1970(seconds: int) -> None:
    assert Timestamp.from_epoch_seconds(seconds) == seconds * NS_PER_SECOND
    assert Timestamp.from_epoch_seconds(float(seconds)) == seconds * NS_PER_SECOND


@given(st.integers(-(10**12), 10**12))
def test_a_json_number_is_exact_to_the_millisecond(ms: int) -> None:
    assert Timestamp.from_epoch_seconds(ms / 1000).ms == ms


@pytest.mark.parametrize("seconds", [253402300800, -62135596801, 10**30, -(10**30), 1e300, -1e300, 253402300800.5])
def test_a_json_number_outside_the_calendar_names_no_moment(service: Service, seconds: float) -> None:
    with pytest.raises(ValueError):
        Timestamp.from_epoch_seconds(seconds)
    request = {"Catalog": "AWS", "CreatedDate": {"BeforeCreatedDate": seconds}}
    assert service.call("ListOpportunities", request).error == "SerializationException"


@given(moments)
def test_milliseconds_are_rounded_down_or_up(moment: Timestamp) -> None:
    assert moment.ms * NS_PER_MS <= moment <= moment.ms_at_or_after * NS_PER_MS
    assert moment.ms_at_or_after - moment.ms == (moment % NS_PER_MS != 0)


@given(st.dates())
def test_days_count_as_the_calendar_does(day: date) -> None:
    assert Date(day.isoformat()).ordinal == day.toordinal()


@pytest.mark.parametrize(
    "spelling", [1_777_886_122, 1_777_886_122.0, "2026-05-04T09:15:22Z", "2026-05-04t09:15:22.000z"]
)
def test_filters_take_every_spelling_of_a_moment(service: Service, spelling: object) -> None:
    request = {"Catalog": "AWS", "LastModifiedDate": {"AfterLastModifiedDate": spelling}}
    assert service.call("ListOpportunities", request).status == 200


def test_stamps_are_answered_to_the_millisecond(service: Service) -> None:
    created = service.call("CreateOpportunity", complete(Catalog="AWS", ClientToken="stamps")).body
    stamp = created["LastModifiedDate"]
    assert str(Timestamp.parse(stamp)) == stamp
