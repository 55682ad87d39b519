"""How AWS escapes the texts that it returns: colons alone, and twice, as if for HTML inside of HTML.

Source: field reports of AWS's Sandbox, April to May 2026, for CustomerUseCase; AWS's public sample application of July
2026 unescapes the other members listed here. Ampersands were unchanged in recorded answers.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from cosell.wire.types import GetOpportunityResponse

ESCAPED_COLON: Final = "&amp;colon;"
ESCAPED_MEMBERS: Final = (
    ("customer", "account", "company_name"),
    ("project", "customer_business_problem"),
    ("project", "customer_use_case"),
    ("life_cycle", "next_steps"),
)


def escaped(record: GetOpportunityResponse) -> GetOpportunityResponse:
    """The record with its texts as AWS answers them."""
    for way in ESCAPED_MEMBERS:
        record = _escaped(record, way)
    return record


def _escaped(value: Any, way: Sequence[str]) -> Any:
    if value is None:
        return None
    if not way:
        return value.replace(":", ESCAPED_COLON)
    first, *rest = way
    return msgspec.structs.replace(value, **{first: _escaped(getattr(value, first), rest)})
