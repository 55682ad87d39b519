"""Servers with a defect on purpose."""

import sys
from collections.abc import Callable

import pytest

from tests import conftest
from tests.conftest import Server


@pytest.fixture
def serve_program(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Server]:
    """Starts a server whose process first runs some Python."""

    def start(first: str) -> Server:
        with monkeypatch.context() as patched:
            patched.setattr(
                conftest, "COSELL", [sys.executable, "-c", f"{first}\nfrom cosell.cli.main import main; main()"]
            )
            return serve()

    return start
