"""`cosell example`: a complete request to start from."""

import json
import pprint
import uuid

import click

from cosell.cli.options import setting
from cosell.cli.types import OneOf


@click.command("example")
@click.argument("operation", type=OneOf(["create-opportunity"]))
@click.option("--python", is_flag=True, help="As a call of boto3, instead of JSON.")
@setting("catalog")
def example_command(operation: str, python: bool, catalog: str) -> None:  # click's own
    """Print a complete request: everything that AWS requires, and what a submission needs as well.

    JSON is what the AWS CLI takes: aws partnercentral-selling create-opportunity --cli-input-json "$(cosell example
    create-opportunity)".
    """
    from cosell.example import example_opportunity

    request = {"Catalog": catalog, "ClientToken": str(uuid.uuid4())} | example_opportunity()
    if not python:
        click.echo(json.dumps(request, indent=2))
        return
    members = "".join(f"    {name}={_indented(value)},\n" for name, value in request.items())
    click.echo(f"client.{operation.replace('-', '_')}(\n{members})")


def _indented(value: object) -> str:
    return pprint.pformat(value, sort_dicts=False, width=100).replace("\n", "\n    ")
