"""A reader who follows a page to the letter: types each block, in order, in one folder."""

import contextlib
import io
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3

from tests.docs.pages import Block

USUAL_ADDRESS = "127.0.0.1:4280"
SERVER = "postgresql://cosell@db.example/"
"""Where pages have their PostgreSQL server."""
PATIENCE_S = 60


class Reader:
    """Runs the blocks of one page.

    `port` takes the place of cosell's usual one, wherever the page names it, and `server` that of `SERVER`.
    """

    def __init__(self, folder: Path, port: int, server: str) -> None:
        self.folder = folder
        self.port = port
        self._server = server
        self.printed = ""
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._servers: list[subprocess.Popen[str]] = []
        self._variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COSELL_"))},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "COSELL_PORT": str(port),
            "COSELL_URL": f"http://127.0.0.1:{port}",
            "AWS_PAGER": "",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def follow(self, block: Block) -> None:
        """Do what a block says. Raises AssertionError, with the block's place, where it does not work."""
        text = block.text.replace(USUAL_ADDRESS, f"127.0.0.1:{self.port}").replace(SERVER, self._server)
        if block.file is not None:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif "output" in block.ways:
            self._compare(block)
        elif block.language == "python":
            self._run_python(text, block)
        elif block.language == "sh" and "background" in block.ways:
            self._start(text, block)
        elif block.language == "sh":
            self._run_shell(text, block)

    def leave(self) -> None:
        """Stop the servers that the page has started."""
        for server in self._servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
        for server in self._servers:
            server.communicate(timeout=PATIENCE_S)

    def _run_python(self, text: str, block: Block) -> None:
        boto3.DEFAULT_SESSION = None
        out = io.StringIO()
        before, folder = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self._variables)
        os.chdir(self.folder)
        try:
            code = compile("\n" * block.line + text, block.place.partition(":")[0], "exec")
            with contextlib.redirect_stdout(out):
                exec(code, self._names)
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
        self.printed = out.getvalue()

    def _run_shell(self, text: str, block: Block) -> None:
        # What a block exports is there in the next one, as in a reader's terminal.
        script = f"set -euo pipefail\n{text}\nenv -0 > {self.folder}/.variables\n"
        done = subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self._variables,
            timeout=PATIENCE_S,
        )
        failed = done.returncode != 0
        assert failed == ("fails" in block.ways), (
            f"{block.place} ends with {done.returncode}:\n{done.stderr}{done.stdout}"
        )
        self.printed = done.stdout + done.stderr if failed else done.stdout
        if not failed:
            written = (self.folder / ".variables").read_text(encoding="utf-8")
            self._variables = dict(entry.split("=", 1) for entry in written.split("\0") if entry)

    def _start(self, text: str, block: Block) -> None:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {text}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self._variables,
            start_new_session=True,
        )
        self._servers.append(server)
        assert server.stdout is not None
        assert select.select([server.stdout], [], [], PATIENCE_S)[0], f"{block.place} says nothing"
        self.printed = server.stdout.readline()
        assert self.printed, f"{block.place} does not stay up:\n{server.communicate(timeout=PATIENCE_S)[1]}"

    def _compare(self, block: Block) -> None:
        expected = block.text.replace(USUAL_ADDRESS, f"127.0.0.1:{self.port}")
        pattern = ".*".join(re.escape(_trimmed(part)) for part in _trimmed(expected).split("…"))
        printed = _trimmed(self.printed)
        assert re.fullmatch(pattern, printed, re.DOTALL), f"{block.place} promises\n{expected}\nbut this is\n{printed}"


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
