"""`cosell faults`: make requests to a running cosell fail."""

from typing import Any

import click
import msgspec

from cosell.cli.mistakes import Family
from cosell.cli.options import setting
from cosell.errors import UserError


@click.group("faults", cls=Family)
@click.pass_context
def faults_command(context: click.Context) -> None:
    """Inject faults into a running cosell, and see how a client copes.

    \b
    cosell faults add error=ThrottlingException,probability=0.3
    cosell faults add error=ConnectionDropped,when=after,operation=CreateOpportunity,times=1
    cosell faults add delay=2s,operation=List*
    """
    context.default_map = dict.fromkeys(faults_command.commands, context.default_map)


@faults_command.command("list")
@setting("url")
def list_command(url: str) -> None:
    """List the faults: how many requests each has met, and how often it has fired."""
    from cosell.cli.admin import ask

    for told in ask(url, "faults")["faults"]:
        number, met, fired = (told.pop(name) for name in ("fault", "met", "fired"))
        members = ",".join(f"{name}={value}" for name, value in told.items())
        click.echo(f"{number}  {members}  met {met}, fired {fired}")


@faults_command.command("add")
@click.argument("faults", metavar="FAULT...", nargs=-1, required=True)
@setting("url")
def add_command(faults: tuple[str, ...], url: str) -> None:
    """Add a fault. It stays until it is cleared.

    \b
    A FAULT has an error or a delay, and conditions, joined by commas:
    error=NAME          an exception of the service, or ConnectionDropped
    when=after          the operation is carried out, and its answer lost
    delay=SPAN          the answer comes later by 250ms, 2s, …
    operation=PATTERN   such as CreateOpportunity or List*
    account=ID, catalog=AWS or Sandbox
    probability=SHARE   the share of these requests; seed=NUMBER chooses which
    times=COUNT         how often at most
    reason=CODE         the error's Reason, such as INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE
    message=TEXT        the error's Message; it comes last, and may contain commas
    """
    from cosell.cli.admin import tell
    from cosell.faults.rule import rule_of

    try:
        rules = [rule_of(text) for text in faults]
    except UserError as mistake:
        raise UserError(f"FAULT {mistake.message}", mistake.next_step) from None
    for rule in rules:
        done: dict[str, Any] = tell(url, "faults", **msgspec.to_builtins(rule))
        click.echo(f"fault {done['fault']}: {rule.effect}")


@faults_command.command("clear")
@setting("url")
def clear_command(url: str) -> None:
    """Clear all faults."""
    from cosell.cli.admin import remove
    from cosell.cli.counted import counted

    click.echo(f"{counted(remove(url, 'faults')['cleared'], 'fault')} cleared")
