"""What clients have asked last."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell.serve.admin.recent import KEPT
from cosell.serve.admin.router import Room


class RecentRequests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many calls are wanted."""

    limit: Annotated[int, Meta(ge=1, le=KEPT, description="How many, the newest first.")] = 20


def recent_requests(room: Room, question: RecentRequests) -> dict[str, Any]:
    """The calls that this worker has answered last, with whatever the model marks as sensitive masked."""
    return {"requests": room.recent.newest(question.limit)}
