"""Time spans as people type them."""

import click

from cosell.time_texts import span_ms, span_text


class Span(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A time span in milliseconds, at least so long: `90s`, `15m`, `25h` or `1d12h`."""

    name = "span"

    def __init__(self, least_ms: int = 0) -> None:
        self._least_ms = least_ms

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fails with a usage error if the text names no span."""
        try:
            ms = value if isinstance(value, int) else span_ms(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if ms < self._least_ms:
            self.fail(f"{value!r} is too short; {span_text(self._least_ms)} is the least.", param, ctx)
        return ms
