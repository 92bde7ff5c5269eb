"""Why not: blocked candidates by failed gates, and repairs by hand and against brute force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import EncumbranceKind
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Controls, EnterpriseStatus, Group, InstitutionType
from graph.kinds.places import Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import Dimension, Instrument, OfferStatus, Operator, Recourse, Stage, Technique
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.completeness import Budget
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.need import NeedAsked
from queries.financing.path_id import path_id
from queries.financing.repairs.blocked import refused
from queries.financing.repairs.catalogue import proposals
from queries.financing.repairs.kinds import DEFAULT_COSTS, RepairKind, costs_with
from queries.financing.repairs.least import least_repair
from queries.financing.repairs.repair import LeastRepair, Repair, cost_of
from queries.financing.repairs.trial import Trials
from queries.financing.search.walking import leads, walked
from queries.financing.spines import Joined, Spine
from queries.financing.supports import ways_to_support
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import PathStatus, Ternary
from queries.financing_paths import blocked_candidates, financing_path
from queries.why_not import BlockedPath, WhyNot, why_not
from tests.examples import FEW_WORLDS, MENDED
from tests.graph.build import TODAY
from tests.queries.finance import (
    ANCHOR,
    BANK,
    BUYER,
    PROGRAMME,
    SELLER,
    bank,
    chain_view,
    claim_view,
    encumbrance,
    firm,
    limit,
    need,
    product,
    programme,
    receivable,
    supplies,
    view_of,
    wan,
)  # fmt: skip
from tests.queries.path_oracle import World
from tests.queries.path_worlds import records_of, worlds


def ask(view: View, name: str = "seller", **options: Any) -> WhyNot:
    return why_not(view, f"enterprise:{name}", **options)


def only(found: WhyNot) -> BlockedPath:
    assert len(found.blocked) == 1, [path.path.technique.name for path in found.blocked]
    return found.blocked[0]


def failed(path: BlockedPath) -> list[str]:
    return [result.gate.name for result in path.failed_gates]


def kinds(path: BlockedPath) -> list[str] | None:
    return None if path.repair is None else [one.kind.name for one in path.repair.repairs]


def repair(path: BlockedPath) -> Repair:
    assert path.repair is not None
    [one] = path.repair.repairs
    return one


def test_a_path_that_passes_is_not_listed() -> None:
    assert ask(claim_view(receivable(100))).blocked == ()


def test_a_claim_that_may_not_be_assigned_is_repaired_by_leave_to_assign_it() -> None:
    path = only(ask(claim_view(receivable(100, assignable=False))))
    assert path.path.status is PathStatus.BLOCKED
    assert failed(path) == ["TITLE"]
    assert kinds(path) == ["ALLOW_TRANSFER"]
    assert path.repair == LeastRepair(path.repair.repairs, Decimal(3), True)  # type: ignore[union-attr]


def test_a_debtor_that_was_not_notified_is_notified() -> None:
    view = claim_view(receivable(100, notified=False), technique=Technique.FACTORING, with_notice=True)
    assert (failed(only(ask(view))), kinds(only(ask(view)))) == (["NOTICE"], ["NOTIFY"])


def test_an_anchor_that_has_not_confirmed_confirms() -> None:
    view = chain_view(
        firm("t1"), programme(100), product(Technique.PAYABLES_FINANCE, programme=Ref(PROGRAMME)),
        receivable(10, owner=Ref("enterprise:t1"), obligor=Ref(ANCHOR), confirmed=False),
    )  # fmt: skip
    assert kinds(only(ask(view, "t1"))) == ["CONFIRM"]


def test_an_exhausted_anchor_limit_is_raised_by_the_least_that_leaves_headroom() -> None:
    view = chain_view(
        firm("t1"), programme(100, used=wan(130)), supplies("t1", "anchor", 365, 30),
        product(Technique.PAYABLES_FINANCE, programme=Ref(PROGRAMME)),
    )  # fmt: skip
    one = repair(only(ask(view, "t1")))
    # 30万元 over the limit, and 1 分 to lend.
    assert (one.kind, one.field, one.amount) == (RepairKind.RAISE_LIMIT, "limit", Money(30_000_001))


def test_a_limit_below_the_smallest_amount_of_the_offer_is_raised_to_it() -> None:
    view = claim_view(
        receivable(100),
        limit(LimitKind.SINGLE_NAME, SELLER, 50, used=wan(45)),
        recourse=Recourse.FULL,
        min_amount=wan(20),
    )
    one = repair(only(ask(view)))
    assert (one.kind, one.amount) == (RepairKind.RAISE_LIMIT, wan(15))


def test_a_registration_over_all_of_the_claim_is_released() -> None:
    path = only(ask(claim_view(receivable(100), encumbrance("e", EncumbranceKind.PLEDGE, None))))
    assert (failed(path)[0], kinds(path)) == ("PRIOR_CLAIM", ["RELEASE_CLAIM"])


def test_a_registration_that_runs_out_can_be_waited_for_where_that_is_cheaper() -> None:
    view = claim_view(
        receivable(100), encumbrance("e", EncumbranceKind.PLEDGE, None, valid_to=TODAY + timedelta(days=9))
    )
    one = repair(only(ask(view)))
    assert (one.kind, one.until, one.days) == (RepairKind.WAIT, TODAY + timedelta(days=9), 9)
    dear = costs_with({RepairKind.WAIT: Decimal(10)})
    assert kinds(only(ask(view, costs=dear))) == ["RELEASE_CLAIM"]


def test_a_claim_that_falls_due_too_late_is_waited_for() -> None:
    view = claim_view(receivable(100, due_on=TODAY + timedelta(days=200)), tenor_max_days=90)
    one = repair(only(ask(view)))
    assert (one.kind, one.until, one.days) == (RepairKind.WAIT, TODAY + timedelta(days=110), 110)


def test_a_need_for_longer_than_the_claim_runs_is_shortened() -> None:
    view = claim_view(receivable(100, due_on=TODAY + timedelta(days=60)))
    one = repair(only(ask(view, need=need(50, tenor_min_days=90))))
    assert (one.kind, one.days, one.need, one.on) == (RepairKind.SHORTEN_TENOR, 30, (("tenor_min_days", 60),), -1)


def test_a_recorded_need_is_changed_where_it_is_recorded() -> None:
    recorded = FinancingNeed(
        id="financingNeed:n", enterprise=Ref(SELLER), amount=wan(50), instrument=Instrument.DEBT, tenor_max_days=30
    )
    view = claim_view(receivable(100, due_on=TODAY + timedelta(days=60)), recorded)
    path = only(ask(view))
    one = repair(path)
    assert (one.kind, one.days, one.need) == (RepairKind.LENGTHEN_TENOR, 30, ())
    again = financing_path(view.with_changes(one.changes), path.path.id)
    assert again is not None
    assert again.status is PathStatus.AVAILABLE


def test_money_that_comes_too_late_is_needed_later() -> None:
    view = claim_view(receivable(100), processing_days=30)
    one = repair(only(ask(view, need=need(50, needed_by=TODAY + timedelta(days=10)))))
    assert (one.kind, one.days) == (RepairKind.POSTPONE, 20)


def test_a_closed_product_is_reopened() -> None:
    assert kinds(only(ask(claim_view(receivable(100), status=OfferStatus.CLOSED)))) == ["OPEN_PRODUCT"]


def test_missing_facts_are_stated_beside_what_is_repaired() -> None:
    path = only(ask(claim_view(receivable(100, assignable=False, invoice_no=None))))
    assert kinds(path) == ["STATE_FACT", "ALLOW_TRANSFER"]
    assert path.repair is not None
    assert path.repair.cost == 4


def test_a_finance_company_may_be_licensed_to_finance_outside_its_group() -> None:
    view = view_of(
        bank(type=InstitutionType.FINANCE_COMPANY, group=Ref("group:g"), finances_outside_group=False), firm("seller"), firm("buyer"),
        Group(id="group:g", name="g"), product(Technique.RECEIVABLES_LOAN), receivable(100),
    )  # fmt: skip
    path = only(ask(view))
    assert (failed(path), kinds(path)) == (["LICENCE"], ["EXTEND_LICENCE"])


def test_a_guarantor_is_added_with_the_headroom_that_it_takes() -> None:
    view = view_of(
        bank(), firm("seller"), product(Technique.GUARANTEED_LOAN, min_amount=wan(30), status=OfferStatus.CLOSED)
    )
    path = only(ask(view))
    assert kinds(path) == ["ADD_GUARANTOR", "OPEN_PRODUCT"]
    assert path.repair is not None
    assert path.repair.repairs[0].amount == wan(30)


def test_what_the_catalogue_cannot_mend_has_no_repair() -> None:
    view = view_of(
        bank(), firm("seller", status=EnterpriseStatus.CANCELLED), firm("buyer"), product(Technique.RECEIVABLES_LOAN), receivable(100)
    )  # fmt: skip
    path = only(ask(view))
    assert (path.repair, path.was_tried) == (None, True)


def test_more_than_three_repairs_are_found_greedily_and_said_to_be() -> None:
    view = claim_view(
        receivable(100, assignable=False, contract_no=None, invoice_no=None, delivery_no=None),
        status=OfferStatus.CLOSED,
    )
    path = only(ask(view))
    assert path.repair is not None
    assert sorted(kinds(path) or []) == ["ALLOW_TRANSFER", "OPEN_PRODUCT", "STATE_FACT", "STATE_FACT", "STATE_FACT"]
    assert (path.repair.exact, path.repair.cost) == (False, 12)


def test_the_fewest_failed_gates_come_first() -> None:
    view = claim_view(
        receivable(100, assignable=False), product(Technique.RECEIVABLES_LOAN, "other", status=OfferStatus.CLOSED)
    )
    assert [failed(path) for path in ask(view).blocked] == [["TITLE"], ["PRODUCT_OPEN", "TITLE"]]


def test_no_more_are_told_than_asked_for_but_all_are_counted() -> None:
    products = [product(Technique.RECEIVABLES_DISCOUNTING, f"p{at}") for at in range(4)]
    found = ask(claim_view(receivable(100, assignable=False), *products), first=2)
    assert (len(found.blocked), found.total) == (2, 5)


def test_what_nobody_counts_is_not_looked_at() -> None:
    products = [product(Technique.RECEIVABLES_DISCOUNTING, f"p{at:02}") for at in range(9)]
    view = claim_view(receivable(100, assignable=False), *products)
    short, whole = ask(view, first=3, count=False), ask(view)
    assert short.blocked == whole.blocked[:3]
    assert (short.total, short.completeness.complete) == (None, True)
    assert short.completeness.explored_count < whole.completeness.explored_count


def test_more_than_can_be_listed_is_said() -> None:
    products = [product(Technique.RECEIVABLES_DISCOUNTING, f"p{at:03}") for at in range(120)]
    found = ask(claim_view(receivable(100, assignable=False), *products), first=1, repairs=False)
    assert (found.total, found.completeness.complete) == (100, False)
    assert not found.blocked[0].was_tried


def test_a_spent_budget_says_so() -> None:
    found = ask(claim_view(receivable(100, assignable=False)), budget=Budget(expansions=1))
    assert not found.completeness.complete


def test_no_set_of_repairs_is_tried_once_it_is_late() -> None:
    view = claim_view(receivable(100, assignable=False, invoice_no=None), status=OfferStatus.CLOSED)
    listed = blocked_candidates(view, SELLER)
    [found] = listed.paths
    outcome = least_repair(Trials(listed.appraisal), found, DEFAULT_COSTS, lambda: True)
    assert (outcome.repair, outcome.in_time) == (None, False)
    assert least_repair(Trials(listed.appraisal), found, DEFAULT_COSTS).repair is not None


def test_techniques_and_sources_are_kept_to() -> None:
    view = claim_view(
        receivable(100, assignable=False), product(Technique.RECEIVABLES_LOAN, "loan", lender=Ref("institution:other"))
    )
    assert only(ask(view, techniques=[Technique.RECEIVABLES_LOAN])).path.technique is Technique.RECEIVABLES_LOAN
    assert only(ask(view, sources=[BANK])).path.technique is Technique.RECEIVABLES_DISCOUNTING


@pytest.mark.parametrize("cost", [Decimal(-1), Decimal("NaN"), Decimal("1e9"), Decimal("0.0000001")])
def test_a_cost_that_cannot_be_meant_is_refused(cost: Decimal) -> None:
    with pytest.raises(InvalidInput, match=r"costs\.WAIT"):
        costs_with({RepairKind.WAIT: cost})


def test_every_repair_has_a_cost_and_a_label() -> None:
    assert set(DEFAULT_COSTS) == set(RepairKind)


# against brute force


def _spelt(view: View, row: TechniqueRow, spine: Spine, firm: int) -> Iterator[Candidate]:
    """Every way to spell a word from a firm back, step by step, looked at by nothing but the step's own conditions."""

    def back(at: int, repeats: int, nodes: tuple[int, ...], links: tuple[int, ...], hops: int) -> Iterator[Candidate]:
        if at < 0:
            yield Candidate(row, spine, nodes, links)
            return
        step = spine.word[at]
        if isinstance(step.back, Joined):
            found = [(int(node), -1) for node in view.handles(step.back.kind)]
        else:
            _, farther, through = walked(view, step, np.array([nodes[0]]), row.technique, hops)
            found = list(zip(farther.tolist(), through.tolist(), strict=True))
        for node, link in found:
            if node in nodes or len(nodes) > 8 or not leads(view, step, nodes[0], node, link, row.technique, hops):
                continue
            on = (node, *nodes), (link, *links), hops + 1 if step.repeated or step.sells else 0
            if repeats + 1 >= step.least:
                yield from back(at - 1, 0, *on)
            if repeats + 1 < step.most:
                yield from back(at, repeats + 1, *on)

    yield from back(len(spine.word) - 1, 0, (firm,), (), 0)


def _expected(view: View, firm: str, asked: NeedAsked | None) -> list[tuple[int, int, tuple[str, ...]]]:
    appraisal = Appraisal(view, view.require(firm), asked)
    found: list[Appraised] = []
    for row in TECHNIQUES.values():
        for spine in row.spines:
            for bare in _spelt(view, row, spine, appraisal.beneficiary):
                parties = [appraisal.entity(node) for step, node in zip(bare.steps, bare.nodes, strict=False)
                           if step.farther in ("Enterprise", "CapitalSource")]  # fmt: skip
                if len({*parties, bare.beneficiary}) <= len(parties):
                    continue
                for supports in ways_to_support(appraisal, bare):
                    one = appraise(appraisal, Candidate(row, spine, bare.nodes, bare.links, supports))
                    if any(result.verdict is Ternary.NO for result in one.gates):
                        found.append(one)
    return sorted(_order(view, one) for one in found)


def _order(view: View, found: Appraised) -> tuple[int, int, tuple[str, ...]]:
    nodes = found.candidate.nodes
    return refused(found), len(nodes) - 1, tuple(view.ids_of(np.array(nodes)))


@settings(max_examples=FEW_WORLDS)
@given(worlds(firms=4), st.none() | st.integers(1, 900))
def test_blocked_candidates_are_those_of_brute_force_in_order(world: World, amount: int | None) -> None:
    view = view_of(*records_of(world))
    asked = None if amount is None else NeedAsked(Money(amount))
    found = blocked_candidates(view, world.firms[0].id, need=asked)
    shown = [_order(view, one) for one in found.paths]
    expected = _expected(view, world.firms[0].id, asked)
    if found.meter.reason is None:
        assert shown == expected
    else:
        assert len(expected) > 20


TAG = Tag(id="tag:t", name="专精特新")
RELATED: tuple[Record, ...] = (
    firm("head"),
    Controls(source=Ref("enterprise:head"), target=Ref(SELLER), share=Decimal("0.6")),
    Controls(source=Ref("enterprise:head"), target=Ref(BUYER), share=Decimal("0.6")),
)
RULES = tuple(
    Rule(
        id=f"rule:{name}",
        name=name,
        kind=RuleKind.ELIGIBILITY,
        about=Ref("loanProduct:product"),
        operator=operator,
        **fields,
    )
    for name, operator, fields in (
        ("tag", Operator.IN, {"dimension": Dimension.TAG, "tag": Ref("tag:t")}),
        ("stage", Operator.IN, {"dimension": Dimension.STAGE, "stage": Stage.GROWTH}),
        ("no stage", Operator.NOT_IN, {"dimension": Dimension.STAGE, "stage": Stage.SEED}),
        ("ticket", Operator.GTE, {"dimension": Dimension.TICKET, "amount": wan(2)}),
        ("words", None, {"text": "信用良好"}),
    )
)


@dataclass(frozen=True)
class Asked:
    """A seller's claim with what is recorded of it, the product that takes it, and the need."""

    records: tuple[Record, ...]
    product: dict[str, Any]
    need: NeedAsked | None


@st.composite
def claims(draw: st.DrawFn) -> Asked:
    """A seller with a claim, of which any gate may say no or not know."""
    yes_no = st.sampled_from([True, True, False, None])
    days = st.sampled_from([None, 20, 60, 200])
    due = draw(days)
    records: list[Any] = [
        receivable(
            draw(st.integers(0, 3)), arms_length=draw(yes_no), assignable=draw(yes_no), notified=draw(yes_no),
            invoice_no=draw(st.sampled_from(["i", None])),
            due_on=None if due is None else TODAY + timedelta(days=due),
        )
    ]  # fmt: skip
    for at in range(draw(st.integers(0, 2))):
        ends = draw(st.sampled_from([None, TODAY + timedelta(days=30)]))
        amount = draw(st.sampled_from([None, 0, 1, 5]))
        number = draw(st.sampled_from([None, "r"]))
        records.append(encumbrance(str(at), EncumbranceKind.PLEDGE, amount, valid_to=ends, registry_no=number))
    if draw(st.booleans()):
        most, used = draw(st.sampled_from([None, 0, 5])), draw(st.sampled_from([wan(0), wan(7)]))
        records.append(limit(LimitKind.SINGLE_NAME, draw(st.sampled_from([SELLER, BUYER])), most, used=used))
    records += draw(st.sampled_from([(), (), RELATED]))
    records += (TAG, *draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)))
    fields: dict[str, Any] = dict(
        purposes=draw(st.sampled_from([(), ("购置设备",)])),
        technique=draw(st.sampled_from([Technique.FACTORING, Technique.RECEIVABLES_LOAN])),
        status=draw(st.sampled_from([OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.CLOSED, None])),
        with_notice=draw(yes_no),
        recourse=draw(st.sampled_from(list(Recourse))),
        tenor_max_days=draw(st.sampled_from([None, 30, 90])),
        processing_days=draw(st.sampled_from([None, 5, 40])),
        max_amount=draw(st.sampled_from([None, wan(0), wan(1)])),
        min_amount=draw(st.sampled_from([None, wan("0.5")])),
    )
    if not draw(st.booleans()):
        return Asked(tuple(records), fields, None)
    by = draw(st.sampled_from([None, 10, 100]))
    low, high = draw(st.sampled_from([None, 40])), draw(st.sampled_from([None, 50]))
    needed_by = None if by is None else TODAY + timedelta(days=by)
    purpose = draw(st.sampled_from([None, "购置设备", "流动资金"]))
    asked = need(1, tenor_min_days=low, tenor_max_days=high, needed_by=needed_by, purpose=purpose)
    return Asked(tuple(records), fields, asked)


def _passes(view: View, found: Appraised, chosen: Sequence[Repair], asked: NeedAsked | None) -> bool:
    """Whether the path passes in the view that the repairs make, looked up there by its id."""
    identifier = path_id(view, found.candidate)
    until: date | None = max((one.until for one in chosen if one.until is not None), default=None)
    then = view if until is None else view.on(until)
    try:
        then = then.with_changes([change for one in chosen for change in one.changes], trusted=True)
    except (InvalidInput, NotFound):
        return False
    if asked is not None:
        fields = {
            name: getattr(asked, name)
            for name in ("amount", "instruments", "tenor_min_days", "tenor_max_days", "needed_by", "purpose")
        }
        fields |= {name: value for one in chosen for name, value in one.need}
        if (
            None not in (fields["tenor_min_days"], fields["tenor_max_days"])
            and fields["tenor_min_days"] > fields["tenor_max_days"]
        ):
            return False
        asked = NeedAsked(**fields)
    path = financing_path(then, identifier, need=asked)
    return path is not None and all(result.verdict is Ternary.YES for result in path.gates)


@settings(max_examples=MENDED)
@given(claims())
def test_a_repair_makes_the_path_pass_and_no_cheaper_set_of_the_catalogue_does(asked: Asked) -> None:
    view, wanted = claim_view(*asked.records, **asked.product), asked.need
    appraisal_need = None if wanted is None else wanted.checked(view)
    listed = blocked_candidates(view, SELLER, need=wanted)
    for found in listed.paths[:1]:
        least = least_repair(Trials(listed.appraisal), found, DEFAULT_COSTS).repair
        options = proposals(Case(listed.appraisal, found.candidate), found)
        if least is not None:
            assert _passes(view, found, least.repairs, appraisal_need)
            assert least.cost == cost_of(least.repairs, DEFAULT_COSTS)
        # Where there is no repair at all, pairs show it well enough: three take ten times as long.
        for size in range(4 if least is not None else 3):
            for chosen in combinations(options, size):
                cost = cost_of(chosen, DEFAULT_COSTS)
                if least is None or cost < least.cost:
                    if least is not None and not least.exact:
                        continue
                    assert not _passes(view, found, chosen, appraisal_need), [one.kind.name for one in chosen]
