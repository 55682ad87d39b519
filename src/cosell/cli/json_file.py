"""A file that holds one JSON object, as commands of AWS's side take it."""

from typing import IO, Any

import click

from cosell.json_and_toml import Unreadable, json_of


def json_object(file: IO[bytes]) -> dict[str, Any]:
    """The object of a file. Fails with a usage error if the file is not JSON, or holds something else."""
    try:
        document = json_of(file.read())
    except Unreadable as mistake:
        raise click.UsageError(f"{file.name} {mistake}") from None
    if not isinstance(document, dict):
        raise click.UsageError(f"{file.name} holds no JSON object")
    return document
