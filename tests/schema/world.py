"""A small fictional town for the API's tests, in a real SQLite log: two registers that differ, a plan, a chain, an incomplete firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from graph.batch import Statement
from graph.kinds.assets import Receivable
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.identity import Dataset, SameAs
from graph.kinds.parties import Enterprise, GovernmentUnit, Institution, InstitutionType, Supplies, UnitSet
from graph.kinds.places import Industry, Product, Region
from graph.kinds.policy import Measure, OpenQuestion, Policy, Responsibility, Rule, RuleKind, Target, TargetKind, Theme
from graph.kinds.supply_side import AnchorProgramme, LoanProduct
from graph.kinds.terms import Instrument, OfferStatus, Stage, Technique
from graph.knowledge import Knowledge
from graph.log import Log
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref, Span
from graph.search import SearchIndex
from graph.sqlite_log import SqliteLog
from schema.context import Scope, Service
from schema.execution import Answer, Request, run
from schema.schema import Schema
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog


def credit_code(number: int) -> str:
    """A made-up unified social credit code that passes its check digit."""
    stem = f"91980102MA{number:07d}"
    return stem + uscc.calc_check_digit(stem)


def firm_id(number: int) -> str:
    """The id of the enterprise with that code."""
    return f"enterprise:{credit_code(number)}"


ANCHOR, TIER1, TIER2, LONER = (firm_id(number) for number in (1, 2, 3, 4))
BANK = f"institution:{credit_code(50)}"
POLICY = "policy:河政办〔2024〕1号"


def _span(start: int, text: str) -> Span:
    return Span(start, start + len(text), text)


def register() -> list[Record | Statement]:
    """What the commercial register states."""
    return [
        Dataset(id="dataset:register", name="工商登记", reliability=Decimal("0.9")),
        Dataset(id="dataset:directory", name="企业名录", reliability=Decimal("0.6")),
        Region(code="980102", name="河东区"),
        Industry(scheme="gbt4754-2017", code="C34", name="通用设备制造业"),
        Enterprise(
            credit_code=credit_code(1),
            name="河东重工集团有限公司",
            short_name="河东重工",
            aliases=("东重",),
            stage=Stage.MATURE,
            industry=Ref("industry:gbt4754-2017:C34"),
            region=Ref("region:980102"),
            founded_on=date(1998, 3, 1),
            annual_revenue=Money.of(900, unit="万元", printed="900万元"),
            employees=1200,
        ),
        Enterprise(
            credit_code=credit_code(2),
            name="河东轴承有限公司",
            stage=Stage.GROWTH,
            founded_on=date(2010, 5, 20),
            annual_revenue=Money.of(120, unit="万元"),
            region=Ref("region:980102"),
            industry=Ref("industry:gbt4754-2017:C34"),
        ),
        Enterprise(
            credit_code=credit_code(3), name="石桥铸造厂", stage=Stage.GROWTH, annual_revenue=Money.of(30, unit="万元")
        ),
        Enterprise(
            credit_code=credit_code(4), name="长行科技银行服务有限公司", annual_revenue=Money.of(500, currency="USD")
        ),
        Institution(credit_code=credit_code(50), name="河东银行", type=InstitutionType.BANK),
        Product(id="product:bearing", name="轴承"),
        Statement(
            Supplies(
                source=Ref(TIER1),
                target=Ref(ANCHOR),
                product=Ref("product:bearing"),
                annual_amount=Money.of(3650, unit="万元"),
                payment_term_days=90,
                share_of_supplier_revenue=Decimal("0.8"),
            ),
            locator="row 7",
            confidence=Decimal("0.8"),
        ),
        Supplies(source=Ref(TIER2), target=Ref(TIER1), annual_amount=Money.of(730, unit="万元"), payment_term_days=60),
        AnchorProgramme(
            id="anchorProgramme:east",
            name="东重链",
            anchor=Ref(ANCHOR),
            funder=Ref(BANK),
            limit=Money.of(1000, unit="万元"),
        ),
        LoanProduct(
            id="loanProduct:chain",
            name="链贷",
            lender=Ref(BANK),
            technique=Technique.DEEP_TIER,
            status=OfferStatus.OPEN,
            programme=Ref("anchorProgramme:east"),
            advance_rate=Decimal("0.8"),
            max_amount=Money.of(500, unit="万元"),
        ),
        Receivable(
            id="receivable:r1",
            owner=Ref(TIER1),
            obligor=Ref(ANCHOR),
            face=Money.of(200, unit="万元"),
            due_on=date(2025, 9, 1),
        ),
        Receivable(
            id="receivable:r2",
            owner=Ref(TIER1),
            obligor=Ref(ANCHOR),
            face=Money.of(50, unit="万元"),
            due_on=date(2025, 8, 1),
        ),
        FinancingNeed(
            id="financingNeed:n1",
            enterprise=Ref(TIER2),
            amount=Money.of(60, unit="万元"),
            instrument=Instrument.DEBT,
            submitted_on=date(2025, 2, 1),
            needed_by=date(2025, 7, 1),
        ),
        FinancingNeed(
            id="financingNeed:n2",
            enterprise=Ref(TIER2),
            amount=Money.of(80, unit="万元"),
            instrument=Instrument.EQUITY,
            stage=Stage.GROWTH,
            submitted_on=date(2025, 2, 1),
            needed_by=date(2025, 7, 1),
        ),
    ]


def directory() -> list[Record | Statement]:
    """What a directory states: one firm otherwise, one without its name, and an old id of the anchor."""
    return [
        Enterprise(credit_code=credit_code(2), name="河东轴承股份有限公司", website="https://bearing.example"),
        Enterprise(credit_code=credit_code(9), name=None, address="河东区一号"),  # type: ignore[arg-type]
        Enterprise(id="enterprise:directory:东重", name="东方重型"),
        SameAs(source=Ref("enterprise:directory:东重"), target=Ref(ANCHOR), reason="同一登记号"),
    ]


def plan() -> list[Record | Statement]:
    """What a plan states, out of printed order."""
    bureau, units = Ref("governmentUnit:河东区财政局"), Ref("unitSet:各金融机构")
    first, second = Ref("measure:1"), Ref("measure:2")
    return [
        Policy(doc_no="河政办〔2024〕1号", title="河东区产业金融行动方案", issued_on=date(2024, 3, 1)),
        GovernmentUnit(id=bureau, name="河东区财政局"),
        UnitSet(id=units, name="各金融机构"),
        Theme(id="theme:2", policy=Ref(POLICY), number=2, title="扩大股权投资", span=_span(90, "二、扩大股权投资")),
        Theme(id="theme:1", policy=Ref(POLICY), number=1, title="发展供应链金融", span=_span(10, "一、发展供应链金融")),
        Measure(
            id=second, policy=Ref(POLICY), theme=Ref("theme:2"), number=2, title="设立基金", text="设立基金3000万元。",
            span=_span(100, "设立基金3000万元。"),
        ),
        Measure(
            id=first, policy=Ref(POLICY), theme=Ref("theme:1"), number=1, title="推广多级流转", text="推广多级流转。",
            span=_span(20, "推广多级流转。"),
        ),
        Responsibility(source=units, target=first, list_order=2, printed="各金融机构", span=_span(45, "各金融机构")),
        Responsibility(source=bureau, target=first, list_order=1, printed="区财政局", span=_span(40, "区财政局")),
        Target(
            id="target:1", policy=Ref(POLICY), measure=second, number=1, indicator="基金规模", kind=TargetKind.STOCK,
            value=Decimal(3000), unit="万元", printed="3000万元", money=Money.of(3000, unit="万元"), span=_span(104, "3000万元"),
        ),
        Rule(id="rule:b", kind=RuleKind.PRINCIPLE, name="市场化", policy=Ref(POLICY), span=_span(60, "市场化")),
        Rule(id="rule:a", kind=RuleKind.PRINCIPLE, name="风险可控", policy=Ref(POLICY), span=_span(70, "风险可控")),
        OpenQuestion(id="openQuestion:1", policy=Ref(POLICY), number=1, text="未写明期限"),
    ]  # fmt: skip


@dataclass
class World:
    """A town with the schema over it; `ask` asks its present."""

    log: Log
    knowledge: Knowledge
    service: Service
    schema: Schema

    @classmethod
    def built(cls, folder: Path, schema: Schema, ontology: Ontology) -> World:
        """The town, loaded by three sources on three days."""
        log = SqliteLog(folder / "town.db")
        for day, (source, statements) in enumerate(
            (("register", register()), ("directory", directory()), ("plan", plan()))
        ):
            load(log, source, statements, ontology=ontology, recorded_at=datetime(2025, 1, 1 + day, tzinfo=UTC))
        return cls.over(log, schema, ontology)

    @classmethod
    def stating(cls, schema: Schema, ontology: Ontology, *stated: Record) -> World:
        """A world of what one source states."""
        log = MemoryLog()
        load(log, "test", stated, ontology=ontology)
        return cls.over(log, schema, ontology)

    @classmethod
    def over(cls, log: Log, schema: Schema, ontology: Ontology) -> World:
        """The schema over a log."""
        knowledge = knowledge_of(log, ontology=ontology)
        service = Service(knowledge, SearchIndex(ontology))
        service.search.update(knowledge.snapshot)
        return cls(log, knowledge, service, schema)

    def add(self, source: str, statements: Sequence[Record | Statement]) -> None:
        """Load more, and take it in."""
        load(self.log, source, statements, ontology=self.knowledge.snapshot.ontology)
        self.knowledge.refresh()
        self.service.search.update(self.knowledge.snapshot)

    def answer(self, document: str, variables: dict[str, Any] | None = None) -> Answer:
        """The whole answer."""
        return run(self.schema, Scope.present(self.service, 30.0), Request(document, variables))

    def ask(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of an answer without errors."""
        body = self.answer(document, variables).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    def change(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of a mutation's answer without errors."""
        request = Request(document, variables, may_write=True)
        body = run(self.schema, Scope.present(self.service, 30.0), request).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    def refused(self, document: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
        """Code and message of the first error."""
        error = self.answer(document, variables).body["errors"][0]
        return error["extensions"]["code"], error["message"]
