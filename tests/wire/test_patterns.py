"""The model's patterns, as Python matches them: the same texts, but exactly and in linear time."""

import itertools
import re
import sys
import unicodedata
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosell.wire.constraints import REWRITTEN, UNICODE_WORDS, text_constraint
from cosell.wire.model import service_model
from tests.wire.legal_requests import LENGTH, NO_SUCH_DAY, TEXTS, illegal_texts, legal_texts

TEXT_SHAPES: Final = {name: shape for name, shape in service_model().shapes.items() if shape.type == "string"}
WITH_PATTERN: Final = sorted(
    {
        shape.pattern: name
        for name, shape in TEXT_SHAPES.items()
        if shape.pattern and not LENGTH.fullmatch(shape.pattern)
    }.values()
)
"""One shape for each pattern that says more than a length."""
READABLE_BY_PYTHON: Final = [name for name in WITH_PATTERN if TEXT_SHAPES[name].pattern not in UNICODE_WORDS]

# What patterns tend to be wrong about: ends of lines, other scripts' digits and letters, letters that case folding
# makes of others, and what stands between the ranges of a class.
TRAPS: Final = "\n\r\0\x7f\x85\u2028\u0661\u00e9\u017f\u212a\ud7ff\ue000\U0001d535 !()*+,-./09:;<=>?@AZ[]^_`az{|}~"


def agrees(name: str, text: str) -> bool:
    """Whether our translation says of a text what Python says of the model's own pattern."""
    shape = TEXT_SHAPES[name]
    assert shape.pattern is not None
    original = re.fullmatch(shape.pattern, text, re.ASCII) is not None
    long_enough = len(text) >= (shape.min or 0) and (shape.max is None or len(text) <= shape.max)
    return text_constraint(name, shape).matches_pattern(text) == (original and long_enough)


@pytest.mark.parametrize("name", sorted(TEXT_SHAPES))
def test_texts_that_the_model_allows_match_and_others_do_not(name: str) -> None:
    constraint = text_constraint(name, TEXT_SHAPES[name])
    for text in legal_texts(name):
        assert constraint.matches_pattern(text)
    for text, code in illegal_texts(name):
        has_the_form = code != "INVALID_STRING_FORMAT" or text == NO_SUCH_DAY
        assert constraint.matches_pattern(text) == has_the_form, text


@pytest.mark.parametrize("name", READABLE_BY_PYTHON)
@settings(max_examples=60, deadline=None)
@given(choice=st.data())
def test_a_pattern_means_what_the_model_says(name: str, choice: st.DataObject) -> None:
    alphabet = st.sampled_from(TRAPS + "".join(legal_texts(name))[:200])
    short = st.text(alphabet, max_size=12)
    start = choice.draw(st.sampled_from([text for text in legal_texts(name) if len(text) < 120] or [""]))
    cut, end = sorted(choice.draw(st.tuples(*[st.integers(0, len(start))] * 2)))
    text = choice.draw(st.one_of(short, short.map(lambda inner: start[:cut] + inner[:2] + start[end:])))
    assert agrees(name, text), repr(text)


URL, SENDER = "CompanyWebsiteUrl", "SenderContactEmail"


@settings(max_examples=600, deadline=None)
@given(st.text("hw.tps:/-a(|=?)\n 9@", max_size=12))
@example("http://a.b")
@example("https://www.a")
@example("www.a.b")
def test_a_website_means_what_the_model_says(text: str) -> None:
    assert agrees(URL, text)


@settings(max_examples=600, deadline=None)
@given(st.text("a@.-+ \n!", max_size=9).map(lambda end: f"a@{end}"))
def test_an_address_of_a_sender_means_what_the_model_says(text: str) -> None:
    assert agrees(SENDER, text)


@pytest.mark.parametrize("name", [URL, SENDER])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("number", [3, 4, 5, 79, 80, 81, 254, 255, 256, 257])
def test_the_length_in_a_lookahead_counts_every_character(name: str, number: int, end: str) -> None:
    start = "a@" if name == SENDER else "a."
    constraint = text_constraint(name, TEXT_SHAPES[name])
    longest = 80 if name == SENDER else 255
    allowed = (number >= 4 or name == SENDER) and number <= longest and not end
    assert constraint.matches_pattern(start.ljust(number, "b") + end) == allowed


def test_only_patterns_of_the_model_are_rewritten() -> None:
    assert set(REWRITTEN) <= {shape.pattern for shape in TEXT_SHAPES.values()}


def test_no_text_waits_for_a_pattern_that_is_gone() -> None:
    patterns = {shape.pattern for shape in TEXT_SHAPES.values()}
    assert set(TEXTS) <= patterns


@pytest.mark.parametrize("name", WITH_PATTERN)
def test_a_pattern_takes_no_newline_at_its_end(name: str) -> None:
    constraint = text_constraint(name, TEXT_SHAPES[name])
    for text in legal_texts(name):
        assert not constraint.matches_pattern(f"{text}\n")


@pytest.mark.parametrize("name", ["TagKey", "TagValue"])
def test_tags_hold_letters_numbers_and_separators_of_every_script(name: str) -> None:
    constraint = text_constraint(name, TEXT_SHAPES[name])
    for code_point in range(sys.maxunicode + 1):
        character = chr(code_point)
        allowed = unicodedata.category(character)[0] in "LZN" or character in "_.:/=+-@"
        assert constraint.matches_pattern(character) == allowed, hex(code_point)


@pytest.mark.parametrize(("name", "longest"), [("TagKey", 128), ("TagValue", 256)])
def test_a_tag_has_a_longest_length(name: str, longest: int) -> None:
    constraint = text_constraint(name, TEXT_SHAPES[name])
    assert constraint.matches_pattern("\u540d" * longest)
    assert not constraint.matches_pattern("\u540d" * (longest + 1))
    assert not constraint.matches_pattern("a\n")
    assert constraint.matches_pattern("") == (name == "TagValue")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", WITH_PATTERN)
def test_no_text_keeps_a_pattern_busy(name: str) -> None:
    constraint = text_constraint(name, TEXT_SHAPES[name])
    starts = (
        "",
        "http://",
        "a@",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:partnercentral:x:111122223333:catalog/A/",
    )
    parts = (
        "a",
        "a.",
        "a-",
        ".",
        "a@",
        "@a",
        "a@a.",
        "www.",
        "http://a",
        "1",
        "0.",
        "arn:",
        "task-",
        "a/",
        "\u00e9",
        " ",
    )
    for start, part, times in itertools.product(starts, parts, (20, 39, 60, 120, 1_000, 20_000)):
        assert not constraint.matches_pattern(f"{start}{part * times}\n")
