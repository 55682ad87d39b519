"""`cosell clock`: see and control the time of a running cosell."""

from collections.abc import Callable
from typing import Any, Final

import click

from cosell.cli.options import setting
from cosell.cli.types import OneOf

ACTIONS: Final[dict[str, tuple[bool, Callable[[Any], dict[str, Any]]]]] = {
    # action: (does its value have to be given, what is told)
    "show": (False, lambda _: {}),
    "real": (False, lambda _: {"mode": "real"}),
    "freeze": (False, lambda moment: {"mode": "frozen", "at": moment}),
    "set": (True, lambda moment: {"at": moment}),
    "step": (True, lambda span: {"step": span}),
    "accelerate": (True, lambda factor: {"mode": "accelerated", "factor": factor}),
}


@click.command("clock")
@click.argument("action", type=OneOf(list(ACTIONS)), default="show")
@click.argument("value", required=False)
@setting("url")
def clock_command(action: str, value: str | None, url: str) -> None:
    """See and control the time of a running cosell.

    \b
    cosell clock                            show the time, and how the clock runs
    cosell clock freeze [MOMENT]            stop, now or at 2026-05-04T09:00:00Z
    cosell clock set MOMENT                 jump to a moment and keep running as before
    cosell clock step SPAN                  jump ahead by 90s, 25h, 2d or 1d12h
    cosell clock accelerate FACTOR          advance FACTOR seconds a second
    cosell clock real                       return to this machine's time

    If time moves forward, whatever AWS's side has to do until then is done before the command ends.
    """
    from cosell.cli.admin import ask, tell

    needed, told = ACTIONS[action]
    if needed and value is None:
        raise click.UsageError(f"say what to {action}")
    if value is not None and action in ("show", "real"):
        raise click.UsageError(f"{action} takes no value")
    if action == "show":
        answer: Any = ask(url, "clock")
    else:
        answer = tell(url, "clock", **told(_number(value) if action == "accelerate" else value))
    pace = f" {answer['factor']:g} times" if answer["mode"] == "accelerated" else ""
    click.echo(f"{answer['now']} {answer['mode']}{pace}")


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise click.UsageError(f"{text!r} is not a number; give a factor such as 60") from None
