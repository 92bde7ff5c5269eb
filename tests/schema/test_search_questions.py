"""Search over GraphQL."""

from tests.schema.world import ANCHOR, LONER, World, credit_code

SEARCH = (
    "query($text: String!, $kinds: [Kind!], $first: Int, $after: String) { search(text: $text, kinds: $kinds, first: $first,"
    " after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { match node { id ... on Party { name } } } } }"
)


def test_pinyin_and_short_names_find_a_firm(town: World) -> None:
    for text, match in (
        ("河东重工", "EXACT"),
        ("hedongzhonggong", "PINYIN"),
        ("hdzg", "PINYIN"),
        (credit_code(1), "EXACT"),
    ):
        [first, *_] = town.ask(SEARCH, {"text": text})["search"]["edges"]
        assert first == {"match": match, "node": {"id": ANCHOR, "name": "河东重工集团有限公司"}}


def test_a_search_pages_and_counts(town: World) -> None:
    first = town.ask(SEARCH, {"text": "河东", "first": 2})["search"]
    assert first["totalCount"] == 6
    rest = town.ask(SEARCH, {"text": "河东", "first": 10, "after": first["pageInfo"]["endCursor"]})["search"]
    ids = [edge["node"]["id"] for edge in first["edges"] + rest["edges"]]
    assert len(ids) == len(set(ids)) == 6
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


def test_kinds_narrow_a_search(town: World) -> None:
    found = town.ask(SEARCH, {"text": "银行", "kinds": ["ENTERPRISE"]})["search"]
    assert [edge["node"]["id"] for edge in found["edges"]] == [LONER]


def test_a_cursor_of_another_search_is_refused(town: World) -> None:
    cursor = town.ask(SEARCH, {"text": "河东", "first": 1})["search"]["pageInfo"]["endCursor"]
    code, message = town.refused(SEARCH, {"text": "银行", "after": cursor})
    assert (code, "another search" in message) == ("INVALID_INPUT", True)
