"""Sending the forms of a page as a browser does."""

from typing import Protocol
from urllib.parse import urlencode

from tests.console.conftest import Document

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Site(Protocol):
    """Where the pages are."""

    def request(
        self, method: str, address: str, body: str = "", headers: dict[str, str] | None = None, /
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer."""


def submit(site: Site, address: str, form: list[tuple[str, str]] | dict[str, str], *, to: str = "") -> Document:
    """Open the page at `address`, send a form to it (or `to` another), and follow to the page that comes then."""
    _, headers, text = site.request("GET", address)
    token = next(one["value"] for one in Document(text).with_attribute("name") if one["name"] == "csrf")
    cookie = headers["set-cookie"].partition(";")[0]
    body = urlencode([*(form.items() if isinstance(form, dict) else form), ("csrf", token)])
    status, headers, text = site.request("POST", to or address, body, {**FORM, "Cookie": cookie})
    if status == 303:
        status, _, text = site.request("GET", headers["location"], "", {"Cookie": cookie})
    assert status < 500, text
    return Document(text)
