"""What backs a path without carrying cash: who covers what, what it draws, and what it leaves as it is. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from graph.kinds.contracts import BondIssue, BondType, Funding, Guarantee, InsurancePolicy, Loan
from graph.kinds.parties import InstitutionType
from graph.kinds.supply_side import LimitKind, LossSharing, Pool, Subsidy, SubsidyKind
from graph.kinds.terms import DrawBasis, OfferStatus, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathStatus, SupportKind
from queries.financing_paths import financing_path
from tests.queries.finance import (
    BANK,
    SELLER,
    ask,
    bank,
    capacities,
    constraint,
    dec,
    firm,
    in_wan,
    limit,
    missing_of,
    only,
    product,
    view_of,
    wan,
)

INSURED, LINE, GUARANTEED = Technique.INSURED_LOAN, Technique.COMPREHENSIVE_LINE, Technique.GUARANTEED_LOAN
INSURER, PRODUCT = "institution:insurer", "loanProduct:product"


def insurer(**fields: object) -> Record:
    given = {"insurance_limit": wan(1000), **fields}
    return bank("insurer", type=InstitutionType.INSURER, **given)


def policy(name: str = "offer", **fields: object) -> InsurancePolicy:
    given = {"insurer": Ref(INSURER), "insured": Ref(BANK), "debtor": Ref(SELLER), "deductible": dec("0.2"), **fields}
    return InsurancePolicy(id=f"insurancePolicy:{name}", **given)


def insured_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), bank("other"), firm("seller"), firm("other"), product(INSURED, **fields), *records)


def kinds(path: FinancingPath) -> list[SupportKind]:
    return [support.kind for support in path.supports]


def test_policy_moves_what_it_pays_from_the_debtor_to_the_insurer() -> None:
    view = insured_view(insurer(), policy(), limit(LimitKind.SINGLE_NAME, SELLER, 50))
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (INSURED, PathStatus.AVAILABLE, [250])
    assert constraint(path, ConstraintKind.SINGLE_NAME).draw_per_yuan == dec("0.2")
    assert constraint(path, ConstraintKind.INSURER).draw_per_yuan == dec("0.8")


def test_insurer_is_bound_in_all_for_one_name_and_by_its_offer() -> None:
    written = policy("g", debtor=Ref("enterprise:other"), contract=Ref("loan:l"), outstanding=wan(300))
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref("enterprise:other"), principal=wan(400))
    records = insurer(net_assets=wan(500), guarantee_multiple=Decimal(4), per_name_share=dec("0.1"))
    path = only(ask(insured_view(records, written, loan, policy(deductible=Decimal(0), limit=wan(70))), "seller"))
    bounds = [in_wan([one.limit, one.used]) for one in path.constraints if one.kind is ConstraintKind.INSURER]
    assert bounds == [[1000, 300], [2000, 300], [50, 0], [70, 0]]
    assert in_wan([path.capacity]) == [50]


def test_deductible_that_nobody_states_fits_both_limits() -> None:
    view = insured_view(insurer(), policy(deductible=None), limit(LimitKind.SINGLE_NAME, SELLER, 50))
    assert capacities(ask(view, "seller")) == [50]


def test_without_a_policy_the_insurer_is_still_to_be_found() -> None:
    path = only(ask(insured_view(), "seller"))
    assert (path.status, path.capacity) == (PathStatus.PROSPECTIVE, None)
    assert [(one.kind, one.by) for one in path.missing] == [("InsurancePolicy", -1)]
    assert path.binding_constraint.kind is ConstraintKind.INSURER


def test_insurer_without_any_limit_stated_leaves_no_capacity() -> None:
    path = only(ask(insured_view(insurer(insurance_limit=None), policy()), "seller"))
    assert (path.status, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["insuranceLimit"])


def test_policy_for_another_lender_is_no_offer_and_the_firms_own_is_one_to_any() -> None:
    other = insured_view(insurer(), policy(insured=Ref("institution:other")))
    own = insured_view(insurer(), policy(insured=Ref(SELLER), debtor=None))
    assert [only(ask(view, "seller")).status for view in (other, own)] == [PathStatus.PROSPECTIVE, PathStatus.AVAILABLE]


def test_insurer_at_its_limit_blocks_the_path() -> None:
    view = insured_view(insurer(insurance_limit=wan(0)), policy())
    assert not ask(view, "seller").paths


def test_policy_of_a_contract_in_force_is_shown_on_it() -> None:
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), technique=INSURED, principal=wan(40))
    path = only(ask(view_of(bank(), firm("seller"), insurer(), loan, policy(contract=Ref("loan:l"))), "seller"))
    assert (path.status, path.technique, kinds(path)) == (PathStatus.EXISTING, INSURED, [SupportKind.INSURANCE])


def test_what_a_policy_covers_is_no_exposure_to_the_debtor() -> None:
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(100))
    view = view_of(
        bank(), firm("seller"), insurer(), loan, policy(contract=Ref("loan:l")), product(LINE),
        limit(LimitKind.SINGLE_NAME, SELLER, 50),
    )  # fmt: skip
    assert in_wan([constraint(only(ask(view, "seller")), ConstraintKind.SINGLE_NAME).used]) == [20]


def sharing(**fields: object) -> LossSharing:
    given = {
        "government": Ref("institution:fiscal"), "government_share": dec("0.4"), "bank_share": dec("0.3"),
        "insurer_share": dec("0.3"), **fields,
    }  # fmt: skip
    return LossSharing(id="lossSharing:s", name="s", product=Ref(PRODUCT), **given)


def test_three_parties_share_the_loss_and_the_bank_keeps_its_part() -> None:
    view = insured_view(
        insurer(), bank("fiscal"), policy(deductible=dec("0.7")), sharing(), limit(LimitKind.SINGLE_NAME, SELLER, 60)
    )
    path = only(ask(view, "seller"))
    assert [(one.kind, one.cover_share) for one in path.supports] == [
        (SupportKind.INSURANCE, dec("0.3")),
        (SupportKind.LOSS_SHARING, dec("0.4")),
    ]
    assert (in_wan([path.capacity]), constraint(path, ConstraintKind.SINGLE_NAME).draw_per_yuan) == ([200], dec("0.3"))


def test_loss_sharing_counts_from_its_first_day() -> None:
    view = insured_view(insurer(), bank("fiscal"), policy(), sharing(since=date(2030, 1, 1)))
    assert kinds(only(ask(view, "seller"))) == [SupportKind.INSURANCE]


def subsidy(kind: SubsidyKind, **fields: object) -> Subsidy:
    given = {"product": Ref(PRODUCT), "payer": Ref("institution:fiscal"), **fields}
    return Subsidy(id=f"subsidy:{kind.name}", name=kind.name, kind=kind, **given)


EVERY = [subsidy(kind) for kind in SubsidyKind]


def test_subsidies_back_the_step_that_they_pay_for_and_cover_nothing() -> None:
    view = insured_view(insurer(), bank("fiscal"), policy(), limit(LimitKind.SINGLE_NAME, SELLER, 50), *EVERY)
    path = only(ask(view, "seller"))
    assert set(kinds(path)) == {
        SupportKind.INSURANCE, SupportKind.INTEREST_SUBSIDY, SupportKind.PREMIUM_SUBSIDY, SupportKind.LOSS_SUBSIDY,
    }  # fmt: skip
    assert {one.cover_share for one in path.supports if one.kind is not SupportKind.INSURANCE} == {Decimal(0)}
    assert in_wan([path.capacity]) == [250]


def test_fee_of_a_guarantee_is_subsidised_only_where_there_is_one() -> None:
    offer = Guarantee(id="guarantee:g", guarantor=Ref("enterprise:other"), debtor=Ref(SELLER), amount=wan(9))
    view = view_of(bank(), bank("fiscal"), firm("seller"), firm("other"), product(GUARANTEED), offer, *EVERY)
    assert SupportKind.GUARANTEE_FEE_SUBSIDY in kinds(only(ask(view, "seller")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": OfferStatus.CLOSED}, 0), ({"status": OfferStatus.OPEN}, 1), ({"granted_to": Ref(SELLER)}, 1),
        ({"granted_to": Ref("enterprise:other")}, 0), ({"product": None}, 0),
    ],
)  # fmt: skip
def test_subsidy_counts_where_it_is_granted_or_open(fields: dict[str, object], expected: int) -> None:
    view = view_of(
        bank(), bank("fiscal"), firm("seller"), firm("other"), product(LINE, max_amount=wan(9)),
        subsidy(SubsidyKind.INTEREST, **fields),
    )  # fmt: skip
    assert len(only(ask(view, "seller")).supports) == expected


def funded_view(*records: Record, **bond: object) -> View:
    given = {"issuer": Ref(BANK), "type": BondType.GREEN_FINANCIAL, "issued": wan(5000), **bond}
    issue = BondIssue(id="bondIssue:green", **given)
    link = Funding(source=Ref("bondIssue:green"), target=Ref(PRODUCT), raises=wan(300))
    return view_of(bank(), bank("other"), firm("seller"), product(LINE, max_amount=wan(500)), issue, link, *records)


@pytest.mark.parametrize("kind", [BondType.GREEN_FINANCIAL, BondType.POLICY_BANK])
def test_bond_of_the_lender_raises_the_most_of_its_product(kind: BondType) -> None:
    path = only(ask(funded_view(type=kind), "seller"))
    assert (in_wan([path.capacity]), kinds(path)) == ([800], [SupportKind.FUNDING])


@pytest.mark.parametrize(
    "bond",
    [
        {"type": BondType.GREEN_COMPANY}, {"issuer": Ref("institution:other")}, {"issued": None},
        {"due_on": date(2020, 1, 1)},
    ],
)  # fmt: skip
def test_bond_that_is_not_the_lenders_own_money_raises_nothing(bond: dict[str, object]) -> None:
    path = only(ask(funded_view(**bond), "seller"))
    assert (in_wan([path.capacity]), path.supports) == ([500], ())


def test_lenders_bond_is_no_way_of_money_to_anybody() -> None:
    view = view_of(bank(), firm("seller"), BondIssue(id="bondIssue:b", issuer=Ref(BANK), type=BondType.POLICY_BANK))
    assert not ask(view, "seller").paths


def all_at_once(*records: Record) -> View:
    pool = Pool(
        id="pool:p", name="p", balance=wan(900), multiple=Decimal(1), draw_basis=DrawBasis.COVER, cover_share=dec("0.5")
    )
    offers = [
        Guarantee(
            id=f"guarantee:{name}", guarantor=Ref("enterprise:other"), debtor=Ref(SELLER), amount=wan(amount), cover_share=dec("0.4")
        )
        for name, amount in (("a", 100), ("b", 200))
    ]  # fmt: skip
    offered = product(GUARANTEED, pool=Ref("pool:p"))
    return view_of(bank(), bank("fiscal"), firm("seller"), firm("other"), pool, *offers, offered, *records)


def test_several_supports_back_one_loan_and_only_the_guarantee_makes_ways() -> None:
    bare, full = all_at_once(), all_at_once(sharing(government_share=dec("0.1")), *EVERY)
    found = [ask(view, "seller") for view in (bare, full)]
    assert [set(capacities(one)) for one in found] == [{500, 250}] * 2
    before, after = ({path.id for path in one.paths} for one in found)
    assert before == after
    assert kinds(found[1].paths[0])[:3] == [SupportKind.POOL_COVER, SupportKind.GUARANTEE, SupportKind.LOSS_SHARING]


def test_covers_together_leave_the_debtor_what_none_of_them_bears() -> None:
    view = all_at_once(sharing(government_share=dec("0.1")), limit(LimitKind.SINGLE_NAME, SELLER, 10))
    path = ask(view, "seller").paths[0]
    assert constraint(path, ConstraintKind.SINGLE_NAME).draw_per_yuan == 0


def test_path_of_each_guarantee_is_found_again_by_its_id() -> None:
    view = all_at_once(sharing(), *EVERY)
    for path in ask(view, "seller").paths:
        assert financing_path(view, path.id) == path
