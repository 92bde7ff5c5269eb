"""Cost, days, clauses and score of financing paths over GraphQL, and the weights that a question may set."""

import pytest

from tests.schema.world import TIER2, World

PATHS = (
    "query($id: ID!, $weights: WeightsInput) { financingPaths(beneficiary: $id, weights: $weights) { paths { nodes { id"
    " proceeds { amount } leadTimeDays tenor { low high rollEvery }"
    " cost { annualBps low high afterSubsidyBps complete days lenderRewards { kind amount { amount } }"
    " missing { record { id } field } parts { kind payer { id } borne bps low high amount { amount } status subsidy { id } } }"
    " score { value missing parts { aspect utility weight } }"
    " policyBasis { number technique purpose span { start end quote } measure { id } policy { docNo } } } } } }"
)


def test_paths_say_what_they_cost_and_how_they_score(town: World) -> None:
    paths = town.ask(PATHS, {"id": TIER2})["financingPaths"]["paths"]["nodes"]
    assert paths
    for path in paths:
        cost, score = path["cost"], path["score"]
        assert cost["complete"] == (cost["annualBps"] is not None)
        assert all(part["payer"] is not None for part in cost["parts"] if part["borne"])
        if score is not None:
            names = [part["aspect"] for part in score["parts"]] + score["missing"]
            assert sorted(names) == ["COST", "EVIDENCE", "FILL", "POLICY", "RISK", "TENOR"]
            assert 0.01 <= float(score["value"]) <= 1


def test_weights_decide_the_score(town: World) -> None:
    alone = {"fill": "0", "cost": "0", "tenor": "0", "evidence": "1", "policy": "0", "risk": "0"}
    for path in town.ask(PATHS, {"id": TIER2, "weights": alone})["financingPaths"]["paths"]["nodes"]:
        if path["score"] is not None:
            [evidence] = [part["utility"] for part in path["score"]["parts"] if part["aspect"] == "EVIDENCE"]
            assert float(path["score"]["value"]) == float(evidence)


@pytest.mark.parametrize("weights", [{"fill": "0.5"}, {"fill": "-1", "cost": "1.5"}, {"costBestBps": "1300"}])
def test_weights_that_cannot_be_meant_are_refused(town: World, weights: dict[str, str]) -> None:
    code, message = town.refused(PATHS, {"id": TIER2, "weights": weights})
    assert (code, "weights" in message) == ("INVALID_INPUT", True)
