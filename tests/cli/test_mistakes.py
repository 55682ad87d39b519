"""Mistakes as people make them: one line with the value, the rule and a next step, exit code 2, and nothing is done."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cosell.cli.main import run
from tests.clients.conftest import variables
from tests.conftest import Server

MISTAKES = [
    ("lst", "there is no command 'lst'; did you mean list?"),
    ("list --sorted", "cosell list has no option --sorted; did you mean --sort?"),
    ("list --limit", "--limit: a value is missing; see: cosell list --help"),
    ("list --json=3", "--json: it takes no value; see: cosell list --help"),
    ("list extra", "cosell list takes no further argument 'extra'; see: cosell list --help"),
    ("list --stage Qualifed --db a.db", "--stage 'Qualifed': The value must be one of: Prospect, Qualified,"),
    ("list --stage Qualifed --url U", "--stage 'Qualifed': The value must be one of: Prospect, Qualified, Technical"),
    ("list --review-status approved --db a.db", "--review-status 'approved': The value must be one of: Pending"),
    ("list --sort Created --db a.db", "--sort 'Created' is not LastModifiedDate, Identifier, CustomerCompanyName,"),
    ("list --order up --db a.db", "--order 'up' is not asc or desc; see: cosell list --help"),
    ("list --limit none --db a.db", "--limit 'none' is not a whole number from 1; see: cosell list --help"),
    ("list --limit -1 --db a.db", "--limit '-1' is not a whole number from 1; see: cosell list --help"),
    ("list --page-size 1000 --db a.db", "--page-size '1000' is not a whole number from 1 to 100; see: cosell list"),
    ("list --next-token xyz --db a.db", "--next-token 'xyz': This is not a valid token for these filters and this"),
    ("list --modified-after yesterday --db a.db", "--modified-after 'yesterday' is not a moment. Try 2026-01-31,"),
    ("list --target-close-before 2026-02-30 --db a.db", "--target-close-before '2026-02-30': There is no such day"),
    ("list --all --limit 3 --db a.db", "--all and --limit contradict each other; leave out one of them"),
    ("list --url U --db a.db", "--db and --url contradict each other; leave out one of them"),
    ("list --aws --url U", "--aws and --url contradict each other; leave out one of them"),
    ("list --profile x", "--profile is for AWS; add --aws"),
    ("list --account 12 --db a.db", "--account '12' is not an account of twelve digits; see: cosell list --help"),
    ("list --catalog sandbox --db a.db", "--catalog 'sandbox' is not AWS or Sandbox; did you mean 'Sandbox'?"),
    ("list --db folder", "folder is a folder; name a file with --db"),
    ("list --db typo.db --account 111122223333", "there is no database typo.db; make one with: cosell seed --db"),
    ("list --id X1 --db a.db", "--id 'X1': The value does not have the form of this member (INVALID_STRING_FORMAT);"),
    ("search --sort Stag --db a.db", "--sort 'Stag' is not a sort key; did you mean 'Stage'?"),
    ("seed --count many", "--count 'many' is not a whole number from 0; see: cosell seed --help"),
    ("seed --count -1", "--count '-1' is not a whole number from 0; see: cosell seed --help"),
    ("seed --now today", "--now 'today' is not a moment from 1970 to 9999, such as 2026-05-04T09:00:00Z; see: cosell"),
    ("seed --seed x", "--seed 'x' is not a whole number; see: cosell seed --help"),
    ("load nowhere.json", "FILE 'nowhere.json': No such file or directory; see: cosell load --help"),
    ("dump --db typo.db", "there is no database typo.db; make one with: cosell seed --db typo.db"),
    ("dump --to folder --db a.db", "--to 'folder' is a directory; see: cosell dump --help"),
    ("dump --db a.db --too x", "cosell dump has no option --too; did you mean --to?"),
    ("reset --db a.db", "nobody is there to confirm the reset; say --yes if you mean it"),
    ("push empty.csv", "empty.csv: there is nothing in it; give a file with a header, or a JSON array"),
    ("push text.txt --url U", "text.txt: unknown column 'no json'; fix the header, or say what it means, such as"),
    ("push one.json --share 0 --url U", "--share '0' is not a number above 0 and at most 1; give a part such as 0.5"),
    ("push one.json --rate maybe --url U", "--rate 'maybe' is not auto, on or off; see: cosell push --help"),
    ("push one.json --map x --url U", "--map 'x' has no name before a =; say it like --map 'Account"),
    ("push one.json --profile nobody", "your AWS configuration has no profile 'nobody'; check your AWS configuration"),
    ("push one.json --report folder --url U", "the report folder cannot be written: Is a directory; name another"),
    ("push one.json --journal folder --url U", "the journal folder cannot be used: it cannot be opened; check the"),
    ("push one.json --url nowhere", "--url 'nowhere' is not an address that begins with http:// or https://; see:"),
    ("push list.json --map a=b --url U", "list.json: JSON has no columns to rename; leave out --map and --map-file"),
    ("sync --share 3", "--share '3' is not a number above 0 and at most 1; give a part such as 0.5"),
    ("sync --overlap 0s", "--overlap '0s' is too short; 1s is the least; see: cosell sync --help"),
    ("sync --interval soon", "--interval 'soon' is not a time span, such as 90s, 15m, 25h, 2d or 1d12h; see"),
    ("sync --rate of", "--rate 'of' is not auto, on or off; did you mean 'off'?"),
    ("sync --mirror mysql://x/y --url U", "no mirror can live at mysql://; name a file, sqlite:///path,"),
    ("sync --mirror folder --url U", "cannot open folder: it cannot be opened; check the folder and its permissions"),
    ("sync --mirror", "--mirror: a value is missing; see: cosell sync --help"),
    ("sync --catalog AW", "--catalog 'AW' is not AWS or Sandbox; did you mean 'AWS'?"),
    ("sync stats", "there is no command 'stats'; did you mean status?"),
    ("sync status --max-age old", "--max-age 'old' is not a time span, such as 90s, 15m, 25h, 2d or 1d12h; see"),
    ("sync status --to typo.db", "there is no mirror typo.db; make one with: cosell sync --mirror typo.db"),
    ("sync --queue-url x --url U", "--queue-url wakes a sync that follows; add --follow"),
    ("sync --dry-run --details --url U", "--dry-run writes nothing, so there is nothing to follow and no details to"),
    ("sync --metrics-file no/where --url U", "cannot write no/where: there is no folder no; check --metrics-file"),
    ("sync --role arn --url U", "--role 'arn' is not the ARN of a role; give one such as"),
    ("events tial", "there is no command 'tial'; did you mean tail?"),
    ("events tail --detail-type 'Opportunity Creatd' --url U", "--detail-type 'Opportunity Creatd' is not a type of"),
    ("events tail --from yesteryear --url U", "--from 'yesteryear' is not a moment, a time span or start; give one"),
    ("events tail --account 12 --url U", "--account '12' is not an account of twelve digits; give one"),
    ("events tail --catalog AW --url U", "--catalog 'AW' is not AWS or Sandbox; did you mean 'AWS'?"),
    ("events replay --url U", "say either --from or --dead-letters; see: cosell events replay --help"),
    ("events replay --from never --url U", "--from 'never' is not a moment, a time span or start; give one such as"),
    ("events replay --dead-letters --sink nothing --url U", "There is no such sink. GET /_cosell/events/sinks lists"),
    ("events dead-letters --limit 5000 --url U", "--limit '5000' is not a whole number from 1 to 1000; see: cosell"),
    ("faults add error=Throtling --url U", "FAULT 'error=Throtling' is not a fault: Throtling is not an error that"),
    ("faults add eror=ThrottlingException --url U", "FAULT 'eror=ThrottlingException' is not a fault: it has"),
    ("faults add error=ThrottlingException,probability=3 --url U", "FAULT 'error=Thr"),
    ("faults add error=ThrottlingException,operation=CreatOpportunity --url U", "FAULT 'error=Thr"),
    ("faults add error=ThrottlingException,times=many --url U", "FAULT 'error=ThrottlingException,times=many'"),
    ("faults add error=ValidationException,reason=BUSINESS_VALIDATION --url U", "FAULT 'error=Val"),
    ("faults add delay=soon --url U", "FAULT 'delay=soon' is not a fault: delay: 'soon' is not a time span, such"),
    ("faults add --url U", "FAULT is missing; see: cosell faults add --help"),
    ("faults clear all --url U", "cosell faults clear takes no further argument 'all'; see: cosell faults clear"),
    ("faults ad x --url U", "there is no command 'ad'; did you mean add?"),
    ("clock stop --url U", "ACTION 'stop' is not show, real, freeze, set, step or accelerate; did you mean 'step'?"),
    ("clock step --url U", "say what to step; see: cosell clock --help"),
    ("clock step soon --url U", "'soon' is not a time span, such as 90s, 15m, 25h, 2d or 1d12h; see: cosell clock"),
    ("clock set noon --url U", "'noon' is not a moment from 1970 to 9999, such as 2026-05-04T09:00:00Z; see: cosell"),
    ("clock accelerate fast --url U", "'fast' is not a number; give a factor such as 60"),
    ("clock show now --url U", "show takes no value; see: cosell clock --help"),
    ("review approv O1 --url U", "ACTION 'approv' is not list, start, approve, action-required or reject; did you"),
    ("review approve --url U", "say what to approve, such as O1000001; see: cosell review --help"),
    ("review approve O999 --url U", "Opportunity O999 does not exist in catalog Sandbox; see: cosell review --help"),
    ("review list O1 --url U", "list takes no identifiers, no comment, no reason and no --bare; see: cosell review"),
    ("refer --stage Qualifed --url U", "--stage 'Qualifed': The value must be one of: Prospect, Qualified,"),
    (
        "refer text.txt --url U",
        "text.txt is not JSON: line 1, column 1: a value is missing here, or has no quotes; see",
    ),
    ("refer latin.txt --url U", "latin.txt is not UTF-8 in line 1; see: cosell refer --help"),
    ("refer list.json --url U", "list.json holds no JSON object; see: cosell refer --help"),
    ("aws-edit O1 --url U", "say what to change; see: cosell aws-edit --help"),
    ("aws-edit O999 --stage Committed --url U", "Opportunity O999 does not exist in catalog Sandbox; see: cosell"),
    ("aws-edit O1 --engagement-score Hgh --url U", "--engagement-score 'Hgh': The value must be one of: High,"),
    ("aws-edit O1 --team-member Ada --url U", "--team-member 'Ada' is not TITLE:FIRST:LAST:EMAIL; give one such as"),
    ("aws-edit O1 --target-close-date soon --url U", "--target-close-date 'soon': The value must be a day such as"),
    ("solutions ad x --db a.db", "ACTION 'ad' is not list or add; did you mean 'add'?"),
    ("solutions add --db a.db", "say what the new solution is called; see: cosell solutions --help"),
    ("solutions add x --status active --db a.db", "--status 'active' is not Active, Inactive or Draft; did you mean"),
    (
        "solutions add x --id 7 --db a.db",
        "'7' is not a valid identifier: that is S- and 1 to 19 digits; take another one",
    ),
    ("solutions list --db typo.db", "there is no database typo.db; make one with: cosell seed --db typo.db"),
    ("requests --status many --url U", "--status 'many' is not a whole number from 100 to 599; see: cosell requests"),
    ("requests --operation CreatOpportunity --url U", "--operation 'CreatOpportunity' is not an operation; did you"),
    ("requests --account 12 --url U", "--account '12' is not an account of twelve digits; give one"),
    ("requests save-test x.py --call nothing --url U", "No worker has such a call any more; each keeps its last"),
    ("requests save-tst x.py --url U", "there is no command 'save-tst'; did you mean save-test?"),
    ("example create-oportunity", "OPERATION 'create-oportunity' is not create-opportunity; did you mean"),
    ("env --url foo", "--url 'foo' is not an address that begins with http:// or https://; see: cosell env --help"),
    ("env --account me", "--account 'me' is not an account of twelve digits; see: cosell env --help"),
    ("completion tcsh", "SHELL 'tcsh' is not bash, zsh or fish; did you mean 'zsh'?"),
    ("doctor --port many", "--port 'many' is not a whole number from 0 to 65535; see: cosell doctor --help"),
    ("mirror export", "no folder is named; add --parquet DIR or --csv DIR"),
    ("mirror export --csv out --mirror typo.db", "there is no mirror typo.db; make one with: cosell sync --mirror"),
    ("console --mirror typo.db", "there is no mirror typo.db; make one with: cosell sync --mirror typo.db"),
    ("console --mirror a.db --host here", "--host 'here' is not an IP address; try --host 127.0.0.1 or --host ::1"),
    ("serve --port 99999", "--port '99999' is not a whole number from 0 to 65535; see: cosell serve --help"),
    ("serve --workers 0", "--workers '0' is not a whole number from 1 to 64; see: cosell serve --help"),
    ("serve --log-level warn", "--log-level 'warn' is not debug, info, warning or error; did you mean 'warning'?"),
    ("serve --clock backwards", "--clock 'backwards' is not a clock: it must be kept, real, frozen, frozen:MOMENT,"),
    ("serve --sink pigeon:x", "--sink 'pigeon:x' is not a sink: its kind is unknown; name file:PATH, https://…,"),
    ("serve --fault error=Nothing", "--fault 'error=Nothing' is not a fault: Nothing is not an error that can be"),
    (
        "serve --review automatic",
        "--review 'automatic' cannot be read: No such file or directory; say manual, auto, or",
    ),
    ("serve --review auto --review-start soon", "--review-start 'soon' is not a time span, such as 90s, 15m,"),
    (
        "serve --review auto --review-rejected 0.5 --review-action-required 0.75",
        "--review-action-required 0.75 and --review-rejected 0.5 add up to more than 1; lower one of them",
    ),
    ("serve --review-rejected 2", "--review-rejected '2' is not a number from 0 to 1; see: cosell serve --help"),
    (
        "serve --model 2025-01",
        "--model '2025-01' is not the month of a service model; choose from 2026-06, 2026-10, 2026-11",
    ),
    (
        "serve --host 0.0.0.0",
        "--host '0.0.0.0' lets anyone who reaches it read and change everything; listen on 127.0.0.1, or",
    ),
    (
        "serve --db mysql://x/y",
        "--db 'mysql://x/y': cannot open mysql:// databases; name",
    ),
    ("serve now", "cosell serve takes no further argument 'now'; see: cosell serve --help"),
]
"""What is typed, and how the line begins that is told. U stands for the address of a server."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server("--db", ":memory:", "--log-level", "error", cwd=tmp_path_factory.mktemp("service"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, and with files that are not what they should be."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "folder").mkdir()
    (folder / "empty.csv").touch()
    (folder / "text.txt").write_text("no json")
    (folder / "latin.txt").write_bytes(b"\xff")
    (folder / "one.json").write_text('{"Project": {"Title": 7}}')
    (folder / "list.json").write_text("[1]")
    assert run(["seed", "--db", str(folder / "a.db"), "--count", "2"]) == 0
    return folder


@pytest.mark.parametrize(("typed", "told"), MISTAKES)
def test_a_mistake_is_one_line_with_the_value_and_a_next_step(
    server: Server,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    told: str,
) -> None:
    monkeypatch.chdir(folder)
    for name, value in (variables("http://127.0.0.1:9") | {"XDG_STATE_HOME": str(folder / "state")}).items():
        monkeypatch.setenv(name, value)
    before = {path.name for path in folder.iterdir()}
    words = shlex.split(typed)
    arguments = [server.url if word == "U" else word for word in words]
    if words[0] in ("serve", "console") and "--port" not in words:
        arguments += ["--port", "0"]
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    line = said.err.replace(server.url, "U")
    assert line.startswith(f"cosell: {told}")
    assert "; " in line, "there is no next step"
    assert {path.name for path in folder.iterdir()} - {"state"} == before - {"state"}, "something was left behind"
