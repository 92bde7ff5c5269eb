"""What the README shows is what the service says."""

from pathlib import Path

import pytest

from tests.readme import README, answers, asked_on, asking


@pytest.mark.slow
def test_the_answers_of_the_readme_are_those_of_a_run(tmp_path: Path) -> None:
    told = README.read_text("utf-8")
    assert answers(told, asking(tmp_path, asked_on(told))) == told, "write them anew: python -m tests.readme"
