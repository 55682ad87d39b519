"""What cosell's own rules say about a dry-run push: its requests go to a cosell in memory."""

import json
from typing import Any, Final, Self

from botocore.exceptions import ClientError

from cosell.cli.clients import config_of, session_of
from cosell.cli.counted import counted
from cosell.datasets.load import Reading, store_all
from cosell.engine import Engine
from cosell.sync.push.pusher import problems_of_error
from cosell.sync.push.row import Problem
from cosell.testing.in_process import client_of

ACCOUNT: Final = "000000000000"


class Rules:
    """Judges requests of a catalog as `cosell serve` would, without settings. A context manager."""

    def __init__(self, catalog: str) -> None:
        self._engine = Engine.open(":memory:")
        self._client: Any = client_of(self._engine, account=ACCOUNT, session=session_of(), config=config_of())
        self._catalog = catalog
        self.unchecked = 0
        """Updates that were not judged, since cosell cannot read what is stored."""

    def judge(self, operation: str, request: dict[str, Any], stored: dict[str, Any] | None) -> tuple[Problem, ...]:
        """What is wrong with a request, and all of it. See `sync.push.pusher.Judge`."""
        try:
            if stored is not None:
                if not self._put(stored):
                    self.unchecked += 1
                    return ()
                here = self._client.get_opportunity(Catalog=self._catalog, Identifier=stored["Id"])
                request = request | {"LastModifiedDate": here["LastModifiedDate"]}
            getattr(self._client, operation)(**request)
        except ClientError as error:
            return problems_of_error(error)
        return ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    def summary(self) -> str:
        """With what reservation a dry run is reported."""
        unchecked = f"; {counted(self.unchecked, 'update')} could not be checked" if self.unchecked else ""
        return f"A dry run: nothing was written. Checked against cosell's own rules{unchecked}; AWS may refuse more."

    def _put(self, stored: dict[str, Any]) -> bool:
        """Have an opportunity here as it is stored elsewhere, but for its stamp; whether it can be."""
        with Reading(ACCOUNT, self._catalog) as reading:
            reading.read([json.dumps(stored).encode()])
            store_all(reading, self._engine.store, lambda _: None)
            return not reading.refusals
