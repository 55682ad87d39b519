"""The first page: what is served, for which accounts, how to reach it, and how to fill an empty database."""

import shlex
from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.client_environment import client_environment
from cosell.console.table.page import TABLE
from cosell.console.visit.seeding import SEED_COUNT
from cosell.console.visit.visit import Failure, Visit
from cosell.context import Scope
from cosell.operations import OPERATIONS
from cosell.passwords import shown
from cosell.wire.model import service_model

NEWEST: Final = 8


class DataSet(msgspec.Struct, frozen=True):
    """An account and catalog, how many opportunities it has, and where its home is."""

    scope: Scope
    count: int
    address: str
    is_shown: bool


def home(visit: Visit) -> Response:
    """The first page."""
    newest = visit.ask("ListOpportunities", MaxResults=NEWEST)["OpportunitySummaries"]
    sets = [_data_set(visit, scope) for scope in visit.visitor.choices]
    return visit.page(
        "home.html",
        sets=sets,
        shown=next(one for one in sets if one.is_shown),
        database=shown(visit.surroundings.engine.url),
        exports=exports(visit),
        implemented=len(OPERATIONS),
        known=len(service_model().operations),
        newest=newest,
        table=visit.link(TABLE),
        seed_count=SEED_COUNT,
    )


def seed(visit: Visit) -> Response:
    """Fill the data set that is shown, if it is empty, and go back to the first page."""
    if _count(visit, visit.scope):
        raise Failure(409, "There are opportunities already.", f"To add more, run: {visit.seed_command()}")
    members: dict[str, Any] = {"count": SEED_COUNT, "account": visit.scope.account, "catalog": visit.scope.catalog}
    result = visit.administer("POST", "/_cosell/seed", **members)
    if result.status != 200:
        raise Failure(result.status, f"Nothing was created: {result.value['error']}", "See the server's log.")
    return visit.redirect(visit.link("/console/"))


def exports(visit: Visit) -> str:
    """The exports that point AWS clients at this server, as `cosell env` prints them."""
    variables = client_environment(visit.origin, visit.scope.account)
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _data_set(visit: Visit, scope: Scope) -> DataSet:
    return DataSet(scope, _count(visit, scope), visit.link("/console/", scope=scope), scope == visit.scope)


def _count(visit: Visit, scope: Scope) -> int:
    with visit.surroundings.engine.store.read(scope) as tx:
        return tx.count()
