"""The file of results: a line for each geometry, only ever added to.

A line that is not whole (a run that was killed, a full disk) counts as not written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from symconv.errors import SymconvError
from symconv.sweeps.result import Swept, from_line, to_line

LONGEST = 1 << 20
"""Bytes of a line."""


class Store:
    """Results by key: those that are in the file, and those that are added.

    In memory it keeps where each line begins, not the lines.  Errors: `SymconvError` for a file
    that can't be read or written.
    """

    def __init__(self, path: str | Path, about: str) -> None:
        """`about` says what the results are of: the same sizes of something else do not count."""
        self.path, self.about = Path(path), about
        self._at: dict[bytes, int] = {}
        try:
            self._file = self.path.open("a+b")
            self._index()
        except OSError as error:
            raise SymconvError(
                f"can't be written: {error.strerror}", where=str(path), expected="a file of results"
            ) from None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, sizes: Mapping[str, int]) -> bool:
        return self._key(sizes) in self._at

    def get(self, sizes: Mapping[str, int]) -> Swept | None:
        """What the file says of a geometry."""
        at = self._at.get(self._key(sizes))
        if at is None:
            return None
        self._file.seek(at)
        found = from_line(self._file.readline(LONGEST))
        return found[1] if found else None

    def add(self, swept: Swept) -> None:
        """Append a result; when this returns, the system has the whole line."""
        key = self._key(swept.sizes)
        line = to_line(key.hex(), swept).encode() + b"\n"
        end = self._file.seek(0, os.SEEK_END)
        if end and not self._ends_whole():
            line, end = b"\n" + line, end + 1
        self._file.write(line)
        self._file.flush()
        self._at[key] = end

    def _ends_whole(self) -> bool:
        self._file.seek(-1, os.SEEK_END)
        return self._file.read(1) == b"\n"

    def _index(self) -> None:
        self._file.seek(0)
        at = 0
        while line := self._file.readline(LONGEST):
            found = from_line(line) if line.endswith(b"\n") else None
            if found is not None:
                if self._key(found[1].sizes).hex() == found[0]:
                    self._at[bytes.fromhex(found[0])] = at
            at += len(line)

    def _key(self, sizes: Mapping[str, int]) -> bytes:
        text = json.dumps([self.about, sorted(sizes.items())])
        return hashlib.blake2b(text.encode(), digest_size=12).digest()
