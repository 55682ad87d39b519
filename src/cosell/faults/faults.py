"""The faults of a server or of an in-process client: they are added and cleared while calls are answered."""

from typing import Any, Final, NamedTuple

import msgspec

from cosell.errors import ServiceError, UserError
from cosell.faults.memory import MOST_RULES, Memory, own_memory
from cosell.faults.rule import Rule, checked, error_of, fires, operations_of, rule_with

VERSION: Final = 0
LENGTH: Final = 1
FIRST_MET: Final = 2
FIRST_FIRED: Final = FIRST_MET + MOST_RULES
FIRST_CLEARED: Final = FIRST_FIRED + MOST_RULES


class Fault(NamedTuple):
    """What happens to one request. `names` says which rules did it, for people: `1: ThrottlingException`."""

    names: list[str]
    delay_ms: int
    error: ServiceError | None
    is_after: bool
    """Whether the error comes after the operation was done."""


class Status(msgspec.Struct, frozen=True):
    """A rule with its number, how many requests it was about, and how often it has fired."""

    number: int
    rule: Rule
    met: int
    fired: int


class _Loaded(NamedTuple):
    number: int
    rule: Rule
    operations: frozenset[str]
    delay_ms: int


class Faults:
    """The rules in a memory that several processes may share. Safe to use from many threads.

    A request checks the rules in the order in which they were added. Delays add up; the first error wins.
    """

    def __init__(self, memory: Memory | None = None) -> None:
        self._words, self._text, self._lock = memory or own_memory()
        self._version = 0
        self._loaded: list[_Loaded] = []

    def add(self, **members: Any) -> int:
        """Add a fault, as the members of `Rule` say; returns the number of the rule.

        `count` is another name for `times`. Raises UserError for an unknown name, and if the rule can never do
        anything, or contradicts itself.
        """
        if "count" in members and "times" not in members:
            members["times"] = members.pop("count")
        try:
            rule = rule_with(members)
        except UserError as mistake:
            raise UserError(f"such a fault is not valid: {mistake.message}", mistake.next_step) from None
        return self.put(rule)

    def put(self, rule: Rule) -> int:
        """Like `add`, for an existing rule."""
        line = msgspec.json.encode(checked(rule)) + b"\n"
        with self._lock:
            self._load()
            length = self._words[LENGTH]
            number = bytes(self._text[:length]).count(b"\n") + 1
            if number > MOST_RULES:
                raise UserError(f"there are {MOST_RULES} faults, which is as many as there may be", "clear them first")
            self._text[length : length + len(line)] = line
            for first in (FIRST_MET, FIRST_FIRED, FIRST_CLEARED):
                self._words[first + number - 1] = 0
            self._words[LENGTH] = length + len(line)
            self._words[VERSION] += 1
        return number

    def clear(self, number: int | None = None) -> int:
        """Clear all faults, or the rule of this number; returns how many rules there were.

        The others keep their numbers, by which their seeds choose. Raises UserError if there is no such rule.
        """
        with self._lock:
            self._load()
            left = [one for one in self._loaded if number not in (None, one.number)]
            cleared = len(self._loaded) - len(left)
            if number is not None and not cleared:
                raise UserError(f"there is no fault {number}", "list the faults to see their numbers")
            if left:
                assert number is not None
                self._words[FIRST_CLEARED + number - 1] = 1
            else:
                self._words[LENGTH] = 0
            self._words[VERSION] += 1
            return cleared

    def statuses(self) -> list[Status]:
        """Every rule, oldest first."""
        with self._lock:
            self._load()
            return [
                Status(number, rule, self._words[FIRST_MET + number - 1], self._words[FIRST_FIRED + number - 1])
                for number, rule, _, _ in self._loaded
            ]

    @property
    def are_there(self) -> bool:
        """Whether anything may go wrong. Every request asks this."""
        return self._words[VERSION] != self._version or bool(self._loaded)

    def meet(self, operation: str, account: str, catalog: str | None) -> Fault | None:
        """What happens to a request, if anything. `catalog` is None if the request is too wrong to tell."""
        names, total_ms = [], 0
        with self._lock:
            self._load()
            for number, rule, operations, delay_ms in self._loaded:
                if (
                    operation in operations
                    and rule.account in (None, account)
                    and rule.catalog in (None, catalog)
                    and self._fires(number, rule)
                ):
                    names.append(f"{number}: {rule.effect}")
                    total_ms += delay_ms
                    if rule.error is not None:
                        return Fault(names, total_ms, error_of(rule, number), rule.when == "after")
        return Fault(names, total_ms, None, is_after=False) if names else None

    def _fires(self, number: int, rule: Rule) -> bool:
        met, fired = FIRST_MET + number - 1, FIRST_FIRED + number - 1
        if rule.times is not None and self._words[fired] >= rule.times:
            return False
        self._words[met] += 1
        if not fires(rule, number, self._words[met]):
            return False
        self._words[fired] += 1
        return True

    def _load(self) -> None:
        if self._words[VERSION] != self._version:
            lines = bytes(self._text[: self._words[LENGTH]]).splitlines()
            rules = [msgspec.json.decode(line, type=Rule) for line in lines]
            self._loaded = [
                _Loaded(number, rule, operations_of(rule), rule.delay_ms)
                for number, rule in enumerate(rules, start=1)
                if not self._words[FIRST_CLEARED + number - 1]
            ]
            self._version = self._words[VERSION]
