"""Tests of entries, in SQL. See `store/search_index.py` for their meaning, and `search_columns.py` for the tables."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

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
from cosell.store.sql.connection import Value
from cosell.store.sql.search_columns import COLUMNS
from cosell.store.sql.search_dialect import SearchDialect

_NUMBERS: Final = frozenset({"e"})
_TEXTS: Final = frozenset({"w"})
_NOT_PENDING: Final = (
    "NOT EXISTS (SELECT 1 FROM search_pending AS p WHERE p.scope_id = w.scope_id AND p.{number} = w.{number})"
)
_IN_WORDS: Final = (
    *(f"w.{COLUMNS[field]}_folded" for field in ("PartnerProjectTitle", "CustomerCompanyName", "NextStep")),
    *("w.partner_opportunity_identifier_folded", "w.opportunity_owner_folded", "w.spaced"),
)
"""Where a keyword is looked for, beside identifiers: `rules/search/question.py`."""

_Condition: TypeAlias = tuple[str, frozenset[str], list[Value]]


class Conditions(NamedTuple):
    """Conditions that all hold, with their values, and the tables that they are about."""

    parts: tuple[str, ...] = ()
    bindings: tuple[Value, ...] = ()
    tables: frozenset[str] = frozenset()

    def before(self, others: "Conditions") -> "Conditions":
        """These, and then others."""
        return Conditions(self.parts + others.parts, self.bindings + others.bindings, self.tables.union(others.tables))


def conditions_of(dialect: SearchDialect, test: Test, *, has_pending: bool) -> tuple[Conditions, Conditions]:
    """What a test says of an entry's numbers `e` alone, and the rest. None is ever null."""
    of_numbers: list[_Condition] = []
    of_texts: list[_Condition] = [(_NOT_PENDING.format(number=dialect.number), _TEXTS, [])] if has_pending else []
    for part in parts_in(test):
        tables = _tables_of(part)
        bindings: list[Value] = []
        (of_texts if "w" in tables else of_numbers).append((_Writing(dialect, bindings).of(part), tables, bindings))
    return _together(of_numbers), _together(of_texts)


def _together(conditions: list[_Condition]) -> Conditions:
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


class _Writing:
    """Writes conditions on an entry, and adds their values to `bindings`."""

    def __init__(self, dialect: SearchDialect, bindings: list[Value]) -> None:
        self._dialect = dialect
        self._bindings = bindings

    def of(self, test: Test) -> str:
        match test:
            case All(parts):
                return f"({' AND '.join(map(self.of, parts)) or '1 = 1'})"
            case Any(parts):
                return f"({' OR '.join(map(self.of, parts)) or '1 = 0'})"
            case No(part):
                return f"NOT {self.of(part)}"
            case Equal() | Contains() | Words():
                return self._of_texts(test)
        return self._of_numbers(test)

    def _of_numbers(self, test: OneOf | Element | Empty | Identified | Within) -> str:
        match test:
            case OneOf(field, codes):
                return one_of_sql(f"e.{COLUMNS[field]}", codes, self._bindings)
            case Element(field, code):
                self._bindings.append(f" {code} ")
                return self._dialect.contains(f"e.{COLUMNS[field]}_codes")
            case Empty(field, code):
                if field in LISTS:
                    return f"e.{COLUMNS[field]}_codes = ''"
                return one_of_sql(f"e.{COLUMNS[field]}", (code,), self._bindings)
            case Identified(id_key):
                self._bindings.append(id_key)
                return "e.id_key = ?"
        return within_sql(self._dialect, f"e.{COLUMNS[test.field]}", test, self._bindings)

    def _of_texts(self, test: Equal | Contains | Words) -> str:
        match test:
            case Equal(field, text):
                self._bindings.append(self._dialect.text(text))
                return f"w.{COLUMNS[field]} = ?"
            case Contains("OpportunityId", parts):
                return self._contained(parts, [self._dialect.folded_identifier("e.id_key")])
            case Contains(field, parts):
                return self._contained(parts, [f"w.{COLUMNS[field]}_folded"])
        return self._contained([test.keyword], [*_IN_WORDS, self._dialect.folded_identifier("w.id_key")])

    def _contained(self, parts: Iterable[str], columns: Sequence[str]) -> str:
        """That one of the parts stands in one of the columns."""
        found = []
        for part in parts:
            found += [self._dialect.contains(column) for column in columns]
            self._bindings += [self._dialect.text(part)] * len(columns)
        return f"({' OR '.join(found)})"


def one_of_sql(column: str, codes: tuple[int, ...], bindings: list[Value]) -> str:
    """A condition on a column that has codes."""
    bindings += codes
    return f"{column} IN ({', '.join('?' * len(codes))})"


def within_sql(dialect: SearchDialect, column: str, test: Within, bindings: list[Value]) -> str:
    """A condition on a column that has the values of a span."""
    bounds = [(">=", test.span.low), *([] if test.span.high is None else [("<", test.span.high)])]
    bindings += [dialect.bound(test.field, bound) for _, bound in bounds]
    return f"({' AND '.join(f'{column} {sign} ?' for sign, _ in bounds)})"
