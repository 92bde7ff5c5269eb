"""The bench runs, keeps its figures, and leaves the hand-written notes of the page alone."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import SUBJECTS, main
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.report import GROWTH, NOTES, Run, growth, kept_runs, line, merged, number, write_json, write_markdown


def run_of(*figures: Figure, subject: str = "load", scale: float = 1, links: int | None = None) -> Run:
    return Run(
        subject=subject,
        title=SUBJECTS[subject],
        command=f"make bench ARGS='--only {subject}'",
        scale=scale,
        links=links,
        records=10,
        machine={"processor": "an abacus"},
        commit="abc",
        load_before=0.5,
        load_after=0.7,
        figures=figures,
    )


@pytest.mark.parametrize("subject", [one for one in SUBJECTS if one != GROWTH])
def test_every_subject_runs_at_a_small_scale(subject: str, tmp_path: Path) -> None:
    kept, page = tmp_path / "kept.json", tmp_path / "page.md"
    small = ["--scale", "0.02", "--repetitions", "0.1", "--store", "sqlite", "--data", str(tmp_path)]
    assert main([*small, "--only", subject, "--json", str(kept), "--markdown", str(page)]) == 0
    found = json.loads(kept.read_text())["runs"]
    assert [run["subject"] for run in found] == [subject]
    assert found[0]["figures"] or found[0]["missing"]
    assert f"## {SUBJECTS[subject]}" in page.read_text()


def test_the_data_of_a_run_are_deleted(tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept.json"
    data.mkdir()
    main(
        [
            "--scale",
            "0.02",
            "--repetitions",
            "0.1",
            "--store",
            "sqlite",
            "--only",
            "search",
            "--data",
            str(data),
            "--json",
            str(kept),
        ]
    )
    assert not list(data.iterdir())


def test_a_target_is_held_against_the_median() -> None:
    assert Figure("build", "s", (1.0, 5.0, 9.0), at_most(5)).reached
    assert not Figure("build", "s", (1.0, 6.0, 9.0), at_most(5)).reached
    assert Figure("build", "s", (1.0, 6.0, 9.0), at_most(5)).reached_at_best


def test_a_rate_is_best_where_it_is_greatest() -> None:
    figure = Figure("new", "records/s", (200.0, 300.0, 100.0), at_least(250))
    assert (figure.best, figure.reached, figure.reached_at_best) == (300.0, False, True)


def test_the_p95_leaves_five_percent_above_it() -> None:
    figure = Figure("paths", "ms", tuple(float(place) for place in range(1, 101)), at_most(95, p95=True))
    assert (figure.p95, figure.reached) == (95.0, True)


def test_few_samples_have_no_p95() -> None:
    assert Figure("paths", "ms", (1.0, 2.0)).p95 is None


def test_a_figure_without_a_target_is_neither_reached_nor_missed() -> None:
    assert Figure("size", "MB", (3.0,)).reached is None


def test_a_later_run_takes_the_place_of_an_earlier_one_of_the_same_scale(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    old, other, new = run_of(Figure("new", "s", (1.0,))), run_of(scale=2), run_of(Figure("new", "s", (2.0,)))
    write_json(kept, [old, other])
    assert merged(kept_runs(kept), [new]) == [new, other]


def test_the_notes_of_the_page_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write_markdown(page, [run_of(Figure("new", "s", (1.0,)))], SUBJECTS)
    page.write_text(page.read_text().replace(f"{NOTES}\n", f"{NOTES}\n\nBound by the disk.\n"))
    write_markdown(page, [run_of(Figure("new", "s", (2.0,)))], SUBJECTS)
    assert page.read_text().endswith(f"{NOTES}\n\nBound by the disk.\n")
    assert "| new | 2.00 s |" in page.read_text()
    assert "1.00 s" not in page.read_text()


def test_the_page_says_which_targets_are_missed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    figures = (Figure("slow", "s", (9.0,), at_most(5)), Figure("fast", "s", (1.0,), at_most(5)))
    write_markdown(page, [run_of(*figures)], SUBJECTS)
    assert "| slow | 9.00 s |  | 9.00 |  | 1 | ≤ 5.00 | **no** |  |" in page.read_text()
    assert "| fast | 1.00 s |  | 1.00 |  | 1 | ≤ 5.00 | yes |  |" in page.read_text()


@pytest.mark.parametrize(
    ("value", "text"),
    [(391_234.5, "391,234"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (0.00123, "0.0012")],
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_a_line_of_the_terminal_has_target_and_verdict() -> None:
    assert line(Figure("build", "s", (4.0,), at_most(5))).endswith("target ≤ 5.00: yes")


def test_growth_is_one_table_of_several_scales(tmp_path: Path) -> None:
    kept, page = tmp_path / "kept.json", tmp_path / "page.md"
    small = ["--growth", "0.01", "0.02", "--repetitions", "0.1", "--store", "sqlite", "--data", str(tmp_path)]
    assert main([*small, "--json", str(kept), "--markdown", str(page)]) == 0
    assert [run["scale"] for run in json.loads(kept.read_text())["runs"]] == [0.01, 0.02]
    rows = [row for row in page.read_text().splitlines() if row.startswith("| f")]
    assert [row.partition(":")[0] for row in rows] == ["| financing paths", "| fundable amount", "| financing reach"]


def test_growth_is_told_from_the_smallest_scale_to_the_largest() -> None:
    large, small = (
        run_of(Figure("paths", "ms", (value,), at_most(10), "first"), subject=GROWTH, scale=scale)
        for value, scale in ((6.0, 10), (4.0, 1))
    )
    assert "| paths: first | 4.00 ms () | 6.00 ms () | × 1.50 | ≤ 10.0: yes |" in growth([large, small])
