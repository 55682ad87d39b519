"""`cosell example`: what it prints is taken as it is, as JSON and as Python, and can be submitted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import cosell
from tests.conftest import Finished

Run = Callable[..., Finished]


@pytest.mark.parametrize("catalog", ["Sandbox", "AWS"])
@pytest.mark.parametrize("form", ["json", "python"])
def test_a_printed_opportunity_can_be_created_and_submitted(run: Run, catalog: str, form: str) -> None:
    client: Any = cosell.connect()
    options = ["--python"] if form == "python" else []
    printed = run("example", "create-opportunity", "--catalog", catalog, *options)
    assert (printed.code, printed.err) == (0, "")
    if form == "json":
        client.create_opportunity(**json.loads(printed.out))
    else:
        exec(printed.out, {"client": client})  # as somebody would paste it
    (created,) = client.list_opportunities(Catalog=catalog)["OpportunitySummaries"]
    client.submit_opportunity(Catalog=catalog, Identifier=created["Id"], InvolvementType="Co-Sell")


def test_it_fits_on_a_screen_and_makes_another_opportunity_each_time(run: Run) -> None:
    client: Any = cosell.connect()
    for _ in range(2):
        printed = run("example", "create-opportunity", "--python").out
        assert printed.count("\n") <= 40
        exec(printed, {"client": client})
    assert len(client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 2
