"""A command's database, and the message if it stops answering."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cosell.store.access import Access

if TYPE_CHECKING:
    from cosell.engine import Engine


@contextmanager
def database(db: str, access: Access) -> Iterator["Engine"]:
    """The engine over a database, closed at the end.

    Raises UserError if it cannot be opened for the `access`, or does not answer any more.
    """
    from cosell.engine import Engine
    from cosell.store.interface import StoreUnavailable
    from cosell.store.open import explanation

    engine = Engine.open(db, access=access)
    try:
        yield engine
    except StoreUnavailable as error:
        raise explanation(db, error) from None
    finally:
        engine.close()
