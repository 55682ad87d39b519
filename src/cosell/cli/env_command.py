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
def env_command(url: str, account: str) -> None:
    """Print the exports that point AWS clients here: eval "$(cosell env)"."""
    for name, value in exports(url, account).items():
        click.echo(f"export {name}={shlex.quote(value)}")
