"""The options that say where the service is that a sync reads and a push writes."""

import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from cosell.cli.options import setting
from cosell.cli.typed import server_asked

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS: Final = (
    setting(
        "url",
        former=["--endpoint-url"],
        default=None,
        show_default=False,
        help="The address of the service, such as that of a running cosell, instead of your AWS configuration's.",
    ),
    click.option("--aws", is_flag=True, help="Ask AWS as your configuration says, whatever COSELL_URL is."),
    click.option("--profile", help="The profile of your AWS configuration."),
    click.option("--region", help="The AWS region, instead of your configuration's."),
)


def service_address(function: Function) -> Function:
    """Passes them to a command as `url`, which is None for AWS, `profile` and `region`."""

    @functools.wraps(function)
    def called(*, aws: bool, **given: Any) -> Any:  # noqa: ARG001  # `server_asked` looks at it
        return function(**{**given, "url": server_asked()})

    for option in reversed(_OPTIONS):
        called = option(called)
    return called  # type: ignore[return-value]  # click's options keep the function
