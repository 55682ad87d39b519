"""Files of opportunities: JSON and CSV say the same, each value arrives as it was written, mistakes have their line."""

import csv
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.errors import UserError
from cosell.formulas import disarmed
from cosell.sync.push.column_map import column_map, keep
from cosell.sync.push.members import Shapes, has_all, merged, same, shapes_of
from cosell.sync.push.row import Problem, Row
from cosell.sync.push.rows import name_of, rows_of
from tests.sync.push.conftest import Current

ANY_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
TEXTS = ANY_TEXTS.filter(lambda text: not text.startswith("'"))
FORMULAS = st.builds("{}{}{}".format, st.sampled_from(["", "'", "''"]), st.sampled_from("=+-@\t\r\n"), ANY_TEXTS)
AWKWARD = st.sampled_from(["a,b", 'say "no"', "two\nlines", " spaced ", "[not a list", "日本 🚀", "1,5;2", "null"])


@pytest.fixture(scope="session")
def shapes(shared: tuple[Current, Any]) -> Shapes:
    return shapes_of(shared[1])


def read(text: str, shapes: Shapes, **options: Any) -> list[Row]:
    return rows_of(text.encode(), shapes, "Sandbox", **options).rows


def members(text: str, shapes: Shapes, **options: Any) -> list[dict[str, Any]]:
    """The members of each row, none of which has a problem."""
    rows = read(text, shapes, **options)
    assert not [problem for row in rows for problem in row.problems]
    return [row.members for row in rows]


def as_csv(*lines: list[str], separator: str = ",") -> str:
    """Lines as spreadsheets save them."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(lines)
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "Customer.Account.CompanyName",
        "customer.account.company_name",
        "customer_account_company_name",
        "company_name",
        " Customer.Account.CompanyName ",
        "CUSTOMER.account.companyname",
        "Customer . Account . Company Name",
        "COMPANY_NAME",
        "Company Name",
        "company-name",
    ],
)
def test_a_column_is_named_as_the_api_or_as_a_mirror_does(shapes: Shapes, name: str) -> None:
    assert members(as_csv([name], ["Acme"]), shapes) == [{"Customer": {"Account": {"CompanyName": "Acme"}}}]


def test_a_mirrors_columns_name_their_members(shapes: Shapes) -> None:
    header = ["id", "last_modified_date", "stage", "city", "expected_contract_duration_value", "delivery_models"]
    cells = ["O1", "2026-01-01 00:00:00+00:00", "Qualified", "Köln", "12", '["Other"]']
    own = ["raw", "first_seen_at", "changed_at", "vanished_at", "arn", "created_date"]
    given = rows_of(as_csv([*header, *own], [*cells, *["x"] * 6]).encode(), shapes, "Sandbox")
    assert given.left_out == ["Arn", "CreatedDate"]
    assert [row.members for row in given.rows] == [
        {
            "Id": "O1",
            "LastModifiedDate": "2026-01-01 00:00:00+00:00",
            "LifeCycle": {"Stage": "Qualified"},
            "Customer": {"Account": {"Address": {"City": "Köln"}}},
            "Project": {"ExpectedContractDuration": {"Value": "12"}, "DeliveryModels": ["Other"]},
        }
    ]
    assert given.rows[0].problems == ()


@given(
    title=TEXTS | AWKWARD, models=st.lists(TEXTS | AWKWARD, min_size=1), amounts=st.lists(TEXTS, min_size=1, max_size=3)
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_cell_is_the_value_whatever_is_in_it(
    shapes: Shapes, separator: str, title: str, models: list[str], amounts: list[str]
) -> None:
    spends = [f"Project.ExpectedCustomerSpend[{index}].Amount" for index in range(len(amounts))]
    text = as_csv(
        ["Project.Title", "Project.DeliveryModels", *spends],
        [title, json.dumps(models), *amounts],
        separator=separator,
    )
    spend = [{"Amount": amount} for amount in amounts]
    project = {"Title": title, "DeliveryModels": models, "ExpectedCustomerSpend": spend}
    assert members(text, shapes) == [{"Project": project}]
    assert members(json.dumps({"Project": project}), shapes) == [{"Project": project}]


@given(ANY_TEXTS | FORMULAS)
def test_a_text_that_was_disarmed_for_spreadsheets_arrives_as_it_was(shapes: Shapes, text: str) -> None:
    cell = disarmed(text)
    assert cell[0] not in "=+-@\t\r\n"
    assert members(as_csv(["Project.Title"], [cell]), shapes) == [{"Project": {"Title": text}}]


@given(TEXTS.filter(lambda text: not text.lstrip().startswith("[")))
def test_a_cell_of_a_list_that_is_no_json_is_one_value_and_never_split(shapes: Shapes, text: str) -> None:
    assert members(as_csv(["Marketing.UseCases"], [text]), shapes) == [{"Marketing": {"UseCases": [text]}}]


def test_an_empty_cell_says_nothing_or_clears(shapes: Shapes) -> None:
    header = [
        "Id",
        "Project.Title",
        "Project.ExpectedCustomerSpend[0].Amount",
        "Project.ExpectedCustomerSpend[2].Amount",
    ]
    text = as_csv(header, ["O1", "", "", "5"], ["", "", "", ""], ["O2", "", "", ""])
    assert members(text, shapes) == [
        {"Id": "O1", "Project": {"ExpectedCustomerSpend": [{"Amount": "5"}]}},
        {"Id": "O2"},
    ]
    assert members(text, shapes, empty_clears=True)[1] == {
        "Id": "O2",
        "Project": {"Title": None, "ExpectedCustomerSpend": None},
    }


def test_structures_in_cells_are_json(shapes: Shapes) -> None:
    text = as_csv(["Customer.Account", "Customer.Contacts[0]"], ['{"CompanyName": "Acme"}', '{"Email": "a@b.c"}'])
    customer = {"Account": {"CompanyName": "Acme"}, "Contacts": [{"Email": "a@b.c"}]}
    assert members(text, shapes) == [{"Customer": customer}]
    (row,) = read(as_csv(["Customer.Account", "Customer.Contacts"], ["Acme", "Ann"]), shapes)
    assert [(problem.field, problem.code) for problem in row.problems] == [
        ("Customer.Account", "INVALID_VALUE"),
        ("Customer.Contacts", "INVALID_VALUE"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[{"Id": "O1"},\n\n {"Id": "O2"\n}]\n',
        '{"Id": "O1"}\n\n{"Id":\n"O2"}',
        '\ufeff  [ {"Id": "O1"}\n,\n{"Id": "O2"} ] ',
        "Id\nO1\n\nO2\n",
        'Id,Project.Title\r\nO1,"a\r\nb"\r\nO2,\r\n',
    ],
)
def test_each_row_knows_its_line(shapes: Shapes, text: str) -> None:
    rows = read(text, shapes)
    assert [row.members["Id"] for row in rows] == ["O1", "O2"]
    lines = text.split("\n")
    assert [next(row.line for row in rows), "O2" in "".join(lines[rows[1].line - 1 : rows[1].line + 1])] == [
        1 if text.lstrip("\ufeff ")[0] in "[{" else 2,
        True,
    ]


@pytest.mark.parametrize("text", ["[]", " [ ]\n", "Id,Project.Title\n"])
def test_a_file_may_have_no_rows(shapes: Shapes, text: str) -> None:
    assert read(text, shapes) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Company\nAcme\n", "unknown column 'Company' (did you mean Customer.Account.CompanyName?); fix the header"),
        ("Identifier\nO1\n", "unknown column 'Identifier'"),
        (
            "xyzzy\n1\n",
            "unknown column 'xyzzy'; fix the header, or say what it means, such as --map xyzzy=Project.Title",
        ),
        ("Account Nam,Stag,stage\n1,2,3\n", "unknown column 'Account Nam' (did you mean "),
        ("Account Nam,Stag,stage\n1,2,3\n", "; unknown column 'Stag' (did you mean LifeCycle.Stage?)"),
        (
            "Stag,\n1,\n",
            "; unknown column ''; fix the header, or say what it means, such as --map Stag=LifeCycle.Stage",
        ),
        ("", "there is nothing in it; give a file with a header, or a JSON array"),
        ("\n", "there is nothing in it"),
        ("Project.Title.More\n1\n", "unknown column"),
        ("Project.Title[0]\n1\n", "unknown column"),
        ("Project..Title\n1\n", "unknown column"),
        ("stage,LifeCycle.Stage\n1,2\n", "columns LifeCycle.Stage and LifeCycle.Stage give the same member"),
        ("Customer,Customer.Account.CompanyName\n{},2\n", "give the same member"),
        ('Id,Project.Title\nO1,"a\n', "line 2: the quotation mark of a cell is not closed"),
        ('{"Id": "O1"}\n{"Id": }\n', "line 2, column 8: a value is missing here"),
        ('[{"Id": "O1"}\n{"Id": "O2"}]', "line 2: a comma or ] is missing"),
        ('[{"Id": "O1"}', "line 1: a comma or ] is missing"),
        ('[{"Id": "O1"}]\nmore', "line 1: something follows the array"),
        ('{"Id": NaN}', "NaN is not JSON"),
        (f'{{"Id": {"1" * 5000}}}', "line 1: a number has too many digits"),
        ('Id,Project.Title\n"O1"x,a\n', "line 2: a cell continues after its closing quotation mark"),
        ("[" * 100_000, "line 1: it is nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_is_the_users_mistake(shapes: Shapes, text: str, told: str) -> None:
    with pytest.raises(UserError) as mistake:
        read(text, shapes)
    assert told in f"{mistake.value.message}; {mistake.value.next_step}"


def test_a_file_in_another_encoding_is_the_users_mistake(shapes: Shapes) -> None:
    with pytest.raises(UserError, match="line 2 is not UTF-8"):
        rows_of("Project.Title\nKöln\n".encode("latin-1"), shapes, "Sandbox")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"Proyect": {}}, "Proyect: UNKNOWN_FIELD The service model has no such member. Did you mean Project?"),
        ({"Project": {"Qwerty": 1}}, "Project.Qwerty: UNKNOWN_FIELD The service model has no such member."),
        ({"ClientToken": "mine"}, "ClientToken: UNKNOWN_FIELD The service model has no such member."),
        ({"Project": "Move"}, 'Project "Move": WRONG_TYPE This must be a structure.'),
        ({"Project": {"Title": 7}}, "Project.Title 7: WRONG_TYPE This must be a text, in quotation marks."),
        ({"PrimaryNeedsFromAws": "Other"}, 'PrimaryNeedsFromAws "Other": WRONG_TYPE This must be a list.'),
        (
            {"Project": {"ApnPrograms": [7]}},
            "Project.ApnPrograms[0] 7: WRONG_TYPE This must be a text, in quotation marks.",
        ),
        ({"LastModifiedDate": 7}, "LastModifiedDate 7: WRONG_TYPE This must be a moment, as a text."),
        (
            {"LastModifiedDate": "2026-01-01"},
            (
                'LastModifiedDate "2026-01-01": INVALID_STRING_FORMAT This is not a moment, '
                "such as 2026-05-04T09:15:22.101Z."
            ),
        ),
        (
            {"LastModifiedDate": "soon"},
            'LastModifiedDate "soon": INVALID_STRING_FORMAT This is not a moment, such as 2026-05-04T09:15:22.101Z.',
        ),
        ({"Project": {"Title": "\ud83d"}}, "Project.Title: INVALID_VALUE This is half of a character."),
        (
            {"Catalog": "AWS"},
            'Catalog "AWS": INVALID_VALUE The row is of another catalog than the push, which goes to Sandbox.',
        ),
    ],
)
def test_what_no_request_could_carry_is_told_of_the_row(shapes: Shapes, row: dict[str, Any], problem: str) -> None:
    (checked,) = read(json.dumps(row), shapes)
    assert [str(found) for found in checked.problems] == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Id,Project.Title\nO1,a,b\nO2,c\n", "row: WRONG_NUMBER_OF_CELLS The line has 3 cells, and the header 2. "),
        ("Id,Project.Title\nO1\nO2,c\n", "row: WRONG_NUMBER_OF_CELLS The line has 1 cells, and the header 2. "),
        ('[7,\n{"Id": "O2"}]', "row 7: WRONG_TYPE This must be an object."),
        ("Id,Project\nO1,{\nO2,\n", 'Project "{": INVALID_VALUE This must be JSON.'),
    ],
)
def test_one_bad_row_does_not_keep_the_others_back(shapes: Shapes, text: str, problem: str) -> None:
    bad, good = read(text, shapes)
    assert str(bad.problems[0]).startswith(problem)
    assert (good.members["Id"], good.problems) == ("O2", ())


def test_a_long_value_is_cut_in_a_message() -> None:
    assert (
        str(Problem("Project.Title", "INVALID_VALUE", "No.", "x" * 200))
        == f'Project.Title "{"x" * 79}…: INVALID_VALUE No.'
    )


def test_what_columns_mean_can_be_said(shapes: Shapes) -> None:
    renamed = {"Account Name": "company_name", "notes": ""}
    assert members(as_csv(["ACCOUNT NAME", "Notes"], ["Acme", "x"]), shapes, renamed=renamed) == [
        {"Customer": {"Account": {"CompanyName": "Acme"}}}
    ]
    with pytest.raises(UserError, match=r"there is no column 'Account Name' to rename; unknown column 'Stag' \(did"):
        read("s\n1\n", shapes, renamed={"Account Name": "company_name", "S": "Stag"})
    with pytest.raises(UserError, match="JSON has no columns to rename"):
        read("[]", shapes, renamed=renamed)


@pytest.mark.parametrize("name", ["map.toml", "map.json"])
def test_what_columns_mean_is_kept_in_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    said = column_map(path, ["Account Name=company_name", 'The "key" = PartnerOpportunityIdentifier', "Notes="])
    keep(path, said)
    assert column_map(path, ["Notes=Project.Title"]) == {
        "Account Name": "company_name",
        'The "key"': "PartnerOpportunityIdentifier",
        "Notes": "Project.Title",
    }
    before = path.stat()
    keep(path, said)
    assert path.stat() == before, "nothing new was said"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "JSON: line 1, column 2: a name in double quotes"),
        ('["a"]', "a map of columns"),
        ('{"a": 1}', "a map of columns"),
        ("\xff", "UTF-8 in line 1"),
    ],
)
def test_a_file_that_is_no_map_is_the_users_mistake(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "map.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=rf"map\.json is not {told}"):
        column_map(tmp_path / "map.json", [])


def test_a_map_that_cannot_be_kept_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        column_map(tmp_path, [])
    with pytest.raises(UserError, match="cannot write"):
        keep(tmp_path / "no" / "map.toml", {})


def workbook(*rows: list[str]) -> bytes:
    """A workbook as Excel saves one, as small as it may be. A cell is the XML of its attributes and its value."""
    cells = ["".join(f"<c {cell}</c>" for cell in row) for row in rows]
    sheet = "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(cells, start=1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="One" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="s" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="t" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def text_cell(text: str) -> str:
    return f't="inlineStr"><is><t>{escape(text)}</t></is>'


def test_a_workbook_says_the_same_as_a_table(shapes: Shapes) -> None:
    header = [
        "id",
        "Project.Title",
        "Customer.Account.Duns",
        "Target Close Date",
        "LastModifiedDate",
        "Marketing.Source",
    ]
    row = [
        text_cell("O1"),
        text_cell("'=A1"),
        "><v>123456789</v>",
        's="1"><v>46053</v>',
        's="2"><v>46053.375</v>',
        't="b"><v>1</v>',
    ]
    (read_row,) = rows_of(workbook([text_cell(name) for name in header], row), shapes, "Sandbox").rows
    assert (read_row.line, read_row.problems) == (2, ())
    assert read_row.members == {
        "Id": "O1",
        "Project": {"Title": "=A1"},
        "Customer": {"Account": {"Duns": "123456789"}},
        "LifeCycle": {"TargetCloseDate": "2026-01-31"},
        "LastModifiedDate": "2026-01-31T09:00:00Z",
        "Marketing": {"Source": "true"},
    }


def test_what_is_no_workbook_is_the_users_mistake(shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="this is not a workbook of Excel"):
        rows_of(b"PK\x03\x04 and nothing more", shapes, "Sandbox")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UserError, match="install it with: pip install"):
        rows_of(workbook([]), shapes, "Sandbox")


def test_a_second_row_about_the_same_opportunity_is_wrong(shapes: Shapes) -> None:
    text = "Id,PartnerOpportunityIdentifier,Project.Title\nO1,,a\nO1,,b\n,K,a\n,K,b\n,,c\n,,c\n,,d\n"
    told = [[str(problem) for problem in row.problems] for row in read(text, shapes)]
    assert told == [
        [],
        ["Id: DUPLICATE_KEY_VALUE Line 2 is about the same opportunity."],
        [],
        ["PartnerOpportunityIdentifier: DUPLICATE_KEY_VALUE Line 4 is about the same opportunity."],
        [],
        ["row: DUPLICATE_KEY_VALUE Line 6 is about the same opportunity."],
        [],
    ]


def test_a_row_without_a_key_is_recognised_by_its_content_alone() -> None:
    row = {"Project": {"Title": "Move"}}
    assert name_of(row | {"Marketing": {"UseCases": []}, "Customer": None, "Catalog": "Sandbox"}) == name_of(row)
    assert name_of({"Project": {"Title": "Stay"}}) != name_of(row)


RECORDS = st.recursive(
    st.none() | st.sampled_from(["a", "b", "1.0", "1.00"]) | st.lists(st.sampled_from("ab"), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["Amount", "Title", "Other"]), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict))


@given(RECORDS, RECORDS)
def test_what_is_merged_has_all_that_the_row_wants_and_keeps_the_rest(stored: Any, row: Any) -> None:
    result = merged(stored, row)
    assert has_all(result, row)
    assert same(merged(result, row), result)
    assert all(result[name] == stored[name] for name in stored.keys() - row.keys())
    assert has_all(stored, {})


def test_equal_amounts_are_the_same_and_other_equal_numbers_are_not() -> None:
    assert same({"Amount": "10.50"}, {"Amount": "10.5"})
    assert not same({"PostalCode": "01067"}, {"PostalCode": "1067"})
    assert not same({"Amount": ""}, {"Amount": "0"})
    assert same({"Amount": "?"}, {"Amount": "?", "Title": None, "Contacts": [], "Account": {"Address": {}}})
