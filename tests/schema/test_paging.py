"""Pages over GraphQL, with loads in between."""

from graph.kinds.contracts import Facility
from graph.kinds.parties import Enterprise, Institution, InstitutionType
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import OfferStatus, Technique
from graph.money import Money
from graph.records import Ref
from tests.schema.world import BANK, LONER, World, credit_code

PAGE = (
    "query($after: String) { enterprises(first: 2, after: $after, orderBy: [{ field: ANNUAL_REVENUE, direction: DESC }])"
    " { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } } } }"
)


def names(connection: dict[str, object]) -> list[str]:
    return [edge["node"]["name"] for edge in connection["edges"]]  # type: ignore[attr-defined, index]


def test_rows_inserted_between_pages_neither_repeat_nor_skip(changing: World) -> None:
    first = changing.ask(PAGE)["enterprises"]
    assert names(first) == ["河东重工集团有限公司", "河东轴承有限公司"]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": first["edges"][0]["cursor"],
        "endCursor": first["edges"][1]["cursor"],
    }
    changing.add(
        "register",
        [
            Enterprise(credit_code=credit_code(20), name="前插厂", annual_revenue=Money.of(500, unit="万元")),
            Enterprise(credit_code=credit_code(21), name="后插厂", annual_revenue=Money.of(100, unit="万元")),
        ],
    )
    second = changing.ask(PAGE, {"after": first["pageInfo"]["endCursor"]})["enterprises"]
    assert names(second) == ["后插厂", "石桥铸造厂"]
    assert second["totalCount"] == 6
    assert second["pageInfo"]["hasPreviousPage"]
    third = changing.ask(PAGE, {"after": second["pageInfo"]["endCursor"]})["enterprises"]
    # Another currency does not compare with yuan: it comes behind.
    assert names(third) == ["长行科技银行服务有限公司"]
    assert not third["pageInfo"]["hasNextPage"]


def test_counting_loads_no_record(town: World) -> None:
    assert town.ask("{ receivables { totalCount } }") == {"receivables": {"totalCount": 2}}


def test_inverse_relations_filter_order_and_page(town: World) -> None:
    document = (
        "query($after: String) { policies { nodes { id } } enterprises(filter: { receivables: { some: {} } }) { nodes { receivables("
        "first: 1, after: $after, filter: { face: { gte: { amount: 500000 } } }, orderBy: [{ field: DUE_ON }])"
        " { totalCount pageInfo { endCursor } nodes { id } } } } }"
    )
    [firm] = town.ask(document)["enterprises"]["nodes"]
    assert firm["receivables"]["nodes"] == [{"id": "receivable:r2"}]
    assert firm["receivables"]["totalCount"] == 2
    [firm] = town.ask(document, {"after": firm["receivables"]["pageInfo"]["endCursor"]})["enterprises"]["nodes"]
    assert firm["receivables"]["nodes"] == [{"id": "receivable:r1"}]


def test_an_order_goes_upwards_unless_it_says_otherwise(town: World) -> None:
    found = town.ask("{ receivables(orderBy: [{ field: FACE }]) { nodes { id } } }")
    assert [one["id"] for one in found["receivables"]["nodes"]] == ["receivable:r2", "receivable:r1"]


def _offers(count: int, start: int = 0) -> list[LoanProduct | Facility]:
    return [
        LoanProduct(
            id=f"loanProduct:line{number:02}", name=f"综合授信{number}", lender=Ref(BANK), technique=Technique.COMPREHENSIVE_LINE,
            status=OfferStatus.OPEN, max_amount=Money.of(100 + number, unit="万元"),
        )
        for number in range(start, start + count)
    ]  # fmt: skip


def test_cursors_of_computed_lists_hold_on_to_the_version_of_the_first_page(changing: World) -> None:
    document = (
        "query($id: ID!, $after: String) { version financingPaths(beneficiary: $id, first: 2, after: $after,"
        " techniques: [COMPREHENSIVE_LINE]) { paths { totalCount pageInfo { hasNextPage endCursor }"
        " nodes { id steps { from { id } } } } } }"
    )
    changing.add(
        "register", [Institution(credit_code=credit_code(51), name="二号银行", type=InstitutionType.BANK), *_offers(5)]
    )
    first = changing.ask(document, {"id": LONER})["financingPaths"]["paths"]
    assert first["totalCount"] == 5
    changing.add("register", _offers(5, start=5))
    second = changing.ask(document, {"id": LONER, "after": first["pageInfo"]["endCursor"]})["financingPaths"]["paths"]
    assert second["totalCount"] == 5
    third = changing.ask(document, {"id": LONER, "after": second["pageInfo"]["endCursor"]})["financingPaths"]["paths"]
    seen = [node["id"] for page in (first, second, third) for node in page["nodes"]]
    assert len(set(seen)) == len(seen) == 5
    assert not third["pageInfo"]["hasNextPage"]
    assert changing.ask(document, {"id": LONER})["financingPaths"]["paths"]["totalCount"] == 10
