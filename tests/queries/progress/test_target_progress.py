"""Progress of targets, computed by hand. Amounts are 亿元; today is 2025-06-01 unless a test says otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.kinds.identity import Dataset, SucceededBy
from graph.kinds.parties import GovernmentUnit, MemberOf, UnitSet
from graph.kinds.policy import Measure, ObservationBasis, Target, TargetKind, Theme
from graph.kinds.terms import Operator
from graph.records import Record, Ref
from graph.what_if import Add, Set
from queries.financing.terms import Ternary
from queries.progress.figures import ProgressStatus
from queries.target_progress import target_progress
from tests.queries.progress.plans import (
    FLOW,
    PLACE,
    POLICY,
    TO_DATE,
    answers,
    dec,
    goal,
    lacks,
    plan_view,
    progress,
    saw,
)

MET, NOT_MET, NOT_STATED = ProgressStatus.MET, ProgressStatus.NOT_MET, ProgressStatus.NOT_STATED
LEVEL, BASIS = TargetKind.LEVEL, ObservationBasis.LEVEL
DUE = date(2020, 12, 31)


def test_the_worked_case() -> None:
    found = progress(goal(LEVEL, 375, baseline_period="2023"), saw("2023", 340), saw("2024", 350))
    assert (found.status, found.value, found.distance, found.progress) == (NOT_MET, 350, -25, Fraction(10, 35))


def test_a_level_at_its_value_is_met() -> None:
    found = progress(goal(LEVEL, 375, baseline=340), saw("2024", 375))
    assert (found.status, found.distance, found.progress) == (MET, 0, 1)


def test_without_a_baseline_a_level_is_met_or_not_and_has_no_progress() -> None:
    view = plan_view(goal(LEVEL, 375), saw("2024", 350))
    [found] = target_progress(view)
    assert (found.status, found.progress) == (NOT_MET, None)
    assert lacks(view, found) == ["plan:1 baseline", "plan:1 by"]


def test_a_baseline_that_nobody_observed_is_not_stated() -> None:
    view = plan_view(goal(LEVEL, 375, baseline_period="2016"), saw("2024", 350))
    [found] = target_progress(view)
    assert (found.status, found.progress) == (NOT_MET, None)
    assert lacks(view, found)[0] == "plan:1 observation of series for 2016"


def test_without_observations_a_target_is_not_stated_and_has_no_number() -> None:
    view = plan_view(goal(LEVEL, 375, baseline=340))
    [found] = target_progress(view)
    assert (found.status, found.value, found.progress, found.distance) == (NOT_STATED, None, None, None)
    assert lacks(view, found) == ["plan:1 observation of series"]


def test_a_target_that_names_no_series_says_so() -> None:
    view = plan_view(goal(LEVEL, 375, series=None), saw("2024", 350))
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert "plan:1 series" in lacks(view, found)


def test_observations_about_the_target_itself_are_of_its_series() -> None:
    about = Ref[Record]("target:plan:1")
    assert progress(goal(LEVEL, 375, series=None), saw("2024", 380, subject=about, series="any")).status is MET
    both = (saw("2024", 380, subject=about, series="any"), saw("2023", 380, subject=about, series="other"))
    assert progress(goal(LEVEL, 375, series=None), *both).status is NOT_STATED


def test_a_series_of_another_place_does_not_count() -> None:
    elsewhere = saw("2024", 380, subject=Ref("enterprise:a"))
    view = plan_view(goal(LEVEL, 375), elsewhere)
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert lacks(view, found)[0] == "plan:1 observation of series about region:98"
    assert progress(goal(LEVEL, 375, subject=Ref("enterprise:a")), elsewhere).status is MET
    assert progress(goal(LEVEL, 375), saw("2024", 380, subject=None)).status is MET


def test_a_value_that_is_not_stated_is_never_zero() -> None:
    view = plan_view(goal(LEVEL, 375, operator=Operator.LTE), saw("2024", None))
    [found] = target_progress(view)
    assert (found.status, found.value) == (NOT_STATED, None)
    assert "2024 value" in lacks(view, found)


def test_an_earlier_value_counts_where_the_last_has_none() -> None:
    found = progress(goal(LEVEL, 375), saw("2023", 380), saw("2024", None))
    assert (found.status, found.value) == (MET, 380)


@pytest.mark.parametrize(
    ("unit", "value", "status"), [("万元", 3_750_000, MET), ("万人", 380, NOT_STATED), (None, 380, NOT_STATED)]
)
def test_units_convert_and_other_things_do_not_compare(unit: str, value: int, status: ProgressStatus) -> None:
    assert progress(goal(LEVEL, 375), saw("2024", value, unit=unit)).status is status


def test_a_period_that_cannot_be_read_is_named() -> None:
    view = plan_view(goal(LEVEL, 375), saw("lately", 380))
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert any("'lately'" in one for one in lacks(view, found))


def test_what_is_not_over_yet_does_not_count() -> None:
    assert progress(goal(LEVEL, 375), saw("2025", 380)).status is NOT_STATED
    assert progress(goal(LEVEL, 375), saw("2025Q1", 380)).status is MET


# due days


def test_once_it_is_due_only_the_value_of_that_day_decides() -> None:
    due = goal(LEVEL, 375, by=DUE)
    assert progress(due, saw("2019", 380)).status is NOT_STATED
    assert progress(due, saw("2019", 380), saw("2020", 370), saw("2023", 390)).status is NOT_MET
    assert progress(due, saw("2019", 380), as_of=date(2020, 6, 1)).status is MET


def test_a_sum_that_is_reached_before_it_is_due_stays_reached() -> None:
    target = goal(TargetKind.CUMULATIVE, 4, by=DUE, period_from=date(2018, 1, 1))
    assert progress(target, saw("2019", 5, basis=TO_DATE, since=date(2018, 1, 1))).status is MET
    assert progress(target, saw("2019", 3, basis=TO_DATE, since=date(2018, 1, 1))).status is NOT_STATED


# the line


def test_a_level_is_on_track_where_it_is_on_the_line() -> None:
    target = goal(LEVEL, 30, baseline="18.2", baseline_period="2023", by=date(2025, 12, 31))
    found = progress(target, saw("2024", "24.1"), saw("2025Q1", "24"))
    assert found.on_track is Ternary.NO
    assert [round(float(one.expected or 0), 2) for one in found.track] == [24.11, 25.56]
    assert progress(target, saw("2024", "24.12")).on_track is Ternary.YES


def test_without_dates_there_is_no_line_and_the_dates_are_named() -> None:
    view = plan_view(goal(LEVEL, 30, baseline=18), saw("2024", 24))
    [found] = target_progress(view)
    assert (found.on_track, found.expected) == (Ternary.UNKNOWN, None)
    assert lacks(view, found) == ["plan:1 baselinePeriod", "plan:1 by"]


def test_a_falling_level_is_on_track_below_the_line() -> None:
    target = goal(LEVEL, 2, operator=Operator.LTE, baseline=4, baseline_period="2022", by=date(2026, 12, 31), unit="%")
    found = progress(target, saw("2024", "2.9", unit="%"))
    assert (found.status, found.on_track, found.distance) == (NOT_MET, Ternary.YES, Fraction(-9, 10))


# breaks


@pytest.mark.parametrize("field", ["definition", "vintage"])
def test_a_break_in_a_series_is_never_bridged(field: str) -> None:
    old, new = {field: "old"}, {field: "new"}
    view = plan_view(goal(LEVEL, 375, baseline_period="2022"), saw("2022", 340, **old), saw("2024", 360, **new))
    [found] = target_progress(view)
    assert (found.status, found.value, found.progress, found.on_track) == (NOT_MET, 360, None, Ternary.UNKNOWN)
    assert len(found.breaks) == 1
    assert lacks(view, found)[0] == "plan:1 observation of series for 2022: there is one across a break in the series"


def test_a_baseline_that_the_text_states_is_not_carried_over_a_break() -> None:
    target = goal(LEVEL, 375, operator=Operator.EQ, baseline=340, baseline_period="2022")
    parts = (saw("2022", 340, definition="old"), saw("2024", 380, definition="new"))
    view = plan_view(target, *parts)
    [found] = target_progress(view)
    assert (found.status, found.progress, found.read_as) == (MET, None, Operator.GTE)
    assert "plan:1 definition of the baseline: the series has a break" in lacks(view, found)
    both = (*parts, saw("2022", 340, "again", definition="new"))
    assert progress(target, *both).progress == Fraction(40, 35)


def test_within_one_definition_progress_is_known_beside_a_break() -> None:
    new = {"definition": "new"}
    seen = (saw("2022", 340, "a", definition="old"), saw("2022", 345, "b", **new), saw("2024", 360, **new))
    assert progress(goal(LEVEL, 375, baseline_period="2022"), *seen).progress == Fraction(1, 2)


def test_the_definition_that_a_target_names_counts_though_another_is_newer() -> None:
    found = progress(
        goal(LEVEL, 375, definition="old"), saw("2023", 380, definition="old"), saw("2024", 1, definition="new")
    )
    assert (found.status, found.value) == (MET, 380)


def test_of_two_definitions_with_one_last_period_none_is_chosen() -> None:
    view = plan_view(goal(LEVEL, 375), saw("2024", 380, "a", definition="x"), saw("2024", 1, "b", definition="y"))
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert "plan:1 definition" in lacks(view, found)


def test_the_later_vintage_of_one_last_period_counts() -> None:
    found = progress(goal(LEVEL, 375), saw("2023", 380, "a", vintage="2024"), saw("2023", 370, "b", vintage="2025-03"))
    assert (found.value, found.status) == (370, NOT_MET)


# several sources


def test_two_sources_of_one_day_are_both_shown_and_the_more_reliable_counts() -> None:
    better = [Dataset(id="dataset:better", name="better", reliability=Decimal("0.9")), saw("2024-12-31", 380, "b")]
    view = plan_view(goal(LEVEL, 375), saw("2024-12-31", 370, "a"), loads=[("better", better)])
    [found] = target_progress(view)
    assert (found.status, found.value) == (MET, 380)
    [point] = found.evidence
    assert [(one.source, one.value) for one in point.readings] == [("better", 380), ("test", 370)]
    assert not point.is_in_conflict


@pytest.mark.parametrize("name", ["a", "b"])
def test_two_equally_reliable_sources_conflict_where_they_decide_otherwise(name: str) -> None:
    other = ("other", [saw("2024-12-31", 380, name)])
    view = plan_view(goal(LEVEL, 375), saw("2024-12-31", 370, "a"), loads=[other])
    [found] = target_progress(view)
    assert (found.status, found.value) == (NOT_STATED, None)
    [point] = found.evidence
    assert point.is_in_conflict
    assert (point.low, point.high) == (370, 380)
    assert "which of the differing values holds" in lacks(view, found)[0]


def test_a_conflict_that_decides_nothing_otherwise_is_met() -> None:
    other = ("other", [saw("2024", 390, "b")])
    assert progress(goal(LEVEL, 375), saw("2024", 380, "a"), loads=[other]).status is MET


# kinds


def test_cumulative_flows_add_up_over_the_period() -> None:
    target = goal(TargetKind.CUMULATIVE, 30, period_from=date(2022, 7, 1), by=date(2026, 6, 30))
    flows = [
        saw("2022Q1", 9, basis=FLOW),
        saw("2022H2", 3, basis=FLOW),
        saw("2023", 8, basis=FLOW),
        saw("2024", 7, basis=FLOW),
    ]
    found = progress(target, *flows)
    assert (found.status, found.value, found.progress, found.on_track) == (NOT_MET, 18, Fraction(3, 5), Ternary.NO)


def test_a_year_and_its_quarters_are_counted_once() -> None:
    target = goal(TargetKind.CUMULATIVE, 30, period_from=date(2023, 1, 1))
    quarters = [saw(f"2023Q{number}", 2, basis=FLOW) for number in (1, 2, 3, 4)]
    assert progress(target, *quarters, saw("2023", 8, basis=FLOW), saw("2024Q1", 1, basis=FLOW)).value == 9


def test_a_gap_between_flows_leaves_a_lower_bound() -> None:
    target = goal(TargetKind.CUMULATIVE, 30, period_from=date(2022, 1, 1))
    view = plan_view(target, saw("2022", 3, basis=FLOW), saw("2024", 7, basis=FLOW))
    [found] = target_progress(view)
    assert found.reported is not None
    assert (found.status, found.value, found.reported.figure.low) == (NOT_STATED, None, 10)
    assert "plan:1 observation from 2023-01-01 to before 2024-01-01" in lacks(view, found)
    assert progress(target, saw("2022", 3, basis=FLOW), saw("2024", 27, basis=FLOW)).status is MET


def test_an_undated_period_is_not_stated_though_something_is_reported() -> None:
    target = goal(TargetKind.CUMULATIVE, 30, period="建设期")
    view = plan_view(target, saw("2024", 31, basis=TO_DATE, since=date(2017, 7, 21)))
    [found] = target_progress(view)
    assert (found.status, found.value, found.progress) == (NOT_STATED, 31, None)
    assert lacks(view, found)[0] == "plan:1 periodFrom"


def test_a_sum_to_date_without_a_printed_period_is_compared_as_it_is() -> None:
    found = progress(goal(TargetKind.CUMULATIVE, 4), saw("2024", 3, basis=TO_DATE))
    assert (found.status, found.progress) == (NOT_MET, Fraction(3, 4))


def test_a_sum_since_another_day_is_not_compared() -> None:
    target = goal(TargetKind.CUMULATIVE, 4, period_from=date(2020, 1, 1))
    assert progress(target, saw("2024", 5, basis=TO_DATE, since=date(2019, 1, 1))).status is NOT_STATED
    assert progress(target, saw("2024", 5, basis=TO_DATE)).status is NOT_STATED


def test_numbers_of_which_nobody_says_what_they_are_make_no_sum() -> None:
    view = plan_view(goal(TargetKind.CUMULATIVE, 4, period_from=date(2024, 1, 1)), saw("2024", 5, basis=None))
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert "2024 basis" in lacks(view, found)


def test_the_flow_of_a_quarter_is_no_level_of_a_year() -> None:
    found = progress(goal(LEVEL, 375), saw("2023", 370, basis=FLOW), saw("2024Q3", 95, basis=FLOW))
    assert found.value == 370
    assert progress(goal(LEVEL, 375), saw("2023", 370, basis=None), saw("2024Q3", 95, basis=None)).value == 370


def test_a_sum_to_date_is_a_level_only_of_a_whole_year() -> None:
    new_year = date(2024, 1, 1)
    part = saw("2024Q3", 290, basis=TO_DATE, since=new_year)
    assert progress(goal(LEVEL, 375), part).status is NOT_STATED
    assert progress(goal(LEVEL, 375), part, saw("2024Q4", 380, basis=TO_DATE, since=new_year)).value == 380
    assert progress(goal(LEVEL, 375), saw("2024", 380, basis=TO_DATE)).status is NOT_STATED
    assert progress(goal(TargetKind.STOCK, 375), saw("2025Q1", 380, basis=TO_DATE, since=new_year)).status is NOT_STATED


def test_an_average_change_is_over_the_years_since_the_baseline() -> None:
    target = goal(TargetKind.AVERAGE_ANNUAL, "0.4", unit="个百分点", operator=Operator.EQ, baseline_period="2020")
    found = progress(target, saw("2020", "25.0", unit="%"), saw("2024", "26.8", unit="%"))
    assert (found.value, found.read_as, found.status) == (Fraction(45, 100), Operator.GTE, MET)
    assert (found.expected, found.on_track) == (Fraction(266, 10), Ternary.YES)


def test_an_average_fall_is_met_by_a_larger_fall() -> None:
    target = goal(TargetKind.AVERAGE_ANNUAL, "-3.5", unit="天", operator=Operator.EQ, baseline_period="2022")
    assert progress(target, saw("2022", 90, unit="天"), saw("2024", 82, unit="天")).status is MET
    assert progress(target, saw("2022", 90, unit="天"), saw("2024", 84, unit="天")).status is NOT_MET


def test_an_average_change_without_a_baseline_names_it() -> None:
    view = plan_view(goal(TargetKind.AVERAGE_ANNUAL, "0.4", unit="%"), saw("2024", 25, unit="%"))
    [found] = target_progress(view)
    assert (found.status, found.value) == (NOT_STATED, None)
    assert lacks(view, found)[0] == "plan:1 baseline"


def test_an_average_change_needs_a_value_after_the_baseline() -> None:
    view = plan_view(
        goal(TargetKind.AVERAGE_ANNUAL, "0.4", unit="%", baseline_period="2024"), saw("2024", 25, unit="%")
    )
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert "plan:1 observation of series after 2024-12-31" in lacks(view, found)


def test_a_stock_is_no_flow() -> None:
    target = goal(TargetKind.STOCK, 4000, unit="万元", operator=Operator.EQ, baseline=2000)
    found = progress(target, saw("2024", "0.45"))
    assert (found.value, found.read_as, found.status, found.progress) == (4500, Operator.GTE, MET, Fraction(5, 4))


def test_a_level_printed_as_equal_is_met_from_the_side_of_its_baseline() -> None:
    up = goal(LEVEL, 30, operator=Operator.EQ, baseline=18)
    down = goal(LEVEL, 30, operator=Operator.EQ, baseline=40)
    none = goal(LEVEL, 30, operator=Operator.EQ)
    assert [progress(one, saw("2024", 31)).status for one in (up, down, none)] == [MET, NOT_MET, NOT_MET]


@pytest.mark.parametrize("kind", [TargetKind.CUMULATIVE, TargetKind.COUNT, TargetKind.BUDGET])
def test_a_target_of_nothing_has_no_progress(kind: TargetKind) -> None:
    found = progress(goal(kind, 0, period_from=date(2024, 1, 1)), saw("2024", 5, basis=FLOW))
    assert (found.status, found.progress) == (MET, None)


def test_a_baseline_at_the_target_leaves_no_way_to_go() -> None:
    found = progress(goal(LEVEL, 375, baseline=375), saw("2024", 380))
    assert (found.status, found.progress) == (MET, None)


def test_a_qualitative_aim_shows_evidence_or_says_that_there_is_none() -> None:
    aim = goal(TargetKind.QUALITATIVE, None, operator=None, unit=None, series=None)
    view = plan_view(aim)
    [found] = target_progress(view)
    assert (found.status, lacks(view, found)) == (NOT_STATED, ["plan:1 series"])
    seen = saw("2024", None, subject=Ref("target:plan:1"), unit=None, text="platform opened")
    found = progress(aim, seen)
    assert found.status is ProgressStatus.NOT_APPLICABLE
    assert len(found.evidence) == 1


@pytest.mark.parametrize(("field", "lack"), [("value", "plan:1 value"), ("operator", "plan:1 operator")])
def test_a_target_without_a_value_or_an_operator_says_so(field: str, lack: str) -> None:
    view = plan_view(goal(LEVEL, 375, **{field: None}, baseline=1), saw("2024", 350))
    [found] = target_progress(view)
    assert found.status is NOT_STATED
    assert lack in lacks(view, found)


# which targets


def two_policies() -> list[Record]:
    return [
        goal(LEVEL, 1, 1), goal(LEVEL, 2, 2, measure=Ref("measure:plan:1")),
        Theme(id="theme:plan:2", policy=Ref(POLICY), number=2, title="two"),
        Measure(id="measure:plan:2", policy=Ref(POLICY), theme=Ref("theme:plan:2"), number=2, title="n", text="n"),
        goal(LEVEL, 3, 3, measure=Ref("measure:plan:2")), answers(), saw("2024", 5),
    ]  # fmt: skip


def numbers(records: list[Record], **which: object) -> list[int]:
    found = target_progress(plan_view(*records), **which)  # type: ignore[arg-type]
    return [one.target.number for one in found]


def test_targets_come_by_number_and_may_be_narrowed() -> None:
    records = two_policies()
    assert numbers(records) == [1, 2, 3]
    assert numbers(records, policy=POLICY) == [1, 2, 3]
    assert numbers(records, theme=2) == [3]
    assert numbers(records, policy=POLICY, theme=1) == [2]
    assert numbers(records, policy="plan", theme=1) == [2]
    assert numbers(records, unit="governmentUnit:office") == [2]
    assert numbers(records, unit="office") == [2]
    assert numbers(records, unit="governmentUnit:office", theme=2) == []


def test_a_unit_answers_for_what_a_set_of_units_does() -> None:
    members: list[Record] = [
        UnitSet(id="unitSet:all", name="all"), GovernmentUnit(id="governmentUnit:one", name="one"),
        MemberOf(source=Ref("governmentUnit:one"), target=Ref("unitSet:all")), answers("unitSet:all", 2),
    ]  # fmt: skip
    assert numbers([*two_policies(), *members], unit="governmentUnit:one") == [3]


def test_a_unit_answers_for_what_its_predecessor_did() -> None:
    reform: list[Record] = [
        GovernmentUnit(id="governmentUnit:new", name="new"),
        SucceededBy(source=Ref("governmentUnit:office"), target=Ref("governmentUnit:new"), on=date(2024, 1, 1)),
    ]
    assert numbers([*two_policies(), *reform], unit="new") == [2]
    assert numbers([*two_policies(), *reform[:1]], unit="new") == []


@pytest.mark.parametrize(
    ("which", "error", "said"),
    [
        ({"policy": "policy:none"}, NotFound, "there is no policy:none"),
        ({"policy": "governmentUnit:office"}, InvalidInput, "give an id of Policy"),
        ({"policy": "other"}, NotFound, "other"),
        ({"policy": "plans:x"}, InvalidIdentifier, "which is no kind"),
        ({"unit": "no one"}, NotFound, "no unit is called 'no one'"),
        ({"theme": 0}, InvalidInput, "theme is 0; themes are numbered from 1"),
        ({"theme": 7}, NotFound, "no policy has a theme 7; the highest is 1"),
        ({"policy": POLICY, "theme": 7}, NotFound, "policy:plan has no theme 7"),
        ({"unit": "governmentUnit:none"}, NotFound, "there is no governmentUnit:none"),
    ],
)
def test_what_does_not_exist_is_named(which: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        target_progress(plan_view(goal(LEVEL, 1)), **which)  # type: ignore[arg-type]


def test_a_what_if_sees_what_would_be_observed() -> None:
    view = plan_view(goal(LEVEL, 375), saw("2023", 350))
    assert target_progress(view)[0].status is NOT_MET
    fields = {
        "subject": PLACE,
        "series": "series",
        "period": "2024",
        "value": Decimal(380),
        "unit": "亿元",
        "basis": BASIS,
    }
    added = view.with_changes([Add("Observation", {"id": "observation:next", **fields})])
    assert target_progress(added)[0].status is MET
    changed = view.with_changes([Set("observation:2023", {"value": Decimal(376)})])
    assert target_progress(changed)[0].value == 376
    assert target_progress(view)[0].value == 350


def test_nothing_depends_on_the_order_of_loading() -> None:
    records: list[Record] = [
        goal(LEVEL, 375, baseline_period="2022"), saw("2022", 340), saw("2024", 350, "a"), saw("2024", 360, "b"),
        Target(**{**goal(LEVEL, 10, 2).__dict__, "subject": PLACE, "value": dec(11)}),
    ]  # fmt: skip
    answers_ = []
    for stated in (records, records[::-1]):
        view = plan_view(*stated)
        answers_.append([(one.status, one.value, lacks(view, one)) for one in target_progress(view)])
    assert answers_[0] == answers_[1]
