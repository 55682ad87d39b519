"""Kept calls as an HTTP Archive, which browsers and proxies read.

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/.
Each attempt is an entry of
its own, the oldest first. What is masked on pages is masked here.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from cosell.kept_calls import Headers, Kept, raw_bodies
from cosell.wire.timestamps import Timestamp

HTTP: Final = "HTTP/1.1"
NOT_KEPT: Final = "The body was too long to keep, or is not JSON, so it could not be masked."


def http_archive(calls: Iterable[Kept], version: str) -> dict[str, Any]:
    """The archive of calls, as JSON values. `version` is cosell's."""
    entries = [_entry(kept) for kept in sorted(calls, key=lambda kept: (kept.wall_ms, kept.worker, kept.number))]
    return {"log": {"version": "1.2", "creator": {"name": "cosell", "version": version}, "entries": entries}}


def reason_phrase(status: int) -> str:
    """`400` → `Bad Request`; empty for what is not a status, as where the connection was dropped."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""


def _entry(kept: Kept) -> dict[str, Any]:
    milliseconds = round(kept.seconds * 1000, 3)
    request, response = dict(kept.request_headers), dict(kept.response_headers)
    sent, got = raw_bodies(kept)
    return {
        "startedDateTime": str(Timestamp.from_ms(kept.wall_ms - round(milliseconds))),
        "time": milliseconds,
        "request": {
            "method": kept.method,
            "url": f"http://{request.get(b'host', b'').decode('latin-1') or 'localhost'}{kept.path}",
            "httpVersion": HTTP,
            "cookies": [],
            "headers": _named(kept.request_headers),
            "queryString": [],
            "postData": {"mimeType": _type(request), **_text(sent, or_empty=True)},
            "headersSize": -1,
            "bodySize": kept.request_bytes,
        },
        "response": {
            "status": kept.status,
            "statusText": reason_phrase(kept.status),
            "httpVersion": HTTP,
            "cookies": [],
            "headers": _named(kept.response_headers),
            "content": {"size": kept.response_bytes, "mimeType": _type(response), **_text(got)},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": kept.response_bytes,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"call {kept.identifier}, {kept.operation or 'no operation'}, account {kept.account or 'unknown'}",
    }


def _named(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in headers]


def _type(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"content-type", b"").decode("latin-1")


def _text(body: str | None, *, or_empty: bool = False) -> dict[str, str]:
    if body is None:
        return {"text": "", "comment": NOT_KEPT} if or_empty else {"comment": NOT_KEPT}
    return {"text": body}
