"""Members that questions of the admin API share."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from cosell.serve.admin.router import Refused
from cosell.wire.timestamps import Timestamp

Account: TypeAlias = Annotated[str, Meta(pattern="^[0-9]{12}$", description="The account, twelve digits.")]
Catalog: TypeAlias = Annotated[str, Meta(pattern="^(AWS|Sandbox)$", description="The catalog: AWS or Sandbox.")]


def moment_ms(text: str) -> int:
    """Milliseconds since 1970 UTC of a moment in RFC 3339. Raises Refused where the text names none."""
    try:
        return Timestamp.parse(text).ms
    except ValueError:
        raise Refused(400, f"{text!r} is no moment. Write it as 2026-05-04T09:00:00Z.") from None
