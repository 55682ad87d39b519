"""What the admin API takes, and what wrong questions are told."""

from collections.abc import Callable

import pytest

from cosell.serve.admin.routes import ROUTES
from tests.admin.conftest import ask, done
from tests.conftest import Server


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": ""}],
)
def test_what_a_form_of_a_page_can_send_is_refused(standing_server: Server, headers: dict[str, str]) -> None:
    assert ask(standing_server, "POST", "reset", "{}", headers)[0] == 415


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "POST"], ids=lambda route: route.path)
def test_what_changes_something_takes_no_other_method(standing_server: Server, route: object) -> None:
    path = route.path.removeprefix("/_cosell/")  # type: ignore[attr-defined]
    taken = {other.method for other in ROUTES if other.path == route.path}  # type: ignore[attr-defined]
    for method in sorted({"GET", "PUT", "DELETE", "OPTIONS"} - taken):
        status, body = ask(standing_server, method, path)
        assert status == 405
        assert "POST" in body["error"]


def test_an_unknown_address_leads_to_the_list_of_all(standing_server: Server) -> None:
    status, body = ask(standing_server, "GET", "no-such-thing")
    assert status == 404
    assert "/_cosell/" in body["error"]
    listed = done(ask(standing_server, "GET", ""))["routes"]
    assert [(row["method"], row["path"]) for row in listed] == [(route.method, route.path) for route in ROUTES]
    assert all(row["does"].endswith(".") for row in listed)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"count": "many"}', "count"),
        ('{"count": -1}', "count"),
        ('{"account": "12"}', "account"),
        ('{"catalog": "Live"}', "catalog"),
        ('{"cuont": 1}', "cuont"),
        ('{"now": "yesterday"}', "moment"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(standing_server: Server, body: str, named: str) -> None:
    status, answer = ask(standing_server, "POST", "seed", body)
    assert status == 400
    assert named in answer["error"]


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("seed", {"account": "111122223333\n"}, "account"),
        ("review", {"id": "O1000001\n", "decision": "start"}, "id"),
        ("aws-edit", {"id": "O1000001\n"}, "id"),
        ("faults", {"operation": "Create*\n", "error": "ThrottlingException"}, "operation"),
        ("faults", {"account": "111122223333\n", "error": "ThrottlingException"}, "account"),
    ],
)
def test_a_line_break_behind_a_name_is_no_part_of_it(
    standing_server: Server, path: str, body: dict[str, str], named: str
) -> None:
    status, answer = ask(standing_server, "POST", path, body)
    assert (status, answer["error"]) == (400, f"{named} {body[named]!r} is not valid.")
    assert answer["next_step"]


def test_a_text_that_is_too_long_is_reported_without_repeating_it_all(standing_server: Server) -> None:
    fault = {"error": "ThrottlingException"}
    status, answer = ask(standing_server, "POST", "faults", fault | {"delay": "1" * 17})
    assert (status, answer["error"]) == (400, f"delay '{'1' * 17}' is not a text of at most 16 characters.")
    status, answer = ask(standing_server, "POST", "faults", fault | {"delay": "1" * 500})
    assert (status, answer["error"]) == (400, "delay is not a text of at most 16 characters.")


def test_a_wrong_query_is_told_what_is_wrong(standing_server: Server) -> None:
    for query in ("limit=0", "limit=x", "limti=1"):
        status, answer = ask(standing_server, "GET", f"requests?{query}")
        assert status == 400
        assert query.partition("=")[0] in answer["error"]


def test_a_body_that_is_too_long_is_refused(standing_server: Server) -> None:
    status, answer = ask(standing_server, "POST", "seed", " " * (1024 * 1024 + 1))
    assert status == 413
    assert "bytes" in answer["error"]


def test_a_defect_is_an_answer_too_and_its_place_is_logged(serve_after: Callable[..., Server]) -> None:
    server = serve_after(
        "import cosell.datasets.seed\n"
        "def broken(*_, **__): raise RuntimeError('a secret')\n"
        "cosell.datasets.seed.seed = broken",
        "--db",
        ":memory:",
    )
    status, answer = ask(server, "POST", "seed", {})
    assert (status, answer) == (500, {"error": "cosell failed; its log says how."})
    _, log = server.stop()
    assert "/_cosell/seed" in log
    assert "a secret" not in log


def test_a_database_that_does_not_answer_is_an_answer_too(serve_after: Callable[..., Server]) -> None:
    server = serve_after(
        "import cosell.datasets.seed\n"
        "from cosell.store.interface import StoreUnavailable\n"
        "def gone(*_, **__): raise StoreUnavailable('locked')\n"
        "cosell.datasets.seed.seed = gone",
        "--db",
        ":memory:",
    )
    status, answer = ask(server, "POST", "seed", {})
    assert (status, answer) == (503, {"error": "The database does not answer: locked"})
