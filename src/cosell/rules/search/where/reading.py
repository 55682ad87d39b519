"""Parses a text of the language into a filter tree.

    question  = all { "or" all }
    all       = one { "and" one }
    one       = "not" one | "(" question ")" | condition
    condition = FIELD [ "not" ] operator, and what follows it

What is joined by the same word becomes one list; parentheses make a list of their own.
"""

import difflib
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

from cosell.rules.search.fields import FIELDS
from cosell.rules.search.where.mistake import Mistake
from cosell.rules.search.where.operators import LONGER, OPERATORS, Operator, fields
from cosell.rules.search.where.part import Part, check_size, tree_of
from cosell.rules.search.where.tokens import RESERVED, Token, tokens_of
from cosell.rules.search.where.values import most_of, text_of, value_of

DEEPEST: Final = 50
"""Parentheses and negations that may be open at a place: those that change nothing need no level of the tree."""
_NAMES: Final = {name.lower(): name for name in FIELDS}


def parse(*texts: str) -> dict[str, Any]:
    """The filter tree that a text means; several texts must all match. Raises Mistake if one means nothing."""
    wholes = [_Reader(text).whole() for text in texts]
    whole = wholes[0] if len(wholes) == 1 else Part(wholes[0].token, "AndAllFilters", parts=tuple(_opened(wholes)))
    check_size(whole)
    return tree_of(whole)


def _opened(wholes: Iterable[Part]) -> Iterable[Part]:
    for whole in wholes:
        yield from whole.parts if whole.member == "AndAllFilters" else [whole]


class _Reader:
    """One text, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens_of(text))
        self._place = 0
        self._open = 0

    def whole(self) -> Part:
        whole = self._question()
        if self._next.kind != "end":
            self._fail_behind()
        return whole

    def _question(self) -> Part:
        return self._joined("or", "OrAllFilters", lambda: self._joined("and", "AndAllFilters", self._one))

    def _joined(self, word: str, member: str, read: Callable[[], Part]) -> Part:
        parts = [read()]
        while self._took(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Part(parts[0].token, member, parts=tuple(parts))

    def _one(self) -> Part:
        token = self._next
        if not token.says("not", "("):
            return self._condition()
        self._open += 1
        if self._open > DEEPEST:
            raise Mistake(token, "the condition is nested too deeply", "leave out parentheses that change nothing")
        self._place += 1
        part = self._negated(token) if token.says("not") else self._enclosed()
        self._open -= 1
        return part

    def _negated(self, token: Token) -> Part:
        return Part(token, "NotFilter", parts=(self._one(),))

    def _enclosed(self) -> Part:
        inner = self._question()
        if not self._took(")"):
            self._fail_behind()
        return inner

    def _condition(self) -> Part:
        token, name = self._next, self._field()
        is_negated = self._took("not")
        operator = self._operator(name)
        part = self._asked(token, name, operator)
        return Part(token, "NotFilter", parts=(part,)) if is_negated != operator.is_negated else part

    def _field(self) -> str:
        token = self._next
        name = _NAMES.get(token.value.lower())
        if token.kind == "word" and name is not None:
            self._place += 1
            return name
        if token.kind == "end":
            raise Mistake(token, "a condition is missing", "write one, such as Stage = Qualified")
        if token.kind != "word" or token.says(*RESERVED):
            self._fail_unknown()
            raise Mistake(
                token, f"a condition does not begin with {token.written}", "begin with a field, such as Stage"
            )
        near = difflib.get_close_matches(token.value.lower(), _NAMES, n=1)
        hint = f"did you mean {_NAMES[near[0]]}?" if near else f"the fields are {', '.join(FIELDS)}"
        raise Mistake(token, f"a search knows no field {token.written}", hint)

    def _operator(self, field: str) -> Operator:
        token = self._next
        possible = fields()[field]
        written = token.written.lower()
        if token.kind not in ("word", "sign") or written not in OPERATORS:
            self._fail_unknown()
            what = "is missing" if token.kind == "end" else f"is not {token.written}"
            raise Mistake(token, f"what to compare {field} by {what}", f"write one of {', '.join(possible)}")
        if written not in possible:
            kind = FIELDS[field].kind
            raise Mistake(
                token, f"{field} is a {kind}, which cannot be asked with {written}", f"use {', '.join(possible)}"
            )
        self._place += 1
        longer = LONGER.get(written, ())
        if longer and all(self._tokens[self._place + index].says(word) for index, word in enumerate(longer)):
            self._place += len(longer)
            written = " ".join([written, *longer])
        return OPERATORS[written]

    def _asked(self, token: Token, field: str, operator: Operator) -> Part:
        kind = FIELDS[field].kind
        if operator.form == "one":
            return Part(token, operator.member, {"Key": field, "Value": value_of(self._value(), kind)})
        values = self._values()
        most = most_of("OpportunitySearchFilterValues" if operator.form == "list" else "OpportunitySearchFilterList")
        if len(values) > most:
            next_step = "ask for the others beside it, with 'or'"
            raise Mistake(values[most], f"a list has {most} values at most here", next_step)
        if operator.form == "list":
            texts = [text_of(value) for value in values]
            return Part(token, operator.member, {"Key": field, "Value": {"StringListValue": texts}})
        parts = [Part(value, operator.member, {"Key": field, "Value": value_of(value, kind)}) for value in values]
        return parts[0] if len(parts) == 1 else Part(token, "OrAllFilters", parts=tuple(parts))

    def _values(self) -> list[Token]:
        if not self._took("("):
            raise Mistake(self._next, "a list of values is missing", "write it in parentheses: (one, another)")
        values = [self._value()]
        while self._took(","):
            values.append(self._value())
        if not self._took(")"):
            self._fail_behind()
        return values

    def _value(self) -> Token:
        token = self._next
        if token.kind not in ("word", "text") or token.says(*RESERVED):
            self._fail_unknown()
            if token.says(*RESERVED):
                raise Mistake(
                    token, f"{token.written} is a word of the language", f'as a value, write "{token.written}"'
                )
            raise Mistake(token, "a value is missing", "write one; a text of several words needs quotes")
        self._place += 1
        return token

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _took(self, word: str) -> bool:
        """Advance if this word or sign comes next."""
        if not self._next.says(word):
            return False
        self._place += 1
        return True

    def _fail_behind(self) -> NoReturn:
        """Something that was complete continues, or something that was begun does not."""
        token, before = self._next, self._tokens[self._place - 1]
        self._fail_unknown()
        if token.kind == "word" and before.kind == "word":
            together = f'"{before.written} {token.written}"'
            raise Mistake(token, f"{token.written} stands outside the value", f"put both into quotes: {together}")
        if token.kind == "end":
            raise Mistake(token, "a parenthesis is not closed", "write ) where it ends")
        raise Mistake(token, f"{token.written} does not go on from here", "join conditions by 'and' or 'or'")

    def _fail_unknown(self) -> None:
        token = self._next
        if token.kind == "unknown" and token.written == "!":
            raise Mistake(token, "! means nothing by itself", "write != or not")
        if token.kind == "unknown":
            raise Mistake(
                token, "the quote is not closed", "close it; inside quotes, the other kind is an ordinary character"
            )
