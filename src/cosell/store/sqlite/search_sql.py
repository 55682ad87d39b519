"""Tests of entries, in SQL. See `store/search_index.py` for their meaning, and `search_columns.py` for the tables."""

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from cosell.rules.search.entry import LISTS
from cosell.store.search_index import (
    All,
    Any,
    Contains,
    Element,
    Empty,
    Equal,
    Identified,
    No,
    OneOf,
    Test,
    Within,
    Words,
    parts_in,
)
from cosell.store.sqlite.search_columns import COLUMNS, amount

if TYPE_CHECKING:
    from apsw import SQLiteValue

_NUMBERS: Final = frozenset({"e"})
_TEXTS: Final = frozenset({"w"})
_NOT_PENDING: Final = (
    "NOT EXISTS (SELECT 1 FROM search_pending AS p "
    "WHERE p.scope_id = w.scope_id AND p.opportunity_id = w.opportunity_id)"
)
_IN_WORDS: Final = (
    *(f"w.{COLUMNS[field]}_folded" for field in ("PartnerProjectTitle", "CustomerCompanyName", "NextStep")),
    *("w.partner_opportunity_identifier_folded", "w.opportunity_owner_folded", "('o' || substr(w.id_key, 2))"),
    "w.spaced",
)
"""Where a keyword is looked for: `rules/search/question.py`."""


_Condition: TypeAlias = "tuple[str, frozenset[str], list[SQLiteValue]]"


class Conditions(NamedTuple):
    """Conditions that all hold, with their values, and the tables that they are about."""

    parts: tuple[str, ...] = ()
    bindings: "tuple[SQLiteValue, ...]" = ()
    tables: frozenset[str] = frozenset()

    def before(self, others: "Conditions") -> "Conditions":
        """These, and then others."""
        return Conditions(self.parts + others.parts, self.bindings + others.bindings, self.tables.union(others.tables))


def conditions_of(test: Test, *, has_pending: bool) -> tuple[Conditions, Conditions]:
    """What a test says of an entry's numbers `e` alone, and the rest. Each is 0 or 1, and never null."""
    of_numbers: list[_Condition] = []
    of_texts: list[_Condition] = [(_NOT_PENDING, _TEXTS, [])] if has_pending else []
    for part in parts_in(test):
        tables = _tables_of(part)
        bindings: list[SQLiteValue] = []
        (of_texts if "w" in tables else of_numbers).append((condition_sql(part, bindings), tables, bindings))
    return _together(of_numbers), _together(of_texts)


def _together(conditions: "list[_Condition]") -> Conditions:
    parts, tables, bindings = zip(*conditions, strict=True) if conditions else ((), (), ())
    return Conditions(parts, tuple(chain(*bindings)), frozenset().union(*tables))


def _tables_of(test: Test) -> frozenset[str]:
    match test:
        case All(parts) | Any(parts):
            return frozenset().union(*map(_tables_of, parts))
        case No(part):
            return _tables_of(part)
        case Equal() | Words():
            return _TEXTS
        case Contains(field):
            return _NUMBERS if field == "OpportunityId" else _TEXTS
    return _NUMBERS


def condition_sql(test: Test, bindings: "list[SQLiteValue]") -> str:
    """A condition on an entry. Its values are added to `bindings`."""
    match test:
        case All(parts):
            return f"({' AND '.join(condition_sql(part, bindings) for part in parts) or '1'})"
        case Any(parts):
            return f"({' OR '.join(condition_sql(part, bindings) for part in parts) or '0'})"
        case No(part):
            return f"NOT {condition_sql(part, bindings)}"
        case Equal() | Contains() | Words():
            return _of_texts(test, bindings)
    return _of_numbers(test, bindings)


def _of_numbers(test: OneOf | Element | Empty | Identified | Within, bindings: "list[SQLiteValue]") -> str:
    match test:
        case OneOf(field, codes):
            return one_of_sql(f"e.{COLUMNS[field]}", codes, bindings)
        case Element(field, code):
            bindings.append(f" {code} ")
            return f"instr(e.{COLUMNS[field]}_codes, ?) > 0"
        case Empty(field, code):
            if field in LISTS:
                return f"e.{COLUMNS[field]}_codes = ''"
            return one_of_sql(f"e.{COLUMNS[field]}", (code,), bindings)
        case Identified(id_key):
            bindings.append(id_key)
            return "e.id_key = ?"
    return within_sql(f"e.{COLUMNS[test.field]}", test, bindings)


def _of_texts(test: Equal | Contains | Words, bindings: "list[SQLiteValue]") -> str:
    match test:
        case Equal(field, text):
            bindings.append(text)
            return f"w.{COLUMNS[field]} = ?"
        case Contains(field, parts):
            text = "('o' || substr(e.id_key, 2))" if field == "OpportunityId" else f"w.{COLUMNS[field]}_folded"
            bindings += parts
            return f"({' OR '.join([f'instr({text}, ?) > 0'] * len(parts))})"
    bindings += [test.keyword] * len(_IN_WORDS)
    return f"({' OR '.join(f'instr({text}, ?) > 0' for text in _IN_WORDS)})"


def one_of_sql(column: str, codes: tuple[int, ...], bindings: "list[SQLiteValue]") -> str:
    """A condition on a column that has codes."""
    bindings += codes
    return f"{column} IN ({', '.join('?' * len(codes))})"


def within_sql(column: str, test: Within, bindings: "list[SQLiteValue]") -> str:
    """A condition on a column that has the values of a span."""
    bounds = [(">=", test.span.low), *([] if test.span.high is None else [("<", test.span.high)])]
    bindings += [amount(bound) for _, bound in bounds]
    return f"({' AND '.join(f'{column} {sign} ?' for sign, _ in bounds)})"
