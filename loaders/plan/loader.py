"""The plan loader as the command line knows it: a text file becomes the statements of one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from graph.batch import Batch, Rejection
from graph.errors import InvalidInput
from graph.kinds.demand_side import Event, ProjectList
from graph.kinds.identity import Dataset, PossiblySameAs
from graph.kinds.parties import (
    BankBranch,
    Fund,
    GovernmentUnit,
    Institution,
    MemberOf,
    Person,
    Tagged,
    UnitSet,
)
from graph.kinds.places import Region, Tag
from graph.kinds.policy import (
    AddressedTo,
    Committee,
    Duty,
    HasDuty,
    Measure,
    Mentions,
    OpenQuestion,
    Policy,
    Post,
    Programme,
    Responsibility,
    Rule,
    Target,
    Theme,
)
from graph.kinds.supply_side import LoanProduct, LossSharing, Pool, Subsidy, VoucherScheme
from graph.ontology import Ontology
from loaders.base import Extraction, Part
from loaders.plan.read import read_plan
from loaders.plan.reading import PlanReading
from loaders.plan.records import plan_statements
from loaders.plan.sought import may_set_goals
from loaders.tabular.encoding import decode

KINDS: Final = tuple(
    sorted(
        kind.__name__
        for kind in (
            AddressedTo, BankBranch, Committee, Dataset, Duty, Event, Fund, GovernmentUnit, HasDuty, Institution, LoanProduct,
            LossSharing, Measure, MemberOf, Mentions, OpenQuestion, Person, Policy, Pool, PossiblySameAs, Post, Programme,
            ProjectList, Region, Responsibility, Rule, Subsidy, Tag, Tagged, Target, Theme, UnitSet, VoucherScheme,
        )
    )
)  # fmt: skip
"""The kinds that a plan can state: a later reading of the document ends what it no longer states."""


@dataclass(frozen=True, slots=True)
class PlanLoader:
    """Reads the text of a municipal plan."""

    name: str = "plan"
    summary: str = "the text of a municipal plan: measures, who answers for them, targets, rules, funds, pools, units"

    def extract(self, path: Path, ontology: Ontology, options: Mapping[str, str]) -> Extraction:
        """The extraction of one plan's text, UTF-8 or GB18030.

        `options`: `source` names the dataset (left out: the document number), `doc_no` gives the number of a plan that prints
        none, `region` the code of its place where a register has one. A text that is no plan is one rejected row that says what
        the form expects; so is a letter, reply or regulation that makes nobody answer for anything. `notes` names what a plan
        lacks, and how many numbers it only tells. Raises InvalidInput for a path that is no readable text file.
        """
        if not path.is_file():
            raise InvalidInput(f"{path} is no file; name the text file of one plan")
        data = path.read_bytes()
        decoded = decode(data, path.name)
        reading = read_plan(decoded.text)
        doc_no = options.get("doc_no") or (reading.header.doc_no.name if reading.header.doc_no is not None else "")
        source = options.get("source") or doc_no or path.stem
        digest = sha256(data).hexdigest()
        is_other = not reading.is_plan and not may_set_goals(reading.header)
        if not doc_no or not reading.measures or is_other:
            rejected = Part(Batch({}), (_no_plan(reading, path.name, doc_no),), rows=1)
            return Extraction(source, KINDS, (rejected,), path.name, 1, digest)
        statements = plan_statements(
            reading, decoded.text, doc_no=doc_no, source=source, region=options.get("region") or None
        )
        batch = Batch.of(statements, ontology)
        notes = {f"not in the text: {one.text}": 1 for one in reading.missed}
        if reading.told:
            notes["numbers that the text tells without setting a goal: no target is made of them"] = len(reading.told)
        if decoded.damaged:
            notes["some bytes of the file could not be read"] = 1
        return Extraction(source, KINDS, (Part(batch, rows=batch.rows),), path.name, batch.rows, digest, notes)


def _no_plan(reading: PlanReading, file: str, doc_no: str) -> Rejection:
    lacks = "; ".join(one.text for one in reading.missed)
    remedy = "load the text of a municipal plan with numbered measures"
    if reading.measures and not doc_no:
        remedy = "give the plan's document number as the option doc_no"
    if doc_no and reading.measures:
        lacks = f"its title says that it is a letter, reply or regulation, and nobody answers for anything; {lacks}"
    return Rejection(
        code="NO_PLAN",
        kind="Policy",
        row="chars 0-" + str(reading.length),
        field="docNo" if not doc_no else "measures",
        value=reading.header.title.name if reading.header.title is not None else "",
        reason=f"the text does not have the form of a plan: {lacks}" if lacks else "the text has no document number",
        remedy=remedy,
        file=file,
    )
