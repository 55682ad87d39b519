"""The solutions of an invented partner: the same ones in each of its catalogs, whatever the pipeline's seed."""

from typing import Final

from cosell.rules.solution import Solution, SolutionStatus
from cosell.store.interface import WriteTransaction

_FIRST: Final = 50_211
_MS_PER_DAY: Final = 86_400_000

_SOLUTIONS: Final[tuple[tuple[str, str, SolutionStatus], ...]] = (
    # name, category, status. The first twelve are Active: opportunities are about them.
    ("Managed Landing Zone", "Managed Services", "Active"),
    ("Warehouse Analytics Platform", "Software Product", "Active"),
    ("SAP Migration Factory", "Consulting Services", "Active"),
    ("Contact Centre in a Box", "Software Product", "Active"),
    ("Document Intelligence", "Software Product", "Active"),
    ("Mainframe Exit Assessment", "Consulting Services", "Active"),
    ("Edge Telemetry Hub", "Software Product", "Active"),
    ("Managed Detection and Response", "Managed Services", "Active"),
    ("Container Platform Jumpstart", "Consulting Services", "Active"),
    ("Backup and Recovery as a Service", "Managed Services", "Active"),
    ("Customer Data Hub", "Software Product", "Active"),
    ("Generative AI Workbench", "Software Product", "Active"),
    ("On-Premises Monitoring Suite", "Software Product", "Inactive"),
    ("Quantum Readiness Review", "Consulting Services", "Draft"),
)


def identifier_of(number: int) -> str:
    """The identifier of the partner's solution with this number, counted from 0."""
    return f"S-{_FIRST + number:07d}"


ACTIVE: Final = tuple(identifier_of(number) for number, row in enumerate(_SOLUTIONS) if row[2] == "Active")
"""The identifiers of those that opportunities can be about."""


def partner_solutions(now_ms: int) -> list[Solution]:
    """The partner's solutions, each made some time before `now_ms`, the first one first."""
    count = len(_SOLUTIONS)
    return [
        Solution(identifier_of(number), name, status, category, now_ms - (count - number) * 90 * _MS_PER_DAY)
        for number, (name, category, status) in enumerate(_SOLUTIONS)
    ]


def add_missing(tx: WriteTransaction, now_ms: int) -> None:
    """Give a scope those of the partner's solutions that it does not have; the others stay as they are."""
    tx.put_solutions(solution for solution in partner_solutions(now_ms) if tx.solution(solution.identifier) is None)
