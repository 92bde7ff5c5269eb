"""What an export says of itself: what was asked, of which version, and the hashes by which it can be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.errors import InvalidInput

FORMAT: Final = 1
ENDING: Final = ".manifest.json"


class Manifest(BaseModel):
    """A manifest. `rows_sha256` is of the rows, whatever the file's form; `file_sha256` of the file's bytes.

    `rest` is the answer without its rows, with what it says of its completeness; `complete`: no page and no search was cut.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = Field(default=FORMAT, le=FORMAT)
    document: str
    variables: dict[str, Any]
    operation: str | None = None
    rows: str
    as_of: date
    known_at: datetime
    version: str
    columns: list[str]
    count: int
    complete: bool
    rest: dict[str, Any]
    file: str
    rows_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    file_sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The manifest in a file. Raises InvalidInput, naming the field, when it is none."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise InvalidInput(f"{path} is no manifest of an export: {place}: {first['msg']}") from None

    def as_bytes(self) -> bytes:
        """The file's content."""
        return orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def manifest_path(file: Path) -> Path:
    """Where the manifest of an export stands: beside it."""
    return file.with_name(file.name + ENDING)


def says_complete(answer: Mapping[str, Any]) -> bool:
    """Whether no `completeness` anywhere in an answer says that it was cut."""
    for name, value in answer.items():
        if name == "completeness" and isinstance(value, Mapping) and value.get("complete") is False:
            return False
        if isinstance(value, Mapping) and not says_complete(value):
            return False
    return True
