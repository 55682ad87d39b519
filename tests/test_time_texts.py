"""Moments and time spans as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.time_texts import LONGEST_MS, moment_ms, span_ms, span_text


@given(st.integers(0, LONGEST_MS))
def test_a_span_that_is_written_is_read_again(ms: int) -> None:
    assert span_ms(span_text(ms)) == ms


@pytest.mark.parametrize(
    ("text", "ms"), [("250ms", 250), ("1.5s", 1500), ("15m", 900_000), ("1d12h", 129_600_000), ("2w", 1_209_600_000)]
)
def test_spans(text: str, ms: int) -> None:
    assert span_ms(text) == ms


@pytest.mark.parametrize("text", ["", "1", "h", "1h ", "1h!", "-1h", "1y", "1H", "1e3s", "5300w"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"span|century"):
        span_ms(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01.5Z", 1500),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-02T00:00:00", 86_400_000),
    ],
)
def test_moments(text: str, ms: int) -> None:
    assert moment_ms(text) == ms


@pytest.mark.parametrize("text", ["", "noon", "1969-12-31", "2026-02-30", "1970-01-01T00:00:00+01:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="moment"):
        moment_ms(text)
