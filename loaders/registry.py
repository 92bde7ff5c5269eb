"""The loaders by name: the ones written in Python, and every mapping that ships beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graph.errors import NotFound
from graph.ontology import Ontology
from loaders.base import Extraction, Loader
from loaders.city.generator import SOURCE
from loaders.plan.loader import PlanLoader
from loaders.tabular.extract import TabularLoader
from loaders.tabular.mapped_extract import MappedLoader

CITY: Final = TabularLoader("city", "a generated city's bundle of tables", SOURCE)
"""A generated city is a bundle like anyone's, but for the name of its source."""

MAPPINGS: Final = Path(__file__).parent / "mappings"
"""The folder of the mappings that ship."""


def loaders() -> dict[str, Loader]:
    """The loaders by the names that the command line gives them, in order of name."""
    mapped = [MappedLoader(file) for file in MAPPINGS.glob("*.yaml")]
    found: list[Loader] = [PlanLoader(), TabularLoader(), CITY, *mapped]
    return {loader.name: loader for loader in sorted(found, key=lambda loader: loader.name)}


def open_source(name: str, path: Path, ontology: Ontology, options: Mapping[str, str] | None = None) -> Extraction:
    """The extraction of `path` by the loader of this name, or under the mapping of this YAML file.

    `options` are the loader's own: `source` renames the dataset, `kind` says what a table holds. Raises NotFound for an unknown
    loader, InvalidInput when the input as a whole cannot be read.
    """
    known = loaders()
    if name in known:
        return known[name].extract(path, ontology, options or {})
    if name.endswith((".yaml", ".yml")):
        return MappedLoader(Path(name)).extract(path, ontology, options or {})
    raise NotFound(f"there is no loader {name!r}; known: {', '.join(known)}, or the path of a mapping (.yaml)")
