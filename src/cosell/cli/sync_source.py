"""Where a sync reads from: a client of the service, according to a command's options."""

import functools
from typing import TYPE_CHECKING, Any

from cosell.errors import UserError

if TYPE_CHECKING:
    from boto3.session import Session

    from cosell.sync.quota import Rate


class Source:
    """Where a sync reads from, as the options say."""

    def __init__(
        self,
        catalog: str,
        profile: str | None,
        region: str | None,
        url: str | None,
        role: str | None,
        overlap: int,
        rate: "Rate",
        share: float,
    ) -> None:
        self.catalog = catalog
        self.overlap_ms = overlap
        self.quota: dict[str, Any] = {"rate": rate, "share": share}
        self._profile, self._role = profile, role
        self._region, self._url = region, url

    @functools.cached_property
    def session(self) -> "Session":
        """The user's AWS configuration. Raises UserError if it has no such profile."""
        from botocore.exceptions import BotoCoreError

        from cosell.boto_errors import in_words
        from cosell.cli.clients import session_of

        try:
            return session_of(self._profile, self._role)
        except BotoCoreError as error:
            raise UserError(in_words(error), "see what there is with: aws configure list-profiles") from None

    def client(self) -> Any:
        """A client that leaves retries to the sync. Raises UserError if no client can be made."""
        from botocore.exceptions import BotoCoreError

        from cosell.boto_errors import in_words
        from cosell.cli.clients import client_in

        try:
            return client_in(self.session, self._region, self._url, retries={"total_max_attempts": 1})
        except (BotoCoreError, ValueError) as error:
            raise UserError(in_words(error), "check --region and --url") from None
