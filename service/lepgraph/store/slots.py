"""What each worker is at, in memory that keeper, workers and askers share: the name of a query and when it began.

So an asker whose answer is late can tell a query that runs from one that waits, and a worker need not say so each time.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_SLOT = struct.Struct("@32sd")
_NAME = "slots"


class Slots:
    """One slot for each worker, in a file of the pool's folder."""

    def __init__(self, folder: Path, number: int = 0) -> None:
        """Opens the slots; with a number, makes them anew."""
        path = folder / _NAME
        if number:
            path.write_bytes(bytes(number * _SLOT.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)

    def take(self, slot: int, name: str, begun: float) -> None:
        """A worker has begun a query; at most 32 bytes of ASCII name it."""
        _SLOT.pack_into(self._memory, slot * _SLOT.size, name.encode(), begun)

    def name(self, slot: int) -> str:
        """The query that a worker began last."""
        name, _ = _SLOT.unpack_from(self._memory, slot * _SLOT.size)
        return str(name.rstrip(b"\0").decode())

    def begun(self, name: str) -> float:
        """When the query began, by the monotonic clock; 0 if no worker has taken it."""
        wanted = name.encode().ljust(32, b"\0")
        for found, begun in _SLOT.iter_unpack(self._memory[:]):
            if found == wanted:
                return float(begun)
        return 0.0
