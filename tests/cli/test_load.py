"""`cosell load`: whatever AWS clients print is taken, wholly or not at all, and every mistake is named by its line."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cosell
from tests.complete_opportunity import completing, written
from tests.conftest import ACCOUNT, Finished

Run = Callable[..., Finished]
EXAMPLES = Path(__file__).parents[1] / "datasets" / "examples"
RECORDED = Path(
    os.environ.get("COSELL_TEST_RECORDED", Path(__file__).parents[3] / "shared" / "reference" / "recorded")
) / "selling-api-pairs.json"  # fmt: skip


def example(name: str) -> str:
    return (EXAMPLES / name).read_text(encoding="utf-8")


def opportunity(identifier: str, **members: Any) -> dict[str, Any]:
    """The least that is an opportunity."""
    return {"Catalog": "Sandbox", "Id": identifier, "LastModifiedDate": "2025-03-04T05:06:07.089Z"} | members


def lines(*values: Any) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


def dumped(run: Run, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("dump", *options).out.splitlines()]


def test_what_the_aws_cli_prints_is_listed_as_it_was(run: Run, tmp_path: Path) -> None:
    done = run("load", str(EXAMPLES / "list_opportunities.json"), "--account", ACCOUNT)
    assert done.code == 0
    assert done.out == (
        f"loaded 2 opportunities from {EXAMPLES / 'list_opportunities.json'} into cosell.db "
        f"(account {ACCOUNT}, catalog AWS); stamps kept\n"
    )
    client = completing(cosell.connect(str(tmp_path / "cosell.db"), account=ACCOUNT))
    second, first = client.list_opportunities(Catalog="AWS")["OpportunitySummaries"]
    assert first["Arn"] == f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/AWS/opportunity/O2000001"
    assert first["LastModifiedDate"] == datetime(2025, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
    assert first["CreatedDate"] == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert first["Project"]["ExpectedCustomerSpend"][0]["Amount"] == "531"
    assert first["Customer"]["Account"]["CompanyName"] == "Bergström Stores AB"
    assert second["LastModifiedDate"] == datetime(2025, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)
    details = client.get_opportunity(Catalog="AWS", Identifier="O2000002")
    assert details["RelatedEntityIdentifiers"]["Solutions"] == []


def test_values_that_only_aws_knows_are_kept_and_survive_an_update(run: Run, tmp_path: Path) -> None:
    done = run("load", "-", given=example("get_opportunity.json"))
    assert done.code == 0
    assert "from <stdin>" in done.out
    assert "values unknown to the service model kept: RelatedEntityIdentifiers.AwsMarketplaceOffers[0]" in done.out
    client = cosell.connect(str(tmp_path / "cosell.db"), drafts=True)  # the answer has no website
    loaded = client.get_opportunity(Catalog="Sandbox", Identifier="O2000003")
    assert loaded["PrimaryNeedsFromAws"] == ["Do Not Need Support from AWS Sales Rep"]
    assert loaded["LastModifiedDate"] == datetime(2025, 2, 15, 20, 43, 28, tzinfo=UTC)
    assert loaded["LifeCycle"]["NextStepsHistory"][0]["Time"] == datetime(2025, 2, 15, 20, 43, 20, tzinfo=UTC)
    assert loaded["Project"]["ExpectedCustomerSpend"][0]["Amount"] == "10000"
    (line,) = dumped(run)
    assert "ResponseMetadata" not in line
    assert line["RelatedEntityIdentifiers"]["AwsMarketplaceOffers"] == ["offer-example"]
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier="O2000003",
        LastModifiedDate=loaded["LastModifiedDate"],
        **written(dict(loaded)) | {"LifeCycle": loaded["LifeCycle"] | {"NextSteps": "Call the dean again."}},
    )
    updated = client.get_opportunity(Catalog="Sandbox", Identifier="O2000003")
    assert updated["RelatedEntityIdentifiers"]["AwsMarketplaceOffers"] == ["offer-example"]


def test_of_a_recording_the_answers_are_taken_each_opportunity_once(run: Run) -> None:
    done = run("load", str(EXAMPLES / "recording.json"))
    assert "loaded 1 opportunity" in done.out
    assert "1 repetition in the file left out" in done.out
    (record,) = dumped(run, "--catalog", "AWS")
    assert record["LifeCycle"]["Stage"] == "Committed", "the later of both"


@pytest.mark.skipif(
    not RECORDED.exists(), reason=f"AWS's recorded answers are not at {RECORDED} (COSELL_TEST_RECORDED)"
)
def test_recorded_answers_of_aws_are_taken_whole(run: Run) -> None:
    done = run("load", str(RECORDED))
    assert done.code == 0, done.err
    sandbox, aws = dumped(run), dumped(run, "--catalog", "AWS")
    assert len(sandbox) > 1
    assert len(aws) == 1
    assert any(record["PrimaryNeedsFromAws"] == ["Do Not Need Support from AWS Sales Rep"] for record in sandbox)


@pytest.mark.parametrize(
    "layout",
    [
        lambda records: lines(*records),
        lambda records: json.dumps(records),
        lambda records: "\ufeff" + json.dumps(records, indent=4),
        lambda records: "".join(json.dumps(record, indent=2) for record in records),
        lambda records: "[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]\n",
        lambda records: lines({"OpportunitySummaries": records[:1]}, {"OpportunitySummaries": records[1:]}),
        lambda records: json.dumps([{"OpportunitySummaries": [record], "NextToken": "x"} for record in records]),
        lambda records: json.dumps(records, indent=0).replace("\n", "\r\n"),
    ],
    ids=["lines", "list", "pretty list", "pretty one by one", "list of lines", "pages", "list of pages", "unindented"],
)
def test_every_layout_of_json_is_read(run: Run, layout: Callable[[list[Any]], str]) -> None:
    records = [opportunity(f"O{number}", PartnerOpportunityIdentifier='a "{[\\" b') for number in (3000001, 3000002, 7)]
    done = run("load", "-", given=layout(records))
    assert (done.code, done.err) == (0, "")
    assert [record["Id"] for record in dumped(run)] == ["O7", "O3000001", "O3000002"]


def test_a_summary_becomes_a_record_of_what_it_holds(run: Run) -> None:
    given = opportunity("O5", LifeCycle=None, Arn="arn:aws:partnercentral:us-east-1:9:catalog/AWS/opportunity/O5")
    del given["Catalog"]
    assert run("load", "-", "--catalog", "AWS", given=lines(given)).code == 0
    (record,) = dumped(run, "--catalog", "AWS")
    assert record["LifeCycle"] == {"Stage": "Prospect", "ReviewStatus": "Pending Submission"}
    assert record["CreatedDate"] == record["LastModifiedDate"] == "2025-03-04T05:06:07.089Z"
    assert record["Arn"] == "arn:aws:partnercentral:us-east-1:000000000000:catalog/AWS/opportunity/O5"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"LifeCycle": {"Stage": "Closed Won"}}, "$.LifeCycle.Stage: INVALID_ENUM_VALUE: "),
    (
        {"LifeCycle": {"ReviewStatus": "In Review"}},
        "$.LifeCycle.ReviewStatus: INVALID_ENUM_VALUE: ",
    ),
    ({"Id": "7"}, "$.Id: INVALID_STRING_FORMAT: "),
    ({"Id": None}, "$.Id: REQUIRED_FIELD_MISSING: "),
    ({"Catalog": "sandbox"}, "$.Catalog: INVALID_VALUE: "),
    ({"LastModifiedDate": None}, "$.LastModifiedDate: REQUIRED_FIELD_MISSING: "),
    ({"LastModifiedDate": "today"}, "$.LastModifiedDate: SerializationException: This must be "),
    (
        {"LifeCycle": {"TargetCloseDate": "2026-02-30"}},
        "$.LifeCycle.TargetCloseDate: INVALID_STRING_",
    ),
    ({"LifeCycle": "Prospect"}, "$.LifeCycle: SerializationException: This must be an object"),
    (
        {"LifeCycle": {"NextStepsHistory": [7]}},
        "$.LifeCycle.NextStepsHistory[0]: SerializationExcept",
    ),
    (
        {"RelatedEntityIdentifiers": ["S-1"]},
        "$.RelatedEntityIdentifiers: SerializationException: ",
    ),
    ({"PartnerOpportunityIdentifier": "\ud800"}, "$: SerializationException: A text holds half"),
    ({"Customer": {"Account": {}}}, "$.Customer.Account.CompanyName: REQUIRED_FIELD_MISSING: "),
]


@pytest.mark.parametrize(("members", "place"), REFUSED)
def test_a_mistake_is_named_by_line_and_path_and_nothing_is_loaded(
    run: Run, members: dict[str, Any], place: str
) -> None:
    answer = {"OpportunitySummaries": [opportunity("O1"), opportunity("O2") | members]}
    done = run("load", "-", given="\n" + lines(opportunity("O9")) + json.dumps(answer))
    assert done.code == 2
    assert f"line 3, {place.replace('$', 'OpportunitySummaries[1]')}" in done.err
    assert "nothing was loaded from <stdin>, because of 1 mistake in it; fix" in done.err
    assert "Traceback" not in done.err
    assert dumped(run) == []


def test_the_line_of_a_mistake_is_the_one_of_its_member(run: Run) -> None:
    broken = example("list_opportunities.json").replace('"Prospect"', '"Winning"')
    assert (
        f"line {_line(broken, 'Winning')}, OpportunitySummaries[1].LifeCycle.Stage"
        in run("load", "-", given=broken).err
    )
    nested = example("list_opportunities.json").replace('"531.0"', "531")
    place = "OpportunitySummaries[0].Project.ExpectedCustomerSpend[0].Amount: SerializationException"
    assert f"line {_line(nested, '531')}, {place}" in run("load", "-", given=nested).err
    missing = example("list_opportunities.json").replace('"CompanyName"', '"Company"')
    account = _line(missing, '"Account": {')
    assert (
        f"line {account}, OpportunitySummaries[0].Customer.Account.CompanyName" in run("load", "-", given=missing).err
    )


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_all_mistakes_are_reported_at_once(run: Run) -> None:
    done = run("load", "-", given=lines(*(opportunity("x", Catalog="y") for _ in range(40))))
    assert "line 25, Catalog: INVALID_VALUE" in done.err
    assert "line 25, Id: INVALID_STRING_FORMAT" in done.err
    assert "and 30 more" in done.err
    assert "because of 80 mistakes" in done.err


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"Id": "O1",}', 1, "This is not JSON at column 1"),
        ('\n{"Id":\n "O1"\n "Catalog": 1}', 4, "This is not JSON at column 2: a comma is missing here, or"),
        ('{"Id": NaN}', 1, "NaN is not a number of JSON"),
        ('{"LastModifiedDate": 1e999}', 1, "1e999 is not a number of JSON"),
        ("{'Id': 'O1'}", 1, "This is not JSON at column 2: a name in double quotes is missing here"),
        ("[" * 5_000 + "]" * 5_000, 1, "This is not JSON: it is nested too deeply"),
        ('\n\n{"Id": "\x00"}', 3, "This is not JSON at column 9: a string contains a line break or"),
        ('{"Id": "O1", "Project": {"Title": "a}', 1, "This is not JSON at column 35: the string that starts here"),
        ('{"Id": "\\d"}', 1, "This is not JSON at column 9: this backslash starts no"),
        ('{"Id" 1}', 1, "This is not JSON at column 7: a colon is missing here"),
        (f'{{"Id": {"1" * 5000}}}', 1, "This is not JSON: a number has too many digits"),
        ("]", 1, "This is not JSON at column 1: a value is missing here"),
        ("7", 1, "INVALID_VALUE: This is not an answer"),
        ('{"Engagements": []}', 1, "INVALID_VALUE: This is not an answer"),
        ('[{"Catalog": "AWS"}, "x"]', 1, "[1]: INVALID_VALUE: This is not an answer"),
        ("[" * 60 + "]" * 60, 1, "[0]: INVALID_VALUE: This is not an answer"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_line(run: Run, text: str, line: int, message: str) -> None:
    done = run("load", "-", given=text)
    assert done.code == 2
    assert f"line {line}" in done.err
    assert message in done.err
    assert "Traceback" not in done.err


def test_bytes_that_are_no_utf_8_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(lines(opportunity("O1")).encode() + '{"Id": "Ä"}'.encode("latin-1"))
    assert "line 2: SerializationException: This is not UTF-8." in run("load", "latin.json").err
    (tmp_path / "wide.json").write_text("{}", encoding="utf-16")
    done = run("load", "wide.json")
    assert (done.code, done.err) == (2, "cosell: this is UTF-16, not UTF-8; write the file again in UTF-8\n")


def test_a_file_that_is_not_there_is_one_line(run: Run) -> None:
    done = run("load", "nowhere.json")
    assert done.code == 2
    assert "nowhere.json" in done.err
    assert "Traceback" not in done.err


def test_a_file_of_something_else_is_given_up(run: Run) -> None:
    done = run("load", "-", given="{'Id': 'O1'}\n" * 1_000)
    assert done.code == 2
    assert "line 100: this is not JSON, nor was it 99 times before" in done.err


def test_keep_going_loads_what_is_right_and_says_what_is_not(run: Run) -> None:
    given = lines(opportunity("O1")) + '{"Id": "O2", \n' + lines(opportunity("O3"), opportunity("4"), opportunity("O5"))
    done = run("load", "-", "--keep-going", given=given)
    assert done.code == 1
    assert "line 3: SerializationException" in done.err or "line 2: SerializationException" in done.err
    assert "line 4, Id: INVALID_STRING_FORMAT" in done.err
    assert "loaded 3 opportunities" in done.out
    assert "2 mistakes left out" in done.out
    assert [record["Id"] for record in dumped(run)] == ["O1", "O3", "O5"]


def test_the_latest_of_repeated_opportunities_wins_and_details_win_over_summaries(run: Run) -> None:
    old = opportunity("O1", LifeCycle={"Stage": "Prospect"})
    new = opportunity("O1", LifeCycle={"Stage": "Qualified"}, LastModifiedDate="2025-03-05T00:00:00Z")
    detailed = new | {"NationalSecurity": "No"}
    done = run("load", "-", given=lines(detailed, old, new, old))
    assert "3 repetitions in the file left out" in done.out
    (record,) = dumped(run)
    assert record["NationalSecurity"] == "No"


def test_stamps_that_a_reader_may_have_passed_are_given_anew_in_their_order(run: Run) -> None:
    day = "2025-03-0{}T00:00:00.000Z".format
    run("load", "-", given=lines(opportunity("O1", LastModifiedDate=day(4))))
    second = lines(
        opportunity("O2", LastModifiedDate=day(3)),
        opportunity("O3", LastModifiedDate=day(2)),
        opportunity("O4", LastModifiedDate="2025-03-04T00:00:00.001Z"),
        opportunity("O5", LastModifiedDate=day(5)),
        opportunity("O6", LastModifiedDate=day(5)),
    )
    done = run("load", "-", given=second)
    assert "stamps kept of 2, given anew to 3" in done.out
    stamps = {record["Id"]: record["LastModifiedDate"] for record in dumped(run)}
    assert stamps == {
        "O1": day(4),
        "O2": "2025-03-04T00:00:00.002Z",
        "O3": "2025-03-04T00:00:00.001Z",
        "O4": "2025-03-04T00:00:00.003Z",
        "O5": day(5),
        "O6": day(5),
    }


def test_an_opportunity_that_is_there_is_replaced_with_a_newer_stamp(run: Run, tmp_path: Path) -> None:
    stay = opportunity("O2", LastModifiedDate="2025-03-05T00:00:00.000Z")
    run("load", "-", given=lines(opportunity("O1"), stay))
    changed = opportunity("O1", PartnerOpportunityIdentifier="changed")
    done = run("load", "-", given=lines(changed, stay, opportunity("O3")))
    assert "loaded 2 opportunities" in done.out
    assert "1 replaced in Sandbox; 1 unchanged in Sandbox; stamps given anew" in done.out
    client = completing(cosell.connect(str(tmp_path / "cosell.db")))
    newer = client.list_opportunities(
        Catalog="Sandbox", LastModifiedDate={"AfterLastModifiedDate": "2025-03-05T00:00:00Z"}
    )
    assert {summary["Id"] for summary in newer["OpportunitySummaries"]} == {"O1", "O2", "O3"}
    assert client.get_opportunity(Catalog="Sandbox", Identifier="O1")["PartnerOpportunityIdentifier"] == "changed"


def test_the_same_file_again_changes_nothing(run: Run) -> None:
    given = lines(opportunity("O1"), opportunity("O2"))
    run("load", "-", given=given)
    before = run("dump").out
    again = run("load", "-", given=given)
    assert again.code == 0
    assert again.out.endswith("catalog Sandbox); 2 unchanged in Sandbox\n")
    assert run("dump").out == before


def test_new_opportunities_never_take_a_loaded_identifier(run: Run, tmp_path: Path) -> None:
    highest = "O" + 19 * "9"
    run("load", "-", given=lines(opportunity("O4237356"), opportunity(highest), opportunity("O0"), opportunity("O07")))
    client = completing(cosell.connect(str(tmp_path / "cosell.db")))
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="next")
    assert created["Id"] == "O4237357"
    assert [record["Id"] for record in dumped(run)] == ["O0", "O07", "O4237356", "O4237357", highest]


def test_both_catalogs_are_loaded_or_none(run: Run) -> None:
    given = lines(opportunity("O1"), opportunity("O1", Catalog="AWS"))
    assert run("load", "-", given=given + lines(opportunity("O2", Catalog="Other"))).code == 2
    assert dumped(run) == dumped(run, "--catalog", "AWS") == []
    assert "catalog AWS and Sandbox" in run("load", "-", given=given).out
    assert len(dumped(run)) == len(dumped(run, "--catalog", "AWS")) == 1


def test_an_empty_answer_is_no_mistake(run: Run) -> None:
    done = run("load", "-", given='{"OpportunitySummaries": []}')
    assert (done.code, done.err) == (0, "")
    assert done.out == "loaded 0 opportunities from <stdin> into cosell.db (account 000000000000, catalog none)\n"
