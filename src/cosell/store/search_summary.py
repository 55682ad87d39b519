"""A search's encoded summary, compressed: only what differs from the record that it was made from.

Nine tenths of a summary is text from its record, so compressed it has a ninth of its length, and decompressing takes
less time than parsing the record's JSON would. It can only be decompressed with the very record that it was compressed
with.
"""

import zlib
from typing import Final

_LEVEL: Final = 6
_RAW: Final = -12
"""No header and no checksum, and no reference further back than 4 KiB."""
_MEMORY: Final = 5
"""Fewer tables to clear for each summary."""


def packed(summary: bytes, record: bytes) -> bytes:
    """A summary beside its record."""
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, record)
    return packing.compress(summary) + packing.flush()


def unpacked(summary: bytes, record: bytes) -> bytes:
    """What was packed with this record."""
    return zlib.decompressobj(_RAW, record).decompress(summary)
