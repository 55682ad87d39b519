"""Somebody who searches: rows are put past the operations, and asked for by them."""

import json
from typing import Any

from tests.list_opportunities.walk import followed
from tests.search.oracle import Record, Row
from tests.store.caller import Caller, stored_form


class Partner(Caller):
    """A caller whose opportunities have tags and views of AWS's."""

    def search(self, **request: Any) -> Record:
        """SearchOpportunities."""
        return self("SearchOpportunities", **request)

    def put_rows(self, rows: list[Row]) -> None:
        """Place opportunities into the store as they are."""
        with self.engine.store.write(self.scope) as tx:
            tx.insert([stored_form(row.record) for row in rows])
            for row in rows:
                identifier = row.record["Id"]
                if row.tags:
                    tx.put_tags(f"opportunity/{identifier}", row.tags)
                if row.view is not None:
                    tx.put_aws_summary(identifier, json.dumps(row.view).encode())

    def put_tags(self, identifier: str, tags: dict[str, str]) -> None:
        """Let an opportunity have these tags."""
        with self.engine.store.write(self.scope) as tx:
            tx.put_tags(f"opportunity/{identifier}", tags)

    def rows(self) -> list[Row]:
        """Everything as it is stored."""
        with self.engine.store.read(self.scope) as tx:
            records = [json.loads(text) for text in tx.records()]
            views = {record["Id"]: json.loads(tx.aws_summary(record["Id"]) or b"null") for record in records}
            return [
                Row(record, dict(tx.tags(f"opportunity/{record['Id']}")), views[record["Id"]]) for record in records
            ]

    def walk(self, request: dict[str, Any], sizes: list[int]) -> list[Record]:
        """The summaries of all pages, MaxResults taken from `sizes` in turn."""
        return followed(self.search, "OpportunitySearchSummaries", request, sizes)
