"""The same misfortune has the same exit code, whichever command meets it, as docs/reference/cli.md has it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from cosell.cli.main import run
from tests.conftest import ACCOUNT, Server

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
NOWHERE = "http://127.0.0.1:9"
ASKING = (
    "list",
    "search",
    "solutions",
    "solutions add x",
    "review",
    "review approve O1",
    "refer",
    "aws-edit O1 --stage Committed",
    "faults list",
    "faults add delay=1s",
    "faults clear",
    "requests",
    "requests save-test t.py",
    "clock",
    "clock real",
    "events sinks",
    "events dead-letters",
    "events replay --dead-letters",
    "events tail",
    "sync",
    "sync verify --mirror mirror.db",
    "sync --dry-run",
    "push one.json",
    "push one.json --dry-run",
    "doctor --port 0",
)
MISFORTUNES: dict[str, tuple[int, tuple[str, ...]]] = {
    "an option, an argument or a value is wrong": (
        2,
        ("list --limit x", "serve --port x", "sync --share 3", "clock x"),
    ),
    "a variable or `cosell.toml` says what cannot be": (2, ("list", "serve", "env", "sync status")),
    "the database is not there": (2, ("list", "search", "dump", "reset --yes", "solutions")),
    "the mirror is not there": (2, ("sync status", "sync verify", "mirror export --csv out", "console --port 0")),
    "a file is not there": (2, ("load no.json", "push no.json", "refer no.json", "aws-edit O1 --file no.json")),
    "nobody answers at the address": (1, ASKING),
    "there are no credentials for AWS": (2, ("list --aws", "search --aws", "sync", "push one.json")),
    "there is no such opportunity": (2, ("review approve O999", "aws-edit O999 --stage Committed")),
    "the account has no opportunities": (0, ("list", "search", "dump", "reset --yes", "sync", "review")),
    "a row or a record of a file is refused": (
        1,
        ("push bad.json", "push bad.json --dry-run", "load bad.json --keep-going"),
    ),
    "it is interrupted by Ctrl-C": (130, ("list", "seed", "dump", "reset --yes", "clock", "sync status", "doctor")),
    "it is interrupted by Ctrl-C, and runs until then": (0, ("events tail",)),
}
"""What goes wrong, the exit code, and commands that it happens to."""
PLACES = {
    "the database is not there": ("--db", "typo.db"),
    "the mirror is not there": ("--mirror", "typo.db"),
    "nobody answers at the address": ("--url", NOWHERE),
}
CASES = [(misfortune, words) for misfortune, (_, commands) in MISFORTUNES.items() for words in commands]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server("--db", ":memory:", "--log-level", "error", cwd=tmp_path_factory.mktemp("service"))
    yield server
    server.stop()


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Types a command in a folder of its own, with credentials: the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cosell.sync.retries.FIRST_BOUND_S", 0)
    surroundings = {
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": "none",
        "AWS_CONFIG_FILE": "none",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "one.json").write_text(json.dumps({"PartnerOpportunityIdentifier": "1"}))
    (tmp_path / "bad.json").write_text('{"Id": 7}')
    return lambda *words: run(list(words))


@pytest.mark.parametrize(("misfortune", "words"), CASES)
def test_a_misfortune_has_its_exit_code(
    typed: Callable[..., int],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    misfortune: str,
    words: str,
) -> None:
    place: tuple[str, ...] = PLACES.get(misfortune, ())
    if "mirror.db" in words:
        typed("sync", "--mirror", "mirror.db", "--url", server.url)
    if "variable" in misfortune:
        monkeypatch.setenv("COSELL_ACCOUNT", "me")
        Path("cosell.toml").write_text("databse = 'x'")
    if "credentials" in misfortune:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    if "opportunit" in misfortune or "row" in misfortune:
        place = ("--url", server.url) if words.split()[0] in ("review", "aws-edit", "sync", "push") else ()
        typed("seed", "--count", "1", "--account", ACCOUNT)
    if "Ctrl-C" in misfortune:
        monkeypatch.setattr("cosell.cli.admin.events", _interrupted)
        if words != "events tail":
            monkeypatch.setattr(click.Command, "invoke", _interrupted)
    code = typed(*words.split(), *place)
    told = capsys.readouterr().err
    assert code == MISFORTUNES[misfortune][0], told
    assert "Traceback" not in told


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_documentation_has_each_misfortune_and_its_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for misfortune, (code, _) in MISFORTUNES.items():
        assert f"| {misfortune} | {code} |" in text, misfortune
