"""V, free and lendable of a claim."""

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.limits.receivables import PriorClaim, is_past, outstanding, worth
from tests.examples import EXAMPLES

ASSIGNED, PLEDGED = True, False

claims = st.lists(
    st.builds(PriorClaim, st.integers(1, 4), st.booleans(), st.one_of(st.none(), st.integers(0, 10**6))), max_size=6
)
shares = st.integers(0, 1_000_000)


def test_worked_case_of_value_free_and_lendable() -> None:
    found = worth(
        1000, [PriorClaim(1, ASSIGNED, 200), PriorClaim(2, PLEDGED, 300)], dilution=50_000, advance_rate=800_000
    )
    assert (found.value, found.free, found.lendable) == (750, 450, 300)


def test_what_is_paid_is_owed_no_more() -> None:
    assert worth(outstanding(1000, 600, None, None), [], dilution=50_000).value == 380


def test_deductions_that_nobody_records_are_none() -> None:
    assert outstanding(1000, None, None, None) == 1000


def test_outstanding_is_never_negative() -> None:
    assert outstanding(1000, 900, 200, 50) == 0


def test_contract_registered_as_assignment_and_as_pledge_counts_once() -> None:
    both = [PriorClaim(7, ASSIGNED, 200), PriorClaim(7, PLEDGED, 200)]
    assert worth(1000, both, advance_rate=800_000).lendable == 600


def test_renewed_registration_counts_once() -> None:
    assert worth(1000, [PriorClaim(7, PLEDGED, 200), PriorClaim(7, PLEDGED, 300)]).lendable == 700


def test_registration_without_amount_encumbers_all() -> None:
    found = worth(1000, [PriorClaim(1, PLEDGED, None)])
    assert (found.free, found.lendable, found.encumbered_whole) == (0, 0, True)


def test_claims_above_the_value_leave_nothing() -> None:
    found = worth(1000, [PriorClaim(1, ASSIGNED, 1500)])
    assert (found.value, found.free, found.lendable) == (-500, 0, 0)


def test_only_the_end_is_rounded_down() -> None:
    # 10 · 0.95 · 0.8 = 7.6; rounding V first would give 7.2.
    assert worth(10, [], dilution=50_000, advance_rate=800_000).lendable == 7


def test_amounts_beyond_64_bits_in_between_are_exact() -> None:
    assert worth(10**13 + 1, [], dilution=1, advance_rate=999_999).lendable == (10**13 + 1) * 999_999**2 // 10**12


def test_claim_is_past_only_beyond_the_product_limit() -> None:
    assert [is_past(30, 30), is_past(31, 30), is_past(None, 30), is_past(31, None)] == [False, True, False, False]


@settings(max_examples=EXAMPLES)
@given(
    st.integers(0, 10**6),
    claims,
    st.builds(PriorClaim, st.integers(1, 4), st.booleans(), st.integers(0, 10**6)),
    shares,
    shares,
)
def test_further_registration_never_raises_lendable(
    owed: int, before: list[PriorClaim], more: PriorClaim, dilution: int, rate: int
) -> None:
    less = worth(owed, [*before, more], dilution=dilution, advance_rate=rate)
    assert less.lendable <= worth(owed, before, dilution=dilution, advance_rate=rate).lendable


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 10**6), claims, st.randoms(), shares, shares)
def test_order_of_registrations_changes_nothing(
    owed: int, before: list[PriorClaim], dice: object, dilution: int, rate: int
) -> None:
    shuffled = before[:]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one = worth(owed, before, dilution=dilution, advance_rate=rate)
    assert one == worth(owed, shuffled, dilution=dilution, advance_rate=rate)
