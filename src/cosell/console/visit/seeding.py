"""The command that fills a data set from a terminal, wherever the console offers it."""

from pathlib import Path
from typing import Final

from cosell.context import Scope
from cosell.passwords import is_address, shown
from cosell.suggestion import suggested

SEED_COUNT: Final = 1000


def seed_command(scope: Scope, database_url: str, origin: str) -> str:
    """What fills a data set, from any folder. Only the process that serves a database in memory reaches it."""
    if database_url == ":memory:":
        question = f'{{"account": "{scope.account}", "catalog": "{scope.catalog}", "count": {SEED_COUNT}}}'
        return f"curl -X POST {origin}/_cosell/seed -H 'Content-Type: application/json' -d '{question}'\n"
    database = shown(database_url)
    if not is_address(database):
        database = str(Path(database).absolute())
    count = ("--count", str(SEED_COUNT))
    return f"{suggested('seed', *count, db=database, account=scope.account, catalog=scope.catalog)}\n"
