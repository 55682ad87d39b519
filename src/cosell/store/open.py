"""From a database's URL to its store."""

from cosell.errors import UserError
from cosell.store.interface import Store


def open_store(url: str, *, new_token_key: bytes) -> Store:
    """The store that `url` names: a file's path, `:memory:` or `sqlite:///…`.

    Raises UserError where the URL names no store, or one that cannot be opened.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise UserError(f"cannot open {scheme}:// databases", "name a file, :memory: or sqlite:///path with --db")
    from cosell.store.sqlite import SqliteStore  # a driver is loaded when it is asked for

    return SqliteStore(rest.removeprefix("/") if separator else url, new_token_key=new_token_key)
