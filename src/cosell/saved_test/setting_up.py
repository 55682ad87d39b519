"""The part of a file before the test function: imports, and the fixtures that set up a cosell like the server's.

This is the one place that knows how a saved test gets its client.
"""

from typing import Any, Final

import msgspec

from cosell.context import DEFAULT_READINGS
from cosell.saved_test.calls import Surroundings
from cosell.saved_test.literals import INDENT, Code, call, literal, moment
from cosell.time_texts import span_text
from cosell.wire.model import SERVICE
from cosell.wire.timestamps import Timestamp

SEND: Final = f'''

def send(client, operation, body):
    """Send a body that boto3 would not make of any arguments."""

    def put(params, **_):
        params["body"] = body

    event = f"before-call.{SERVICE}.{{operation}}"
    client.meta.events.register(event, put)
    try:
        return getattr(client, xform_name(operation))()
    finally:
        client.meta.events.unregister(event, put)
'''
_LOAD: Final = """\
    before, database = tmp_path / "before.json", str(tmp_path / "cosell.db")
    before.write_text(json.dumps(BEFORE))
    load = [sys.executable, "-m", "cosell", "load", before, "--db", database, "--account", {account}]
    subprocess.run(load, check=True, capture_output=True)
"""


class Needs(msgspec.Struct, frozen=True):
    """What the lines of a test need."""

    surroundings: Surroundings
    start_ms: int | None
    """The engine's moment at the first call; None if no moment matters."""
    moves_clock: bool
    has_records: bool
    has_faults: bool
    is_raw: bool
    """Whether something is sent that boto3 would not build."""
    tries_once: bool
    """Whether boto3 must be kept from retrying."""
    errors: list[str]
    """Exceptions of botocore."""
    text: str
    """The lines themselves."""

    @property
    def config(self) -> dict[str, Any]:
        """What boto3 is told."""
        config: dict[str, Any] = {}
        if self.is_raw:
            config["parameter_validation"] = False
        if self.tries_once:
            config["retries"] = {"total_max_attempts": 1}
        return config


def imports(needs: Needs) -> str:
    """The imports, in the usual order."""
    standard = []
    if needs.has_records or "json.dumps(" in needs.text:
        standard.append("import json")
    if needs.has_records:
        standard += ["import subprocess", "import sys"]
    if needs.start_ms is not None or "datetime(" in needs.text:
        standard.append("from datetime import UTC, datetime")
    others = ["import cosell", "import pytest"]
    if needs.is_raw:
        others.append("from botocore import xform_name")
    if needs.config:
        others.append("from botocore.config import Config")
    if needs.errors:
        others.append(f"from botocore.exceptions import {', '.join(needs.errors)}")
    return "\n".join([*standard, "", *others] if standard else others) + "\n"


def fixtures(needs: Needs) -> str:
    """The client, and what the test holds besides it."""
    parts = []
    options: dict[str, Any] = {"account": needs.surroundings.account}
    if needs.has_records:
        options = {"url": Code("database")} | options
    if needs.start_ms is not None:
        clock = f"cosell.Clock({moment(Timestamp.from_ms(needs.start_ms))})"
        if needs.moves_clock:
            parts.append(_fixture("clock", "", "Time stands still until it is moved.", f"{INDENT}return {clock}\n"))
        options["clock"] = Code("clock" if needs.moves_clock else clock)
    if needs.has_faults:
        parts.append(_fixture("faults", "", "What goes wrong on purpose.", f"{INDENT}return cosell.Faults()\n"))
        options["faults"] = Code("faults")
    options |= _settings(needs.surroundings)
    if needs.config:
        given = ", ".join(f"{name}={literal(value)}" for name, value in needs.config.items())
        options["config"] = Code(f"Config({given})")
    taken = ["tmp_path"] if needs.has_records else []
    taken += [name for name in ("clock", "faults") if options.get(name) == name]
    load = _LOAD.format(account=literal(needs.surroundings.account)) if needs.has_records else ""
    connect = f"{INDENT}return {call('cosell.connect', options, INDENT, len('return '))}\n"
    parts.append(
        _fixture(
            "client",
            ", ".join(taken),
            "A client of a cosell in this process, set up as the server was.",
            load + connect,
        )
    )
    return "".join(parts)


def _fixture(name: str, takes: str, says: str, lines: str) -> str:
    return f'\n\n@pytest.fixture\ndef {name}({takes}):\n{INDENT}"""{says}"""\n{lines}'


def _settings(surroundings: Surroundings) -> dict[str, Any]:
    """The options of `cosell.connect` for everything that differs from the default."""
    options: dict[str, Any] = {}
    for field in msgspec.structs.fields(surroundings.readings):
        value = getattr(surroundings.readings, field.name)
        if value == getattr(DEFAULT_READINGS, field.name):
            continue
        if field.name.endswith("_ms"):
            options[field.name.removesuffix("_ms")] = span_text(value)
        else:
            options[field.name] = list(value) if isinstance(value, tuple) else value
    if surroundings.model:
        options["model"] = surroundings.model
    if surroundings.script is not None:
        options["review"] = surroundings.script
    return options
