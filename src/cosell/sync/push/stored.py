"""Opportunities as the service has them: read in full, or found by their key."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cosell.sync.push.calls import Calls
from cosell.sync.push.members import plain
from cosell.sync.push.row import KEY

PAGE_SIZE: Final = 100
ANSWER: Final = "before-parse.partnercentral-selling.GetOpportunity"
"""botocore's event with an answer as it came."""


class Records:
    """Reads opportunities of a catalog, and notices members that the installed boto3 does not know.

    boto3 drops such members from an answer. A push that sent the rest back would clear them, because an update replaces
    the record; so they are found in the answer's own text.
    """

    def __init__(self, client: Any, calls: Calls, catalog: str) -> None:
        self._calls = calls
        self._catalog = catalog
        self._events = client.meta.events
        self._shape = client.meta.service_model.operation_model("GetOpportunity").output_shape

    def read(self, identifier: str) -> tuple[dict[str, Any], list[str]]:
        """An opportunity with moments as texts, and the paths of its members that boto3 does not know.

        Raises ClientError and Unanswered as Calls do.
        """
        texts: list[bytes] = []

        def keep_text(response_dict: Mapping[str, Any], **_: Any) -> None:
            texts.append(response_dict["body"])

        self._events.register_last(ANSWER, keep_text)
        try:
            answer = self._calls.read("get_opportunity", Catalog=self._catalog, Identifier=identifier)
        finally:
            self._events.unregister(ANSWER, keep_text)
        answer.pop("ResponseMetadata", None)
        return plain(answer), sorted(_unknown(json.loads(texts[-1]), self._shape))

    def ids_by_key(self) -> dict[str, list[str]]:
        """The opportunities that carry each PartnerOpportunityIdentifier, from a list of all.

        In the order of identifiers, which never change, so that none moves out of sight while pages are read.
        """
        found: dict[str, list[str]] = {}
        sort = {"SortBy": "Identifier", "SortOrder": "ASCENDING"}
        token: dict[str, str] = {}
        while True:
            page = self._calls.read(
                "list_opportunities", Catalog=self._catalog, MaxResults=PAGE_SIZE, Sort=sort, **token
            )
            for summary in page["OpportunitySummaries"]:
                if summary.get(KEY):
                    found.setdefault(summary[KEY], []).append(summary["Id"])
            if not page.get("NextToken"):
                return found
            token = {"NextToken": page["NextToken"]}


def _unknown(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and shape.type_name == "structure":
        for name, member in value.items():
            here = f"{path}.{name}" if path else name
            if name in shape.members:
                yield from _unknown(member, shape.members[name], here)
            elif member not in (None, {}, []):
                yield here
    elif isinstance(value, list) and shape.type_name == "list":
        for item in value:
            yield from _unknown(item, shape.member, f"{path}[]")
