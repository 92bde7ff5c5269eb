"""Pictures of answers: what is drawn, in which form, with Chinese glyphs that are there."""

from pathlib import Path

import pytest
from matplotlib.ft2font import FT2Font

from graph.errors import InvalidInput, LuoshuError
from schema.context import Scope
from schema.execution import Request
from schema.pictures.asking import picture
from schema.pictures.canvas import font
from schema.pictures.paths import in_wan
from tests.schema.world import ANCHOR, LONER, TIER2, World

PATHS = f'{{ financingPaths(beneficiary: "{TIER2}") {{ paths {{ totalCount }} }} }}'


REACH = f'{{ financingReach(from: "{ANCHOR}") {{ enterprises {{ totalCount }} }} }}'


def _drawn(world: World, document: str, name: str, variables: dict[str, object] | None = None) -> bytes:
    return picture(world.schema, Scope.present(world.service, 30), Request(document, variables), Path(name))


def test_paths_are_drawn_whatever_the_document_selects(town: World) -> None:
    drawn = _drawn(town, PATHS, "paths.svg").decode()
    assert drawn.lstrip().startswith("<?xml")
    assert "<!-- 多级流转 · 可构建 -->" in drawn


def test_reach_is_drawn_in_columns_by_tier(town: World) -> None:
    drawn = _drawn(town, REACH, "reach.svg").decode()
    assert "<!-- 第 1 层 Tier 1 · 0 / 0 家 -->" in drawn
    assert "<!-- 第 2 层 Tier 2 · 1 / 1 家 -->" in drawn
    assert "<!-- 传递环节 passes on -->" in drawn
    assert "<!-- 多级流转 · 60 万 · 缺口 0 -->" in drawn
    assert _drawn(town, REACH, "reach.png") == _drawn(town, REACH, "reach.png")


def test_reach_of_nobody_is_an_empty_picture(town: World) -> None:
    drawn = _drawn(town, REACH.replace(ANCHOR, LONER), "reach.svg").decode()
    assert "<!-- 0 / 0 家企业 enterprises · 线宽示额度 width: capacity -->" in drawn


def test_a_png_is_a_png(town: World) -> None:
    assert _drawn(town, PATHS, "paths.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["paths.svg", "paths.png"])
def test_equal_answers_are_equal_pictures(town: World, name: str) -> None:
    assert _drawn(town, PATHS, name) == _drawn(town, PATHS, name)


def test_the_font_has_every_glyph_of_the_labels() -> None:
    face = FT2Font(font().get_file())
    assert all(
        face.get_char_index(ord(sign)) for sign in "融资路径洛书供应链债券保理贴现涧西瀍河偃师汝阳孟津—·…（）〔〕"
    )


def test_a_question_of_a_past_view_is_drawn_too(town: World) -> None:
    document = (
        'query($id: ID!, $unused: Int) { past: view(asOf: "2025-02-01") { found: financingPaths(beneficiary: $id, first: 1)'
        " { paths { totalCount } } } enterprises(first: $unused) { totalCount } }"
    )
    assert _drawn(town, document, "paths.svg", {"id": TIER2})


def test_a_firm_without_paths_has_an_empty_picture(town: World) -> None:
    document = PATHS.replace("{ financingPaths(", "{ financingPaths(techniques: [EQUITY], ")
    assert _drawn(town, document, "paths.svg")


@pytest.mark.parametrize(
    ("document", "name", "message"),
    [
        (
            "{ enterprises { totalCount } }",
            "x.svg",
            "these have: financingPaths, financingReach, fundCoverageGaps, fundTree",
        ),
        (PATHS, "x.pdf", "write .svg or .png"),
        (PATHS, "x", "write .svg or .png"),
    ],
)
def test_what_has_no_picture_is_refused(town: World, document: str, name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        _drawn(town, document, name)


def test_an_error_of_the_question_is_told(town: World) -> None:
    with pytest.raises(LuoshuError, match="enterprise:none") as raised:
        _drawn(town, PATHS.replace(TIER2, "enterprise:none"), "x.svg")
    assert raised.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.00", "0"),
        ("9999.99", "9,999.99"),
        ("10000.00", "1 万"),
        ("123456789.00", "12,345.68 万"),
        ("600000.00", "60 万"),
    ],
)
def test_amounts_are_read_in_wan(amount: str, shown: str) -> None:
    assert in_wan(amount) == shown
