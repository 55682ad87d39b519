"""Answers that are sent while the rest of them is still being made.

Rendering a page takes longer than fetching what is on it, and a browser that has the head can load the style sheet
meanwhile. A file may not fit into memory.
"""

import asyncio
from collections.abc import Generator, Hashable, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any, Final

from starlette.responses import Response

from cosell.console.visit.templates import pieces

BEGINNING_OF_THE_REST: Final = "<main"
MOST_HEADS: Final = 64
REST_FAILED: Final = "_rest_failed.html"


_kept_heads: Final[dict[Hashable, bytes]] = {}


class StreamedResponse(Response):
    """A page made from `pieces`. Call `rest_by` before it is sent.

    Pages with the same `head_key` have the same head, which is rendered once; None: it is rendered each time.
    """

    def __init__(
        self, pieces: Iterator[str], status: int, headers: Mapping[str, str], head_key: Hashable | None = None
    ) -> None:
        super().__init__(None, status, headers, "text/html; charset=utf-8")
        # How long it gets is not known yet.
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        self._pieces = pieces
        kept = _kept_heads.get(head_key)
        self._is_head_made = kept is None
        self._head = kept or self._made_head()
        if head_key is not None:
            if len(_kept_heads) == MOST_HEADS:
                _kept_heads.clear()
            _kept_heads[head_key] = self._head
        self._threads: Executor | None = None

    def rest_by(self, threads: Executor) -> None:
        """Say who makes the rest."""
        self._threads = threads

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002  # ASGI's
        """Send the head, then the rest. Raises whatever kept the rest from being made, once the visitor is told."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._head, "more_body": True})
        try:
            rest = await asyncio.get_running_loop().run_in_executor(self._threads, self._made_rest)
        except Exception:
            # Whatever was made is left out: it may end within a tag.
            await send({"type": "http.response.body", "body": "".join(pieces(REST_FAILED)).encode()})
            raise
        await send({"type": "http.response.body", "body": rest})

    def _made_head(self) -> bytes:
        head = [next(self._pieces)]
        while BEGINNING_OF_THE_REST not in head[-1]:
            head.append(next(self._pieces))
        return "".join(head).encode()

    def _made_rest(self) -> bytes:
        if not self._is_head_made:
            self._made_head()
        return "".join(self._pieces).encode()


class StreamedFile(Response):
    """A file, made piece by piece, of which none is kept. Call `rest_by` before it is sent."""

    def __init__(self, pieces: Generator[bytes, None, None], headers: Mapping[str, str], content_type: str) -> None:
        super().__init__(None, 200, headers, content_type)
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        self._pieces = pieces
        self._threads: Executor | None = None

    def rest_by(self, threads: Executor) -> None:
        """Say who makes the pieces."""
        self._threads = threads

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002  # ASGI's
        """Send piece after piece, until the visitor has gone. Raises whatever kept one from being made.

        The file is then left incomplete, so that nobody takes it for whole.
        """
        loop = asyncio.get_running_loop()
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while not gone.done():
                piece = await loop.run_in_executor(self._threads, next, self._pieces, None)
                if piece is None:
                    await send({"type": "http.response.body", "body": b""})
                    return
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            gone.cancel()
            await loop.run_in_executor(self._threads, self._pieces.close)


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
