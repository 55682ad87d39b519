"""What the surroundings can do to a command is one line and exit code 2, never a traceback."""

import http.server
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.cli.main import run as run_here
from tests.conftest import COSELL, Finished

Run = Callable[..., Finished]
DEEP = 100_000


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line in which a command tells what is wrong."""
    assert run_here(list(arguments)) == 2
    told = capsys.readouterr().err
    assert told.startswith("cosell: ")
    assert told.count("\n") == 1
    return told


@pytest.mark.parametrize("words", ["dump", "list", "list --json", "solutions", "env", "--help", "--version"])
def test_output_to_a_full_disk_is_one_line(run: Run, tmp_path: Path, words: str) -> None:
    run("seed", "--count", "30")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COSELL, *words.split()], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr == (
        b"cosell: the output cannot be written: No space left on device; send it elsewhere, or free some space\n"
    )


def test_errors_that_nobody_can_read_are_errors_still(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COSELL, "list"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=full, check=False, timeout=60
        )
    assert done.returncode != 0
    assert done.stdout == b""


def test_output_that_is_closed_is_one_line(run: Run, tmp_path: Path) -> None:
    run("seed", "--count", "3")
    done = subprocess.run(
        ["bash", "-c", 'exec "$@" >&-', "bash", *COSELL, "dump"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (
        2,
        b"cosell: standard output is closed; send it to /dev/null instead\n",
    )


@pytest.mark.parametrize("words", ["dump", "list --all", "list --all --json"])
def test_a_reader_that_has_gone_ends_the_command_without_a_word(run: Run, tmp_path: Path, words: str) -> None:
    run("seed", "--count", "500")
    with subprocess.Popen(
        [*COSELL, *words.split()], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as told:
        assert told.stdout is not None
        assert told.stderr is not None
        told.stdout.close()
        assert (told.stderr.read(), told.wait(60)) == (b"", 1)


def _unreadable(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.mkdir, "cannot read cosell.toml: Is a directory"),
        (_unreadable, "cannot read cosell.toml: Too many levels of symbolic links"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "cosell.toml is not UTF-8"),
        (lambda path: path.write_text("port = ["), "cosell.toml is not TOML: it ends too early"),
        (
            lambda path: path.write_text("port = [4280]"),
            "cosell.toml: port [4280] is not a whole number from 0 to 65535",
        ),
        (lambda path: path.write_text("port = true"), "cosell.toml: port True is not a whole number from 0 to 65535"),
        (lambda path: path.write_text("sink = 'file:x'"), "cosell.toml: sink 'file:x' is not a list of texts"),
        (lambda path: path.write_text("review_rejected = nan"), "review_rejected"),
        (lambda path: path.write_text("sink = [[1]]"), "cosell.toml: sink [[1]] is not a list of texts"),
        (
            lambda path: path.write_text(f"sink = {'[' * DEEP}{']' * DEEP}"),
            "cosell.toml is not readable TOML: it is nested too deeply",
        ),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], Any],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    spoil(tmp_path / "cosell.toml")
    assert said in refused(capsys, "serve", "--port", "0", "--db", ":memory:")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "99999"),
        ("WORKERS", "0"),
        ("INSECURE", "perhaps"),
        ("CLOCK", "backwards"),
        ("SINK", "carrier-pigeon:coop"),
        ("FAULT", "error=Nothing"),
        ("REVIEW", "nobody.toml"),
        ("REVIEW_REJECTED", "nan"),
        ("TASK_DELAY", "soon"),
        ("LOG_LEVEL", "loud"),
        ("HOST", "here"),
        ("DB", "mysql://x/y"),
    ],
)
def test_a_variable_that_makes_no_sense_is_reported_also_where_the_port_is_taken(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    taken_port: int,
    name: str,
    value: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSELL_PORT", str(taken_port))
    monkeypatch.setenv(f"COSELL_{name}", value)
    told = refused(capsys, "serve")
    assert "is in use" not in told
    assert list(tmp_path.iterdir()) == []


def test_without_another_mistake_the_taken_port_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken_port: int
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"port {taken_port} is in use" in refused(capsys, "serve", "--port", str(taken_port))


@pytest.fixture(params=["[", '{"a":'])
def deep_answers(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server whose answers are nested absurdly deep."""
    opening: str = request.param
    closing = "]" if opening == "[" else "1" + "}"
    inner = opening * DEEP + (closing[0] + closing[1:] * DEEP if len(closing) > 1 else closing * DEEP)

    class Deep(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.do_POST()

        def do_POST(self) -> None:  # the library's name
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = inner.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Deep)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("words", ["list", "review", "clock"])
def test_answers_nested_absurdly_deep_are_one_line(
    deep_answers: str, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    refused(capsys, words, "--url", deep_answers)


@pytest.mark.parametrize("text", ["[" * DEEP + "]" * DEEP, '{"Id":' * DEEP + "1" + "}" * DEEP])
@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_files_nested_absurdly_deep_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    (tmp_path / f"deep.{suffix}").write_text(f"a = {text}" if suffix == "toml" else text)
    refused(capsys, "serve", "--port", "0", "--review", f"deep.{suffix}")
    if suffix == "json":
        refused(capsys, "refer", "deep.json")
        refused(capsys, "push", "deep.json", "--endpoint-url", "http://127.0.0.1:9", "--journal", "push.db")
        assert run_here(["load", "deep.json"]) == 2
        told = capsys.readouterr().err
        assert told.splitlines()[-1].startswith("cosell: nothing was loaded from deep.json")
        assert len(told) < 1000


def test_a_temporary_folder_that_cannot_be_used_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "given.json").write_text('{"Id": "O7", "LastModifiedDate": "2025-03-04T05:06:07Z"}')

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cosell.datasets.load.tempfile.TemporaryFile", full)
    told = refused(capsys, "load", "given.json")
    assert told == (
        "cosell: what was read cannot be kept in the temporary folder: No space left on device; "
        "free some space there, or name another folder in TMPDIR\n"
    )
    assert not (tmp_path / "cosell.db").exists()


def test_a_file_that_cannot_be_read_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    assert "folder" in refused(capsys, "load", "folder")
    assert "nowhere.json" in refused(capsys, "load", "nowhere.json")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "cosell.lock"), "cosell.lock: Permission denied; see to the file"),
        (OSError(122, "Disk quota exceeded"), "the output cannot be written: Disk quota exceeded; "),
        (OSError(5, "Input/output error"), "the input or the output fails: Input/output error; "),
        (OSError("nobody knows"), "the input or the output fails: nobody knows; "),
    ],
)
def test_whatever_the_operating_system_says_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    said: str,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cosell.datasets.seed.seed", fails)
    assert refused(capsys, "seed", "--count", "1").startswith(f"cosell: {said}")


def test_a_folder_that_was_removed_under_a_command_is_no_mistake_of_its_settings(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["bash", "-c", 'rmdir "$PWD" && exec "$@"', "bash", *COSELL, "env"],
        cwd=tmp_path / "gone",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
