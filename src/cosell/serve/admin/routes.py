"""Every route of the admin API, in one table. docs/reference/admin-api.md is generated from it."""

from typing import Any, Final

from cosell.faults import Rule
from cosell.serve.admin import aws_side, database, events, faults, requests, saved_tests, solutions, time
from cosell.serve.admin.requests import Archive, OneRequest, scope_of
from cosell.serve.admin.router import PREFIX, Room, Route, Router
from cosell.serve.admin.saved_tests import SavedTest, account_of


def index(_: Room, __: object) -> dict[str, Any]:
    """The addresses of the admin API, and what each does."""
    return {
        "routes": [{"method": route.method, "path": route.path, "does": summary_of(route)} for route in ROUTES],
    }


def summary_of(route: Route) -> str:
    """What a route does: the first line of its handler's docstring."""
    assert route.perform.__doc__ is not None
    return route.perform.__doc__.splitlines()[0]


ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", PREFIX, index),
    Route("POST", f"{PREFIX}seed", database.seed, database.Seed, bulk=True),
    Route("POST", f"{PREFIX}reset", database.reset, database.Reset, bulk=True),
    Route("GET", f"{PREFIX}snapshots", database.snapshots),
    Route("POST", f"{PREFIX}snapshot", database.snapshot, database.Named, bulk=True),
    Route("POST", f"{PREFIX}restore", database.restore, database.Named, bulk=True),
    Route("POST", f"{PREFIX}forget", database.forget, database.Named, bulk=True),
    Route("GET", f"{PREFIX}review", aws_side.waiting, aws_side.Waiting),
    Route("POST", f"{PREFIX}review", aws_side.review, aws_side.Review),
    Route("POST", f"{PREFIX}refer", aws_side.refer, aws_side.Refer),
    Route("POST", f"{PREFIX}aws-edit", aws_side.edit, aws_side.Edit),
    Route("POST", f"{PREFIX}solutions", solutions.add, solutions.Addition),
    Route("GET", f"{PREFIX}clock", time.clock),
    Route("POST", f"{PREFIX}clock", time.change_clock, time.ClockChange),
    Route("GET", f"{PREFIX}faults", faults.faults),
    Route("POST", f"{PREFIX}faults", faults.add_fault, Rule),
    Route("DELETE", f"{PREFIX}faults", faults.clear_faults, faults.Cleared),
    Route("GET", f"{PREFIX}events", events.stream, events.EventsWanted, stream=True),
    Route("GET", f"{PREFIX}events/sinks", events.sinks),
    Route("GET", f"{PREFIX}events/dead-letters", events.dead_letters, events.DeadLettersWanted),
    Route("POST", f"{PREFIX}events/replay", events.replay, events.Replay),
    Route("POST", f"{PREFIX}events/revive", events.revive, events.Revival),
    Route("GET", f"{PREFIX}requests", requests.recent_requests, requests.RecentRequests),
    Route("GET", f"{PREFIX}requests/har", requests.archived_requests, Archive),
    Route("GET", f"{PREFIX}requests/one", requests.one_request, OneRequest),
    Route("POST", f"{PREFIX}requests/unmask", requests.unmasked_request, OneRequest, reads=True, concerns=scope_of),
    Route("POST", f"{PREFIX}requests/save-test", saved_tests.save_test, SavedTest, reads=True, concerns=account_of),
    Route("POST", f"{PREFIX}requests/replay", requests.replay_request, OneRequest, concerns=scope_of),
)
ROUTER: Final = Router(ROUTES)
