"""Tags of opportunities, solutions and snapshot jobs. Source: the reference on operations, Settings, tags."""

import re
from typing import Final

from tests.stories.model.paths import Record
from tests.stories.model.solutions import solutions_of
from tests.stories.model.world import Scope, Turn, forbidden, malformed, not_found

MOST_TAGS: Final = 200


def check_tags(request: Record) -> None:
    """Keys are named once, and none is AWS's own."""
    errors, seen = set(), set()
    for index, tag in enumerate(request.get("Tags") or []):
        if tag["Key"] in seen:
            errors.add((f"Tags[{index}].Key", "DUPLICATE_KEY_VALUE"))
        elif tag["Key"].lower().startswith("aws:"):
            errors.add((f"Tags[{index}].Key", "INVALID_VALUE"))
        seen.add(tag["Key"])
    if errors:
        raise malformed(errors)


def tag_resource(turn: Turn, request: Record) -> Record:
    """Give tags; those of the same key go."""
    check_tags(request)
    scope, resource = _resource(turn, request["ResourceArn"])
    tags = turn.world.tags[scope].get(resource, {}) | {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    if len(tags) > MOST_TAGS:
        raise forbidden({("Tags", "TOO_MANY_VALUES")})
    turn.world.tags[scope][resource] = tags
    return {}


def untag_resource(turn: Turn, request: Record) -> Record:
    """Take tags off."""
    scope, resource = _resource(turn, request["ResourceArn"])
    tags = turn.world.tags[scope].get(resource, {})
    turn.world.tags[scope][resource] = {key: tags[key] for key in tags if key not in request["TagKeys"]}
    return {}


def list_tags_for_resource(turn: Turn, request: Record) -> Record:
    """All of them."""
    scope, resource = _resource(turn, request["ResourceArn"])
    tags = turn.world.tags[scope].get(resource, {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _resource(turn: Turn, arn: str) -> tuple[Scope, str]:
    """What an ARN names, if it is the caller's. The catalog stands in the ARN."""
    account, catalog, kind, identifier = re.fullmatch(r".*:us-east-1:(\d+):catalog/(\w+)/(.*)/(.*)", arn).groups()  # type: ignore[union-attr]
    scope = Scope(account, catalog)
    known = {
        "opportunity": list(turn.world.deals[scope]),
        "resource-snapshot-job": [
            one.job for one in turn.world.engagements[catalog] if one.deal.scope == scope and one.job
        ],
        "solution": [solution["Id"] for solution in solutions_of(scope)],
    }
    if account != turn.scope.account or identifier not in known.get(kind, []):
        raise not_found()
    return scope, f"{kind}/{identifier}"
