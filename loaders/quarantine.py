"""The quarantine: rows that were not taken, as a table that people open, correct and load again."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from graph.batch import Rejection

COLUMNS: Final = ("file", "row", "kind", "field", "value", "reason", "remedy", "code")

_FORMULA = re.compile(r"^[=+\-@\t\r]")


class Quarantine:
    """Writes rejections into a CSV file of `folder` (UTF-8 with a mark, so that Excel reads it); None: nowhere.

    The file is made with the first rejection. Counts are kept by reason code; `sample` holds the first `keep` rejections.
    """

    def __init__(self, folder: Path | None, source: str, *, keep: int = 1_000, moment: datetime | None = None) -> None:
        stamp = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%f")
        safe = re.sub(r"[^\w\-]+", "_", source)[:80] or "source"
        self._file = None if folder is None else folder / f"{safe}-{stamp}.csv"
        self._stream: IO[str] | None = None
        self._keep = keep
        self.by_code: Counter[str] = Counter()
        self.sample: list[Rejection] = []

    @property
    def path(self) -> Path | None:
        """The file, once there is one."""
        return self._file if self._stream is not None else None

    def add(self, rejections: Iterable[Rejection]) -> None:
        """Keep these rejections."""
        for rejection in rejections:
            self.by_code[rejection.code] += 1
            if len(self.sample) < self._keep:
                self.sample.append(rejection)
            if self._file is not None:
                self._write(rejection)

    def _write(self, rejection: Rejection) -> None:
        assert self._file is not None
        if self._stream is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._file.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._stream).writerow(COLUMNS)
        csv.writer(self._stream).writerow(_inert(str(getattr(rejection, name))) for name in COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()


def _inert(text: str) -> str:
    """The text as no spreadsheet runs it: a foreign value must not become a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
