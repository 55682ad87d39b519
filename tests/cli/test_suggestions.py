"""Every command that cosell prints as a suggestion works as it is printed, where it is printed."""

import ast
import html
import http.client
import os
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import cosell
from cosell.cli.main import COMMANDS
from cosell.cli.main import run as run_here
from cosell.suggestion import CARRIES, serve_at, suggested
from tests.cli.doors import commands
from tests.cli.test_broken_databases import cut_short
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, COSELL, Server

SOURCE = Path(cosell.__file__).parent
KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_EC2_METADATA_DISABLED": "true"}
A_COMMAND = re.compile(rf"\bcosell ({'|'.join(COMMANDS)})\b(?! ready)")
SUGGESTED = re.compile(rf"cosell (?:{'|'.join(COMMANDS)})\b[^;\n`]*")

Terminal = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with five opportunities in Sandbox, of which two are to be shown at once, and none in AWS."""
    server = Server("--log-level", "error", cwd=tmp_path_factory.mktemp("service"))
    for number in range(5):
        server.client().create_opportunity(Catalog="Sandbox", ClientToken=f"{number}")
    yield server
    server.stop()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Types a command in a folder of its own: the exit code, and everything that was told."""
    monkeypatch.chdir(tmp_path)
    for name, value in (KEYS | {"XDG_STATE_HOME": str(tmp_path / "state")}).items():
        monkeypatch.setenv(name, value)

    def typed(*words: str) -> tuple[int, str]:
        code = run_here(list(words))
        told = capsys.readouterr()
        return code, told.out + told.err

    return typed


def suggestions(told: str) -> list[list[str]]:
    """The commands in a text, as the words that a shell makes of them, without `cosell`."""
    return [shlex.split(found.rstrip(').,"'))[1:] for found in SUGGESTED.findall(told)]


def only(told: str) -> list[str]:
    (found,) = suggestions(told)
    return found


def serves(words: list[str], url: str) -> None:
    """Start what was suggested, and find it at the address."""
    with subprocess.Popen([*COSELL, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"cosell ready on {url}\n"
        process.terminate()


def test_no_command_is_suggested_as_a_text_of_its_own() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):  # docstrings and helps tell of commands, and suggest none
            if isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg in ("help", "description")):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and _is_prose(node):
                        inner.value = ""
        found += [
            str(path.relative_to(SOURCE))
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and A_COMMAND.search(node.value)
        ]
    for path in sorted(SOURCE.rglob("*.html")):
        found += [path.name for text in re.findall(r"\{\{.*?\}\}", path.read_text()) if A_COMMAND.search(text)]
    assert set(found) == NAMED, "put each suggestion through cosell.suggestion"


def _is_prose(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


NAMED = {
    "saved_test/program.py",
    "store/postgres/server_rules.py",
    "sync/targets/postgres.py",
    "sync/targets/tables.py",
}
"""Where texts tell of a command, and suggest none: comments of files and tables, and the name of a connection."""


def test_a_suggestion_carries_options_that_its_command_has() -> None:
    options = {words: {name for each in command.params for name in each.opts} for words, command in commands()}
    for command, carried in CARRIES.items():
        assert {f"--{name}" for name in carried} <= options[command], command


def test_a_suggestion_tells_no_password() -> None:
    assert (
        suggested("sync", mirror="postgresql://ana:secret@host/db") == "cosell sync --mirror postgresql://ana@host/db"
    )


@pytest.mark.parametrize("url", ["https://127.0.0.1:4280", "http://example.com", "http://127.0.0.1:many"])
def test_a_server_elsewhere_is_not_started(url: str) -> None:
    assert serve_at(url) is None


def test_a_server_of_the_other_loopback_is_started_there() -> None:
    assert serve_at("http://[::1]:5000") == "cosell serve --host ::1 --port 5000"


@pytest.mark.parametrize("words", ["list", "search", "solutions", "dump"])
def test_a_database_that_is_missing_is_made(terminal: Terminal, words: str) -> None:
    asked = (words, "--db", "a b.db", "--account", ACCOUNT, "--catalog", "AWS")
    code, told = terminal(*asked)
    assert code == 2
    assert terminal(*only(told), "--count", "3")[0] == 0
    code, told = terminal(*asked)
    assert (code, "account 111122223333" in told or "Example" in told or "O1000" in told or "S-" in told) == (0, True)


@pytest.mark.parametrize("words", ["list", "search"])
def test_an_empty_pipeline_is_filled(terminal: Terminal, words: str) -> None:
    terminal("seed", "--count", "0", "--db", "a b.db")
    asked = (words, "--db", "a b.db", "--account", ACCOUNT, "--catalog", "AWS", "--json")
    code, told = terminal(*asked)
    assert code == 0
    terminal(*only(told), "--count", "3")
    assert terminal(*asked)[1].count('"Id"') == 3


def test_where_nothing_matches_the_filters_are_left_out(terminal: Terminal, server: Server) -> None:
    asked = ("list", "--url", server.url, "--account", ACCOUNT, "--json")
    _, told = terminal(*asked, "--stage", "Launched", "--created-after", "7d")
    assert only(told) == ["list", "--json", "--url", server.url, "--account", ACCOUNT]
    assert terminal(*only(told))[1].count('"Id"') == 5


@pytest.mark.parametrize("words", ["list", "search"])
def test_the_other_catalog_is_looked_into(terminal: Terminal, server: Server, words: str) -> None:
    _, told = terminal(words, "--url", server.url, "--account", ACCOUNT, "--catalog", "AWS", "--limit", "9", "--json")
    assert terminal(*only(told))[1].count('"Id"') == 5


@pytest.mark.parametrize("words", [("list", "--created-after", "7d", "--company", "Blue Heron"), ("search", "heron")])
def test_what_follows_is_shown(terminal: Terminal, server: Server, words: tuple[str, ...]) -> None:
    _, told = terminal(*words, "--url", server.url, "--account", ACCOUNT, "--limit", "3", "--json")
    rest = terminal(*only(told.splitlines()[-1]))[1]
    everything = terminal(*words, "--url", server.url, "--account", ACCOUNT, "--all", "--json")[1]
    assert [line for line in (told + rest).splitlines() if line.startswith("{")] == everything.splitlines()


@pytest.mark.parametrize(
    "words",
    ["clock", "review", "list", "search", "solutions", "requests", "events sinks", "faults list", "push one.json"],
)
def test_a_server_that_does_not_answer_is_started(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, free_address: str, words: str
) -> None:
    monkeypatch.setattr("cosell.sync.retries.FIRST_BOUND_S", 0)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    Path("one.json").write_text('{"PartnerOpportunityIdentifier": "1"}')
    code, told = terminal(*words.split(), "--url", free_address)
    assert code == 1
    if words == "clock":  # what it starts is the same for all
        serves(only(told), free_address)
    assert only(told) == ["serve", "--port", free_address.rpartition(":")[2]]


@pytest.fixture
def free_address() -> str:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_mirror_is_made_and_made_again(terminal: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("sync", "verify", "--mirror", "m m.db", "--url", server.url)
    code, told = terminal(*asked)
    assert code == 2
    assert terminal(*only(told))[0] == 0
    assert terminal(*asked)[0] == 0
    with closing(sqlite3.connect("m m.db")) as connection, connection:
        connection.execute("DROP TABLE opportunity")
    _, told = terminal(*asked)
    assert terminal(*only(told))[0] == 0
    assert terminal(*asked)[0] == 0
    monkeypatch.setenv("COSELL_URL", server.url)
    for command in (("sync", "status"), ("mirror", "export", "--csv", "out"), ("console", "--port", "0")):
        Path("m m.db").unlink(missing_ok=True)
        code, told = terminal(*command, "--mirror", "m m.db")
        assert code == 2
        assert terminal(*only(told))[0] == 0
        assert terminal("sync", "status", "--mirror", "m m.db")[0] == 0


def test_what_is_left_of_a_damaged_database_is_written(terminal: Terminal) -> None:
    terminal("seed", "--count", "600", "--db", "a b.db", "--account", ACCOUNT)
    cut_short(Path("a b.db"))
    asked = ("list", "--db", "a b.db", "--account", ACCOUNT)
    code, told = terminal(*asked)
    assert code == 2, told
    assert only(told)[0] == "dump"
    code, told = terminal(*only(told))
    assert (code, "O1000" in told) == (1, True)


def test_the_doctors_remedies_work(terminal: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", raising=False)
    _, told = terminal("doctor", "--db", "a b.db", "--port", "0", "--url", server.url)
    lines = {line.split(";")[0][7:40]: line for line in told.splitlines()}
    fill, serve = suggestions(lines["a b.db does not exist yet"])
    assert serve[:3] == ["serve", "--db", "a b.db"]
    assert terminal(*fill, "--count", "1")[0] == 0
    (exports,) = re.findall(r'eval "\$\(.*?\)"', next(line for line in told.splitlines() if "is not set" in line))
    program = f'cosell() {{ {shlex.join(COSELL)} "$@"; }}; {exports}; cosell doctor --db "a b.db" --port 0'
    shown = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert f"{server.url} is ready" in shown.stdout


def test_a_server_gets_a_sink(terminal: Terminal, free_address: str) -> None:
    with subprocess.Popen(
        [*COSELL, "serve", "--port", free_address.rpartition(":")[2]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        code, told = terminal("events", "sinks", "--url", free_address)
        process.terminate()
    assert code == 0
    serves(only(told), free_address)


def test_a_request_that_is_shown_names_the_server_for_it(terminal: Terminal) -> None:
    _, told = terminal("search", "--show-request", "--db", "a b.db")
    assert only(told) == ["serve", "--db", "a b.db"]


def test_the_consoles_hints_work(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "served here").mkdir()
    server = Server("--db", "a b.db", "--log-level", "error", cwd=tmp_path / "served here")
    try:
        hints = {page: _hints(server, page) for page in ("", "wire", "events", "opportunities")}
        assert {page: [hint[0] for hint in found] for page, found in hints.items()} == {
            "": ["seed"],
            "wire": ["list"],
            "events": ["serve", "events"],
            "opportunities": ["seed"],
        }
        assert terminal(*hints["wire"][0])[0] == 0
        assert terminal(*hints[""][0])[0] == 0
        ((command, *words),) = _hints(server, "opportunities", "&CustomerCompanyName=Nobody")
        assert terminal(command, *words, "--json")[1].count('"Id"') == 20
        assert _hints(server, "wire") == [], "the list was a call"
        with monkeypatch.context() as patched:
            patched.setattr("cosell.cli.admin.events", lambda url, **_: iter([url]))
            assert terminal(*hints["events"][1]) == (0, f"{server.url}\n")
    finally:
        server.stop()
    serves(hints["events"][0], server.url)


def _hints(server: Server, page: str, query: str = "") -> list[list[str]]:
    """The commands that a page of the console suggests to an account."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    with closing(connection):
        connection.request("GET", f"/console/{page}?account={ACCOUNT}&catalog=AWS{query}")
        text = connection.getresponse().read().decode()
    shown = re.findall(r'<pre id="empty-command.*?</pre>|<pre id="[a-z]+-command".*?</pre>', text, re.DOTALL)
    return [words for each in shown for words in suggestions(html.unescape(re.sub("<[^>]*>", "", each)))]


def test_the_hints_of_a_mirrors_console_work(terminal: Terminal, server: Server) -> None:
    from cosell.cli.console_command import MirrorSource

    completing(cosell.connect())
    terminal("sync", "--mirror", "m m.db", "--url", server.url)
    for command in MirrorSource("m m.db").health()["commands"].values():
        assert terminal(*only(command))[0] == 0
    assert only(MirrorSource("m m.db").health()["commands"]["full"]) == [
        *("sync", "--full", "--mirror", str(Path("m m.db").absolute()), "--url", server.url, "--catalog", "Sandbox")
    ]


def test_a_typo_of_a_variable_is_not_carried_on(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a variable says is carried, unless it holds a password: then the variable gives it again."""
    monkeypatch.setenv("COSELL_DB", "of the variable.db")
    assert only(terminal("list")[1]) == ["seed", "--db", "of the variable.db"]
    monkeypatch.setenv("COSELL_MIRROR", "postgresql://ana:secret@127.0.0.1:9/none")
    assert "secret" not in terminal("sync", "status")[1]
    assert os.environ["COSELL_MIRROR"]
