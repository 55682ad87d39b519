"""A file that holds one JSON object, as commands of AWS's side take it."""

import json
from typing import IO, Any

import click


def json_object(file: IO[bytes]) -> dict[str, Any]:
    """The object of a file. Fails with a usage error if the file is not JSON, or holds something else."""
    try:
        document = json.load(file)
    except RecursionError:
        raise click.UsageError(f"{file.name} is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise click.UsageError(f"{file.name} is not JSON, at line {error.lineno}, column {error.colno}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name} is not UTF-8") from None
    if not isinstance(document, dict):
        raise click.UsageError(f"{file.name} holds no JSON object")
    return document
