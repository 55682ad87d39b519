"""Members that requests of the admin API share."""

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from cosell.auth.open_access import ACCOUNT_PATTERN
from cosell.serve.admin.router import Refused
from cosell.time_texts import moment_ms, span_ms

Account: TypeAlias = Annotated[str, Meta(pattern=ACCOUNT_PATTERN, description="The account, twelve digits.")]
Catalog: TypeAlias = Annotated[Literal["AWS", "Sandbox"], Meta(description="The catalog.")]
DEFAULT_CATALOG: Final = "Sandbox"


def given_moment_ms(text: str) -> int:
    """Milliseconds since 1970 UTC of a moment that a request names. Raises Refused if it names none."""
    try:
        return moment_ms(text)
    except ValueError as error:
        raise Refused(400, f"{error}.") from None


def given_span_ms(text: str) -> int:
    """Milliseconds of a time span that a request names. Raises Refused if it names none."""
    try:
        return span_ms(text)
    except ValueError as error:
        raise Refused(400, f"{error}.") from None
