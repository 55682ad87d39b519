"""From templates to pages. Everything is escaped; only templates and macros produce markup."""

import functools
import hashlib
from collections.abc import Iterator
from importlib import metadata, resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from cosell.console import words
from cosell.console.columns import DEFAULT_COLUMNS
from cosell.console.visit.visitor import CATALOGS

STATIC: Final = "/console/static/"
STATIC_TYPES: Final = {
    "console.css": "text/css; charset=utf-8",
    "phone.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "search.js": "text/javascript; charset=utf-8",
    "views.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every file that is served beside the pages."""


def pieces(template: str, **names: Any) -> Iterator[str]:
    """The text of a page, piece by piece, each made when it is asked for."""
    return environment().get_template(template).generate(names)


@functools.cache
def environment() -> Environment:
    """The templates, compiled when they are first needed."""
    made = Environment(
        loader=PackageLoader("cosell.console"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "static": static_address,
        "version": metadata.version("cosell"),
        "catalogs": CATALOGS,
        "default_columns": DEFAULT_COLUMNS,
    }
    made.globals |= words.FUNCTIONS
    made.filters |= words.FILTERS
    return made


@functools.cache
def static_file(name: str) -> bytes:
    """A file of STATIC_TYPES."""
    return resources.files("cosell.console").joinpath("static", name).read_bytes()


@functools.cache
def static_address(name: str) -> str:
    """Where a static file is found. It changes with the file, so that browsers may keep it for good."""
    return f"{STATIC}{hashlib.blake2b(static_file(name), digest_size=6).hexdigest()}/{name}"
