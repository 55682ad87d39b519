"""`cosell env`: the exports that point AWS clients at a running cosell."""

import shlex

import click

from cosell.cli.options import setting
from cosell.client_environment import client_environment


@click.command("env")
@setting("url")
@setting("account")
@click.option("--data-path", is_flag=True, help="Also let clients of Python know all operations that cosell knows.")
def env_command(url: str, account: str, data_path: bool) -> None:
    """Print the exports that point AWS clients here: eval "$(cosell env)"."""
    for name, value in client_environment(url, account).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    if data_path:
        from cosell.wire.model import DATA

        others = "${AWS_DATA_PATH:+:$AWS_DATA_PATH}"  # a client may have some of its own
        click.echo(f'export AWS_DATA_PATH={shlex.quote(str(DATA))}"{others}"')
