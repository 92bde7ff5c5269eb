"""What a repeated step reaches when the budget leaves nothing for it."""

from graph.kinds.terms import Technique
from queries.completeness import Budget, IncompleteReason
from tests.queries.finance import ask, chain_view, firm, product, programme, supplies


def test_a_budget_spent_before_the_chain_begins_is_a_cut_and_no_error() -> None:
    loans = [product(Technique.COMPREHENSIVE_LINE, f"line{number}") for number in range(9)]
    view = chain_view(firm("t1"), supplies("t1", "anchor", 3650, 90), programme(1000), *loans)
    for expansions in range(1, 30):
        found = ask(view, "t1", budget=Budget(expansions=expansions))
        assert found.completeness.complete or found.completeness.reason is IncompleteReason.BUDGET
