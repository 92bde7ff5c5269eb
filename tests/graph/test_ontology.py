"""One declaration, everything else derived: kinds, columns, relations, and declarations that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest

from graph.fields import FieldType, Storage, camel
from graph.kinds.parties import Enterprise
from graph.money import Money
from graph.ontology import Ontology, pluralise, upper_snake
from graph.records import KINDS, Label, Link, Node, Record, Ref, Span, Term, declared_for_a_while
from graph.values import columns_of, record_of

ONTOLOGY = Ontology.current()


@pytest.fixture
def scratch() -> Iterator[None]:
    with declared_for_a_while():
        yield


def test_every_kind_of_the_domain_is_declared() -> None:
    groups = """Enterprise Institution BankBranch Fund FundManager GovernmentUnit UnitSet Incubator Group Region Industry Product Tag
        Receivable Order SalesContract PurchaseContract WarehouseReceipt IpRight RevenueRight Deposit FxDocument Bill CreditClaim
        Voucher Equipment Building LandUseRight Facility Loan LoanBatch Guarantee Encumbrance InsurancePolicy Lease InvestmentRound
        Commitment BondIssue Swap PppContract Merger AnchorProgramme JointCredit Collaboration LoanProduct Pool Subsidy
        VoucherScheme LossSharing FinancingNeed Project ProjectList ListingStage Event Case Policy Theme Measure Target Rule Duty
        Programme Committee Post Person Observation Assessment"""
    assert set(groups.split()) <= {kind.name for kind in ONTOLOGY.nodes}


def test_every_relation_of_the_domain_is_there() -> None:
    edges = """SUPPLIES IN_INDUSTRY LOCATED_IN PART_OF UPSTREAM_OF MAKES CONTROLS TAGGED OWNED_BY OWED_BY SPLIT_FROM HELD_BY ON
        OFFERED_BY GRANTED_BY GRANTED_TO LENT_BY BORROWED_BY GUARANTOR COVERED_BY SECURED_BY ANCHORED_BY FUNDED_BY SUBFUND_OF
        MANAGED_BY INVESTED_BY INVESTED_IN FULFILS LISTED_IN MEMBER_OF RESPONSIBLE_FOR ISSUED_BY POSSIBLY_SAME_AS SUCCEEDED_BY
        LINKED_WITH SAME_AS"""
    assert set(edges.split()) <= {relation.name for relation in ONTOLOGY.relations}


def test_every_field_has_both_labels_and_a_description() -> None:
    for kind in ONTOLOGY.kinds.values():
        assert kind.zh
        assert kind.description
        assert all(spec.label.zh and spec.en and spec.description for spec in kind.fields), kind.name


def test_inverse_fields_are_unique_on_each_target() -> None:
    seen: set[tuple[str, str]] = set()
    for relation in ONTOLOGY.relations:
        for target in relation.targets:
            if relation.inverse is not None:
                assert (target, relation.inverse) not in seen
                seen.add((target, relation.inverse))


def test_a_money_field_has_three_columns_and_a_reference_one() -> None:
    receivable = ONTOLOGY["Receivable"]
    assert [column.name for column in receivable.by_name["face"].columns] == ["face", "face_currency", "face_printed"]
    assert [column.storage for column in receivable.by_name["owner"].columns] == [Storage.REF]


def test_an_abstract_reference_names_all_kinds_below() -> None:
    assert set(ONTOLOGY.concrete("ResponsibleUnit")) == {"Institution", "BankBranch", "GovernmentUnit", "UnitSet"}
    assert "Receivable" in ONTOLOGY.concrete("Asset")
    assert ONTOLOGY.concrete("Enterprise") == ("Enterprise",)


class Colour(Term):
    RED = "红"
    BLUE = "蓝"


def test_a_kind_declared_at_run_time_is_derived_like_any_other(scratch: None) -> None:
    class Lighthouse(Node, zh="灯塔工厂"):
        """A factory that others visit."""

        name: Annotated[str, Label("名称")]
        firm: Annotated[Ref[Enterprise], Label("企业", inverse="lighthouses")]
        colour: Annotated[Colour | None, Label("颜色")] = None

    ontology = Ontology.current()
    kind = ontology["Lighthouse"]
    assert (kind.prefix, kind.code, kind.plural, kind.en) == ("lighthouse", "LIGHTHOUSE", "lighthouses", "Lighthouse")
    assert [spec.name for spec in kind.required] == ["name", "firm"]
    assert kind.by_name["colour"].holds is FieldType.TERM
    assert any(
        relation.inverse == "lighthouses" and relation.targets == ("Enterprise",) for relation in ontology.relations
    )
    assert ontology.hash != ONTOLOGY.hash


def test_kinds_declared_for_a_while_are_forgotten() -> None:
    assert "Lighthouse" not in KINDS


def test_a_reserved_name_is_refused(scratch: None) -> None:
    with pytest.raises(TypeError, match="Claim"):
        type("Claim", (Node,), {"__annotations__": {}}, zh="声明")


def test_a_second_kind_of_one_name_is_refused(scratch: None) -> None:
    with pytest.raises(TypeError, match="Enterprise exists already"):
        type("Enterprise", (Node,), {"__annotations__": {}}, zh="企业")


def test_a_list_of_references_is_refused(scratch: None) -> None:
    annotations = {"firms": Annotated[tuple[Ref[Enterprise], ...], Label("企业")]}
    type("Club", (Node,), {"__annotations__": annotations, "firms": ()}, zh="俱乐部")
    with pytest.raises(TypeError, match="declare a Link"):
        Ontology.current()


def test_a_field_without_label_is_refused(scratch: None) -> None:
    type("Club", (Node,), {"__annotations__": {"name": str}}, zh="俱乐部")
    with pytest.raises(TypeError, match=r"Club\.name needs one Label"):
        Ontology.current()


def test_a_reference_to_no_kind_is_refused(scratch: None) -> None:
    type("Club", (Node,), {"__annotations__": {"of": Annotated[Ref["Nowhere"], Label("属于")]}}, zh="俱乐部")  # type: ignore[name-defined]  # noqa: F821
    with pytest.raises(TypeError, match=r"Club\.of refers to Nowhere"):
        Ontology.current()


def test_two_fields_that_would_give_a_target_one_name_are_told_apart(scratch: None) -> None:
    annotations = {
        "a": Annotated[Ref[Enterprise], Label("甲")],
        "b": Annotated[Ref[Enterprise], Label("乙")],
    }
    type("Pair", (Node,), {"__annotations__": annotations}, zh="对")
    inverses = [relation.inverse for relation in Ontology.current().relations if relation.kind == "Pair"]
    assert inverses[:2] == ["pairs", "pairsByB"]


@pytest.mark.parametrize(
    ("word", "plural"),
    [("enterprise", "enterprises"), ("industry", "industries"), ("bankBranch", "bankBranches"), ("case", "cases")],
)
def test_plurals(word: str, plural: str) -> None:
    assert pluralise(word) == plural


def test_names_change_their_form_in_one_place() -> None:
    assert (camel("payment_term_days"), upper_snake("LoanProduct")) == ("paymentTermDays", "LOAN_PRODUCT")


def test_a_record_survives_its_stored_form(scratch: None) -> None:
    class Everything(Link, zh="样样"):
        """Every type of field."""

        source: Annotated[Ref[Enterprise], Label("起")]
        target: Annotated[Ref[Enterprise], Label("止")]
        text: Annotated[str | None, Label("文")] = None
        texts: Annotated[tuple[str, ...], Label("多文")] = ()
        number: Annotated[int | None, Label("数")] = None
        flag: Annotated[bool | None, Label("是否")] = None
        day: Annotated[date | None, Label("日")] = None
        share: Annotated[Decimal | None, Label("比例")] = None
        money: Annotated[Money | None, Label("金额")] = None
        span: Annotated[Span | None, Label("位置")] = None
        colour: Annotated[Colour | None, Label("颜色")] = None
        colours: Annotated[tuple[Colour, ...], Label("颜色们")] = ()

    kind = Ontology.current()["Everything"]
    full: Record = Everything(
        id="x", source=Ref("enterprise:a"), target=Ref("enterprise:b"), text="文", texts=("一", "二"), number=-3, flag=False,
        day=date(2020, 2, 29), share=Decimal("0.123456"), money=Money(10**13, "USD", "10万亿"), span=Span(1, 3, "引文"),
        colour=Colour.BLUE, colours=(Colour.RED, Colour.BLUE),
    )  # fmt: skip
    empty: Record = Everything(id="x", source=Ref("enterprise:a"), target=Ref("enterprise:b"))
    for record in (full, empty):
        assert record_of(kind, "x", columns_of(kind, record)) == record
