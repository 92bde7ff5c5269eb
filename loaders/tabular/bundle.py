"""A file or folder of tables: which files there are, and which kind each is named after."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Final

from graph.errors import InvalidInput, NotFound
from graph.ontology import KindSpec, Ontology
from loaders.tabular.csv_table import read_csv
from loaders.tabular.json_table import read_json, read_jsonl
from loaders.tabular.parquet_table import read_parquet
from loaders.tabular.table import Table
from loaders.tabular.xlsx_table import read_sheet, sheets

READERS: Final[dict[str, Callable[[Path, str], Table]]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".parquet": read_parquet,
}
WORKBOOKS: Final = (".xlsx", ".xlsm")
_OLD_WORKBOOKS: Final = (".xls", ".xlsb", ".ods", ".et")
_BESIDE: Final = (".md", ".yaml", ".yml", ".txt", ".pdf", ".doc", ".docx")
"""What may lie beside the tables and is no table."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table that can be read: `file` is how messages call it, `name` its file's or sheet's name without ending."""

    file: str
    name: str
    path: Path
    read: Callable[[], Table]

    def matches(self, pattern: str) -> bool:
        """Whether its file's name, or its sheet's, is of this pattern (`*`, `?`)."""
        return fnmatch(self.path.name, pattern) or fnmatch(self.name, pattern)


def files_of(path: Path) -> list[Path]:
    """The files that tables may be in: the file itself, or those of the folder, by name.

    Raises NotFound when there is nothing at the path, InvalidInput for a file of a form that is not read.
    """
    if not path.exists():
        raise NotFound(f"{path} does not exist; give a file or a folder of tables")
    if path.is_file():
        _check_form(path)
        return [path]
    found = []
    for file in sorted(path.iterdir(), key=lambda item: item.name):
        if file.is_file() and not file.name.startswith((".", "~$")) and file.suffix.lower() not in _BESIDE:
            _check_form(file)
            found.append(file)
    if not found:
        raise InvalidInput(f"{path} holds no table; put in {', '.join((*READERS, *WORKBOOKS))} files")
    return found


def tables_of(path: Path) -> Iterator[TableFile]:
    """The tables of a file or folder, by name; each visible sheet of a workbook is one."""
    for file in files_of(path):
        yield from _tables(file)


def tables_in(folder: Path, is_wanted: Callable[[str], bool]) -> Iterator[TableFile]:
    """The tables of the files of a folder whose names are wanted, by name; whatever else lies there is left alone."""
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.is_file() and is_wanted(file.name):
            _check_form(file)
            yield from _tables(file)


def _tables(file: Path) -> Iterator[TableFile]:
    if file.suffix.lower() not in WORKBOOKS:
        yield TableFile(file.name, file.stem, file, partial(READERS[file.suffix.lower()], file, file.name))
        return
    found = sheets(file, file.name)
    for sheet in found:
        shown = file.name if len(found) == 1 else f"{file.name} [{sheet.name}]"
        yield TableFile(shown, sheet.name, file, partial(read_sheet, file, sheet, shown))


def _check_form(file: Path) -> None:
    suffix = file.suffix.lower()
    if suffix in _OLD_WORKBOOKS:
        raise InvalidInput(f"{file.name} is a workbook of another form; save it as .xlsx or CSV UTF-8")
    if suffix not in READERS and suffix not in WORKBOOKS:
        raise InvalidInput(f"{file.name} is no table; known: {', '.join((*READERS, *WORKBOOKS))}")


def hash_of(files: Sequence[Path]) -> str:
    """SHA-256 of the files' names and bytes, in order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(2**20):
                digest.update(chunk)
    return digest.hexdigest()


def kind_named(name: str, ontology: Ontology) -> KindSpec | None:
    """The kind that a file or sheet is named after: enterprises, Enterprise, 企业, enterprises-2024; None: of no kind."""
    by_word = {_word(word): kind for kind in ontology.kinds.values() for word in (kind.name, kind.plural, kind.code)}
    by_word |= {kind.zh: kind for kind in ontology.kinds.values()}
    for candidate in (name, re.sub(r"[-_. ]*[-_. (（]\d[\d\-_. ]*[)）]?$", "", name)):
        found = by_word.get(_word(candidate)) or by_word.get(candidate.strip())
        if found is not None:
            return found
    return None


def require_kind(name: str, ontology: Ontology) -> KindSpec:
    """The kind of this name: its name, plural, code or Chinese label.

    Raises InvalidInput, naming what is near.
    """
    kind = kind_named(name, ontology)
    if kind is None:
        names = sorted(ontology.kinds)
        raise InvalidInput(f"{name!r} is no kind; known: {', '.join(names)}")
    return kind


def _word(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).lower()
