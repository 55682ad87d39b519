"""Tags: which ones a resource may have, and which resources can have any.

Source: service model 2022-07-26 for the forms (`TagKey`, `TagValue`, `TaggableResourceArn`); AWS's general rules of
tagging for the reserved prefix and the total. Which code answers which is our choice (docs/fidelity.md).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cosell.context import Scope
from cosell.errors import Violation
from cosell.rules.identifiers import REGION
from cosell.wire.types import Tag

MOST_TAGS: Final = 200
"""On one resource."""
RESERVED_PREFIX: Final = "aws:"
TAGGABLE: Final = ("opportunity", "resource-snapshot-job", "solution")
"""The kinds of resources whose ARN names an account, which the form of a taggable ARN demands."""

_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):partnercentral:(?P<region>[^:]*):(?P<account>[0-9]{12})"
    r":catalog/(?P<catalog>[a-zA-Z]+)/(?P<resource>.+)"
)
"""Reads what has the form of the model already."""


def catalog_in(arn: str) -> str:
    """The catalog that an ARN of the model's form names, whether there is one of this name or not."""
    return _parts(arn)["catalog"]


def resource_in(arn: str, scope: Scope) -> str | None:
    """What an ARN of the model's form names of a scope, `opportunity/O1000001`.

    None if it names nothing of the scope that can have tags.
    """
    named = _parts(arn)
    owner = (named["partition"], named["region"], named["account"], named["catalog"])
    kind, _, identifier = named["resource"].partition("/")
    if owner != ("aws", REGION, scope.account, scope.catalog) or kind not in TAGGABLE or "/" in identifier:
        return None
    return named["resource"]


def _parts(arn: str) -> re.Match[str]:
    found = _ARN.fullmatch(arn)
    assert found is not None, "a request is validated before anybody reads it"
    return found


def tags_of(tags: Sequence[Tag] | None) -> dict[str, str]:
    """Tags by their keys."""
    return {tag.key: tag.value for tag in tags or ()}


def violations_of_tags(tags: Sequence[Tag] | None) -> list[Violation]:
    """What is wrong with the tags of a request, beyond their form: keys that are repeated, or are AWS's own."""
    violations = []
    seen: set[str] = set()
    for index, tag in enumerate(tags or ()):
        if tag.key in seen:
            message = "Each key may be named once."
            violations.append(Violation(f"Tags[{index}].Key", "DUPLICATE_KEY_VALUE", message))
        elif tag.key.lower().startswith(RESERVED_PREFIX):
            message = f"Keys that begin with {RESERVED_PREFIX} are AWS's own."
            violations.append(Violation(f"Tags[{index}].Key", "INVALID_VALUE", message))
        seen.add(tag.key)
    return violations


def violations_of_total(tags: Mapping[str, str]) -> list[Violation]:
    """What is wrong with all the tags that a resource would have."""
    if len(tags) <= MOST_TAGS:
        return []
    return [Violation("Tags", "TOO_MANY_VALUES", f"A resource has {MOST_TAGS} tags at most.")]
