"""`cosell env`: the exports that point AWS clients at a running cosell."""

import shlex

import click

from cosell.cli.options import setting
from cosell.rules.identifiers import REGION


def exports(url: str, account: str) -> dict[str, str]:
    """The variables that make an unmodified AWS client talk to `url` as `account`."""
    return {
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "cosell",
    }


@click.command("env")
@setting("url")
@setting("account")
@click.option("--data-path", is_flag=True, help="Also let clients of Python know all operations that cosell knows.")
def env_command(url: str, account: str, data_path: bool) -> None:
    """Print the exports that point AWS clients here: eval "$(cosell env)"."""
    for name, value in exports(url, account).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    if data_path:
        from cosell.wire.model import DATA

        others = "${AWS_DATA_PATH:+:$AWS_DATA_PATH}"  # a client may have some of its own
        click.echo(f'export AWS_DATA_PATH={shlex.quote(str(DATA))}"{others}"')
