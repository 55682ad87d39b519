"""Who the visitor is, and what may be seen: decided here and nowhere else.

An open server believes what the address says, as the API believes an access key: `?account=…&catalog=…` chooses
among all. Keys and logins belong here once they exist: everything behind this module asks only `Visitor`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from cosell.auth.open_access import ACCOUNT_PATTERN, DEFAULT_ACCOUNT
from cosell.context import Scope

CATALOGS: Final = ("AWS", "Sandbox")
DEFAULT_CATALOG: Final = "Sandbox"
_ACCOUNT: Final = re.compile(ACCOUNT_PATTERN)


class UnknownVisitor(Exception):
    """The address names an account or a catalog that cannot exist."""


class Visitor(msgspec.Struct, frozen=True):
    """Whose data is shown, and which other data sets the same visitor may choose."""

    scope: Scope
    choices: tuple[Scope, ...]


def visitor_of(query: Mapping[str, str], scopes: Sequence[Scope]) -> Visitor:
    """The visitor of an address with this query, where there are these data sets.

    Without names in the address it is the default account, or if that has nothing, the first that has. Raises
    UnknownVisitor.
    """
    usual = Scope(DEFAULT_ACCOUNT, DEFAULT_CATALOG)
    if scopes and usual not in scopes:
        usual = scopes[0]
    scope = Scope(query.get("account") or usual.account, query.get("catalog") or usual.catalog)
    if not _ACCOUNT.match(scope.account):
        raise UnknownVisitor("An account has twelve digits, such as account=000000000000.")
    if scope.catalog not in CATALOGS:
        raise UnknownVisitor("The catalog is AWS or Sandbox.")
    return Visitor(scope, tuple(scopes) if scope in scopes else (*scopes, scope))
