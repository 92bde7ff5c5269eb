"""Which record holds each row of the Luoyang plan's inventory, which question answers it and which test shows it.

`python -m tests.plan_coverage` writes docs/plan-coverage.md anew; it reads the plan's text from the test data.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from graph.ontology import Ontology
from graph.records import Span
from graph.view import View
from loaders.registry import open_source
from loaders.runner import run
from queries.accountability import accountability
from queries.eligibility import eligibility_counts
from queries.financing.gates.judging import rules_about
from queries.fund_covenants import fund_covenants
from queries.fund_tree import fund_tree
from queries.list_completeness import list_completeness
from queries.policy.named_things import named_in
from queries.policy.open_points import open_points
from queries.policy_document import policy_committees, policy_names, policy_units
from queries.pool_inventory import pool_inventory
from queries.subsidy_inventory import subsidy_inventory
from queries.succession import succession
from queries.target_progress import target_progress
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog
from tests.loaders.plan.rows import OUT, ROWS, labels_of

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "plan-coverage.md"
RECORD_TEST: Final = "tests/loaders/plan/test_coverage.py::test_a_row_s_records_are_there"
ROW_TEST: Final = "tests/test_plan_coverage.py::test_the_questions_of_a_row_answer_with_its_records"


@dataclass(frozen=True)
class Asked:
    """A question of the API: what it says of the plan, a test that shows it on worlds of its own, the records of the plan in its answer.

    held None: it is about data of others (needs, claims, firms), of which the plan only says that there are to be some.
    """

    says: str
    test: str
    held: Callable[[View], Iterable[int]] | None = None


def policy_of(view: View) -> int:
    """The one plan that is loaded."""
    return int(view.handles("Policy")[0])


def _holders(view: View, kind: str, field: str, of: Iterable[int]) -> list[int]:
    found: list[int] = view.expand(kind, field, np.array([*of], np.int64))[1].tolist()
    return found


def _ends(view: View, links: Sequence[int], field: str) -> list[int]:
    return [view.ref(link, field) for link in links]


def _whole(view: View) -> set[int]:
    """The records in the answer of `policy`: its own, its parts, what it names, its units, lists and open points."""
    policy = policy_of(view)
    found = {policy, *(view.ref(policy, name) for name in ("issued_by", "approved_by", "drafted_by", "supervised_by"))}
    for kind in ("Theme", "Measure", "Target", "Rule", "Duty", "Programme"):
        found.update(_holders(view, kind, "policy", [policy]))
    found.update(point.question for point in open_points(view, policy))
    found.update(_ends(view, _holders(view, "AddressedTo", "source", [policy]), "target"))
    named = [one.thing for one in policy_names(view, policy)]
    found.update(named, _holders(view, "PossiblySameAs", "source", named))
    duties = _holders(view, "Duty", "policy", [policy])
    found.update(_ends(view, _holders(view, "HasDuty", "target", duties), "source"))
    units = [one.unit for one in policy_units(view, policy)]
    found.update(units, (view.ref(one, "bank") for one in units if view.kind_of(one).name == "BankBranch"))
    for one in policy_committees(view, policy):
        found.update((one.committee, *(lists.unit_set for lists in one.lists)))
        found.update(_holders(view, "MemberOf", "target", [one.committee]))
        found.update(member.unit for lists in one.lists for member in lists.members)
    return found


def _accounts(view: View) -> set[int]:
    """The records in the answers of `accountability` for every unit and set that the plan makes answer."""
    found: set[int] = set()
    for kind in view.ontology.concrete("ResponsibleUnit"):
        for unit in view.handles(kind).tolist():
            account = accountability(view, view.id_of(unit))
            found.update((unit, *account.seats, *_ends(view, account.duties, "target")))
            groups = [one.committee for one in account.committees]
            found.update((*groups, *_holders(view, "Duty", "committee", groups)))
            found.update(lists.unit_set for one in account.committees for lists in one.lists)
            for one in account.measures:
                found.update((one.measure, *(target.target for target in one.targets)))
                found.update(each.named.thing for each in one.arrangements)
    return found


def _funds(view: View, of: Callable[[View, str], object]) -> list[int]:
    """The funds about which a question can be asked."""
    funds = view.handles("Fund")
    return [fund for fund, name in zip(funds.tolist(), view.ids_of(funds), strict=True) if of(view, name) is not None]


def _eligible(view: View) -> list[int]:
    """What eligibility is asked about, and the rules that decide it."""
    about = [one.about for one in eligibility_counts(view)]
    return [*about, *(rule for one in about for group in rules_about(view, one) for rule in group)]


QUESTIONS: Final[Mapping[str, Asked]] = {
    "policy": Asked(
        "the document whole: parts, what it names, its units, member lists, open points, versions",
        "tests/queries/policy/test_luoyang_policy.py::test_it_names_funds_pools_and_lists",
        _whole,
    ),
    "accountability": Asked(
        "what a unit answers for: measures, targets, arrangements, contracts, duties, seats",
        "tests/queries/policy/test_luoyang_policy.py::test_member_units_answer_for_what_the_set_answers_for",
        _accounts,
    ),
    "succession": Asked(
        "who holds a unit's duties today",
        "tests/queries/policy/test_luoyang_policy.py::test_who_is_responsible_today_follows_the_reforms",
        lambda view: [one for one in _whole(view) if one >= 0 and one in succession(view, one).units],
    ),
    "targetProgress": Asked(
        "how far a target has come, or which fact is missing",
        "tests/queries/progress/test_target_progress.py::test_the_worked_case",
        lambda view: [one.handle for one in target_progress(view, policy=view.id_of(policy_of(view)))],
    ),
    "listCompleteness": Asked(
        "how many of a list's members are loaded",
        "tests/queries/inventory/test_list_completeness.py::test_an_announced_list_has_no_members",
        lambda view: [one.list for one in list_completeness(view)],
    ),
    "poolInventory": Asked(
        "what a pool has, covers and can still cover",
        "tests/queries/inventory/test_pool_inventory.py::test_headroom_is_multiple_times_balance_less_what_is_covered",
        lambda view: [one.pool for one in pool_inventory(view)],
    ),
    "subsidyInventory": Asked(
        "the subsidies in force by kind",
        "tests/queries/inventory/test_pool_inventory.py::test_subsidies_in_force_come_by_kind",
        lambda view: [one for group in subsidy_inventory(view) for one in group.subsidies],
    ),
    "eligibility": Asked(
        "who may have a support, rule by rule",
        "tests/queries/test_eligibility.py::test_every_rule_says_what_it_used_and_what_it_lacks",
        _eligible,
    ),
    "fundTree": Asked(
        "a fund's sub-funds and investments",
        "tests/queries/funds/test_fund_tree.py::test_an_investment_is_held_once_and_looks_through_by_commitments",
        lambda view: _funds(view, fund_tree),
    ),
    "fundCovenants": Asked(
        "leverage, shares of capital, reinvestment and other ratios of a fund",
        "tests/queries/funds/test_fund_covenants.py::test_leverage_by_its_three_definitions",
        lambda view: _funds(view, fund_covenants),
    ),
    "fundCoverageGaps": Asked(
        "where equity is missing, by industry, stage, region",
        "tests/queries/test_fund_coverage.py::test_the_worked_case_places_11_500_of_18_500",
    ),
    "investmentTargets": Asked(
        "which firms fit a fund's mandate",
        "tests/queries/test_investment_targets.py::test_gate_of_the_tenth_measure_takes_both_sides_of_a_leader",
    ),
    "financingPaths": Asked(
        "how a firm can be financed by the technique, product or collateral",
        "tests/queries/test_path_search.py::test_hub_of_nine_thousand_suppliers_gives_the_true_best",
    ),
    "financingReach": Asked(
        "whom an anchor or lender can finance along a chain",
        "tests/queries/test_financing_reach.py::test_best_of_each_firm_is_the_widest_chain_over_the_fewest_tiers",
    ),
    "encumbrances": Asked(
        "who has which right to an asset",
        "tests/queries/test_encumbrances.py::test_each_registration_changes_what_is_free",
    ),
    "disclosure": Asked(
        "which categories a firm has disclosed",
        "tests/queries/inventory/test_disclosure.py::test_completeness_is_counted_list_by_list",
    ),
    "policyStack": Asked(
        "the best set of supports under caps, exclusions and dependencies",
        "tests/queries/test_policy_stack.py::test_of_two_that_exclude_each_other_the_larger_stays_and_the_clause_is_named",
    ),
    "needsDesk": Asked(
        "needs by state, how long they stay, what becomes of them",
        "tests/queries/desk/test_needs_desk.py::test_medians_are_of_stays_that_ended_and_are_dated",
    ),
    "recommendations": Asked(
        "what finances and supports a need",
        "tests/queries/desk/test_recommendations.py::test_paths_are_for_what_is_still_open",
    ),
    "matchmaking": Asked(
        "who presented what at an event, and what followed within days",
        "tests/queries/desk/test_matchmaking.py::test_contracts_within_the_days_followed_both_ends_included",
    ),
    "consultations": Asked(
        "firms whose loans fall due, and the cases opened for them",
        "tests/queries/desk/test_consultations.py::test_loans_that_fall_due_within_the_days_by_enterprise_the_earliest_first",
    ),
}
"""The questions that answer rows, by their names in the API."""

LATER: Final[Mapping[str, str]] = {
    "S032": "bridgeWall",
    "S119": "poolStress",
    "S123": "bridgeWall",
    "S143": "syndicationAlerts",
    "S144": "syndicationAlerts",
    "S147": "poolStress",
    "S104": "concentration",
}
"""Rows whose own question only a later capability answers; what is recorded of them is answered today."""

BY_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "GovernmentUnit": ("policy", "accountability", "succession"),
    "UnitSet": ("policy", "accountability"),
    "BankBranch": ("policy", "accountability"),
    "Target": ("policy", "targetProgress"),
    "Fund": ("policy", "fundTree", "fundCovenants"),
    "Pool": ("policy", "poolInventory", "policyStack"),
    "ProjectList": ("policy", "listCompleteness"),
    "Subsidy": ("policy", "subsidyInventory", "policyStack"),
    "VoucherScheme": ("policy", "policyStack"),
    "LoanProduct": ("policy", "financingPaths"),
    "Duty": ("policy", "accountability"),
    "Seat": ("policy", "accountability"),
    "Committee": ("policy",),
}
"""What is asked about a record of a kind; of others the plan itself."""

MORE: Final[Mapping[str, tuple[str, ...]]] = {
    "S009": ("disclosure",), "S010": ("matchmaking",), "S013": ("fundCoverageGaps",), "S029": ("needsDesk", "matchmaking"),
    "S030": ("matchmaking",), "S031": ("consultations",), "S035": ("disclosure",), "S036": ("needsDesk", "recommendations"),
    "S043": ("eligibility",), "S054": ("financingReach",), "S061": ("investmentTargets",), "S062": ("fundCoverageGaps",),
    "S063": ("fundCoverageGaps",), "S064": ("fundCoverageGaps",), "S065": ("fundCoverageGaps",), "S068": ("fundCoverageGaps",),
    "S071": ("financingPaths",), "S075": ("investmentTargets",), "S078": ("eligibility",), "S090": ("eligibility",),
    "S101": ("financingReach",), "S113": ("accountability",), "S114": ("eligibility",), "S145": ("consultations",),
    "S150": ("financingPaths",), "S159": ("fundCoverageGaps",), "S168": ("disclosure",), "S172": ("needsDesk", "fundCoverageGaps"),
    **{f"S{row:03}": ("financingPaths", "encumbrances") for row in range(79, 89)},
    **{f"S{row:03}": ("accountability", "succession") for row in range(207, 211)},
}  # fmt: skip
"""What a row asks beyond the kinds of its records."""


def questions_of(row: str) -> tuple[str, ...]:
    """The questions that answer a row, the plan first."""
    kinds = [] if ROWS[row].startswith(OUT) else [label.partition(":")[0] for label in ROWS[row].split(" ")]
    found = ["policy", *(name for kind in kinds for name in BY_KIND.get(kind, ())), *MORE.get(row, ())]
    return tuple(dict.fromkeys(found))


def labelled(view: View) -> dict[str, list[int]]:
    """The records of the plan by what the table of rows calls them."""
    found: dict[str, list[int]] = {}
    for kind in view.ontology.kinds:
        for handle in view.handles(kind).tolist():
            for label in labels_of(view.record(handle)):
                found.setdefault(label, []).append(handle)
    for link in view.handles("PossiblySameAs").tolist():
        ends = [view.value(view.ref(link, end), "name") for end in ("source", "target")]
        found[f"PossiblySameAs:{ends[0]}|{ends[1]}"] = [link]
    return found


def plan_view(test_data: Path) -> View:
    """The Luoyang plan alone, loaded as anyone loads it."""
    knowledge = knowledge_of(MemoryLog())
    text = sorted((test_data / "seeds").glob("*.txt"))[0]
    run(knowledge, open_source("plan", text, Ontology.current()), actor="tests")
    knowledge.refresh()
    return knowledge.view()


def document(view: View) -> str:
    """docs/plan-coverage.md. Rows stand by number, records by kind and place in the text: nothing of the text is repeated."""
    records = labelled(view)
    lines = [
        HEAD,
        "| row | records that hold it (characters of the text) | questions that answer it | later |",
        "|---|---|---|---|",
    ]
    for row, covered in ROWS.items():
        if covered.startswith(OUT):
            held = f"the text of its measure only: {covered.removeprefix(OUT)}"
        else:
            held = ", ".join(_shown(view, one) for label in covered.split(" ") for one in records[label][:1])
        asked = ", ".join(f"`{name}`" for name in questions_of(row))
        lines.append(f"| {row} | {held} | {asked} | {f'`{LATER[row]}`' if row in LATER else ''} |")
    lines += [
        "",
        MEASURES,
        "| measure | units, targets, rules, names | what it sets up or uses | questions |",
        "|---|---|---|---|",
    ]
    lines += [
        _measure(view, one)
        for one in sorted(
            _holders(view, "Measure", "policy", [policy_of(view)]), key=lambda one: view.value(one, "number")
        )
    ]
    lines += ["", TESTS, "| question | what it says of the plan | test |", "|---|---|---|"]
    lines += [f"| `{name}` | {one.says} | `{one.test}` |" for name, one in QUESTIONS.items()]
    return "\n".join(lines) + "\n"


def _shown(view: View, record: int) -> str:
    kind = view.kind_of(record).name
    number = view.value(record, "number") if "number" in view.kind_of(record).by_name else None
    name = f"{kind} {number}" if number is not None else kind
    span = view.value(record, "span") if "span" in view.kind_of(record).by_name else None
    if not isinstance(span, Span):
        mentions = _holders(view, "Mentions", "target", [record])
        entries = _holders(view, "Responsibility", "source", [record]) if not view.kind_of(record).is_link else []
        spans = [view.value(one, "span") for one in (*mentions, *entries)]
        span = min((one for one in spans if isinstance(one, Span)), key=lambda one: one.start, default=None)
    return name if span is None else f"{name} ({span.start}–{span.end})"


def _measure(view: View, measure: int) -> str:
    account = next(
        one for one in accountability(view, view.id_of(_first_unit(view, measure))).measures if one.measure == measure
    )
    rules = len(_holders(view, "Rule", "measure", [measure]))
    counts: dict[str, int] = {}
    for one in account.arrangements:
        kind = view.kind_of(one.named.thing).name
        counts[kind] = counts.get(kind, 0) + 1
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "—"
    asked = ["accountability", *(["targetProgress"] if account.targets else [])]
    asked += [name for kind in sorted(counts) for name in BY_KIND.get(kind, ()) if name != "policy"]
    shown = ", ".join(f"`{name}`" for name in dict.fromkeys(asked))
    number = view.value(measure, "number")
    counted = ", ".join(
        map(str, (len(account.responsible), len(account.targets), rules, len(named_in(view, [measure]))))
    )
    return f"| {number} | {counted} | {kinds} | {shown} |"


def _first_unit(view: View, measure: int) -> int:
    return view.ref(_holders(view, "Responsibility", "target", [measure])[0], "source")


HEAD: Final = f"""# The Luoyang plan, row by row

The inventory of the plan has 213 rows. Each stands here by its number, with the records that hold it by kind and place in the text,
and the questions of the API that answer it. *Later* names the capability that the row's own question waits for; what is recorded of the
row is answered today.

- That the records are there: `{RECORD_TEST}[row]`.
- That each question's answer, asked of the plan alone, holds the row's records: `{ROW_TEST}[row]`.
- What a question does beyond that, on worlds of its own: the last table.

The file is generated (`python -m tests.plan_coverage`) and held to the code by `tests/test_plan_coverage.py`.
"""

MEASURES: Final = """## The 27 measures

Each has its text, its list of units in printed order, and its place in the text; and what is counted here. *Names*: the
things that its text names, classes and places among them.
"""

TESTS: Final = """## The questions
"""

if __name__ == "__main__":
    folder = Path(os.environ.get("LUOSHU_TEST_DATA", Path(__file__).parents[2] / "shared"))
    DOCUMENT.write_text(document(plan_view(folder)), "utf-8")
