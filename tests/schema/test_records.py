"""Records over GraphQL: values, references, inverse relations, evidence, old ids, incomplete ones."""

from tests.schema.world import ANCHOR, LONER, TIER1, World, credit_code


def test_values_come_exact_and_in_their_own_types(town: World) -> None:
    found = town.ask(
        "query($id: ID!) { node(id: $id) { __typename ... on Enterprise {"
        " name shortName aliases stage foundedOn employees website annualRevenue { amount currency printed } netAssets { amount } } } }",
        {"id": ANCHOR},
    )["node"]
    assert found == {
        "__typename": "Enterprise",
        "name": "河东重工集团有限公司",
        "shortName": "河东重工",
        "aliases": ["东重"],
        "stage": "MATURE",
        "foundedOn": "1998-03-01",
        "employees": 1200,
        "website": None,
        "annualRevenue": {"amount": "9000000.00", "currency": "CNY", "printed": "900万元"},
        "netAssets": None,
    }


def test_a_decimal_comes_as_a_string(town: World) -> None:
    [link] = town.ask(
        "query($id: ID!) { node(id: $id) { ... on Enterprise { supplies { nodes { shareOfSupplierRevenue } } } } }",
        {"id": TIER1},
    )["node"]["supplies"]["nodes"]
    assert link == {"shareOfSupplierRevenue": "0.8"}


def test_references_and_inverse_relations_lead_on(town: World) -> None:
    found = town.ask(
        "query($id: ID!) { node(id: $id) { ... on Enterprise { industry { name } suppliedBy { totalCount nodes {"
        " annualAmount { amount } source { name supplies { totalCount } } product { displayName } } } } } }",
        {"id": ANCHOR},
    )["node"]
    assert found["industry"] == {"name": "通用设备制造业"}
    assert found["suppliedBy"] == {
        "totalCount": 1,
        "nodes": [
            {
                "annualAmount": {"amount": "36500000.00"},
                "source": {"name": "河东轴承有限公司", "supplies": {"totalCount": 1}},
                "product": {"displayName": "轴承"},
            }
        ],
    }


def test_claims_say_who_says_what_and_where(town: World) -> None:
    [link] = town.ask(
        "query($id: ID!) { node(id: $id) { ... on Enterprise { supplies { nodes { claims {"
        " source { name reliability } locator quote confidence recordedAt load record { id } stated } } } } } }",
        {"id": TIER1},
    )["node"]["supplies"]["nodes"]
    [claim] = link["claims"]
    assert claim["source"] == {"name": "register", "reliability": "0.9"}
    assert claim["locator"] == "row 7"
    assert claim["confidence"] == "0.8"
    assert claim["recordedAt"] == "2025-01-01T00:00:00Z"
    assert claim["load"] == 1
    assert claim["record"] == {
        "id": f"supplies:{TIER1.replace(':', '%3A')}:{ANCHOR.replace(':', '%3A')}:product%3Abearing"
    }
    assert claim["stated"]["annualAmount"] == {"amount": "36500000.00", "currency": "CNY", "printed": None}
    assert claim["quote"] is None


def test_a_claim_from_a_document_quotes_it(town: World) -> None:
    found = town.ask('{ node(id: "measure:1") { ... on StatedRecord { claims { source { name } quote } } } }')
    assert found["node"]["claims"] == [{"source": {"name": "plan"}, "quote": "推广多级流转。"}]


def test_a_conflict_names_field_sources_and_values(town: World) -> None:
    found = town.ask(
        "query($id: ID!) { node(id: $id) { ... on Enterprise { name website conflicts { field values { source { name } value } } } } }",
        {"id": TIER1},
    )["node"]
    assert found["name"] == "河东轴承有限公司"
    assert found["website"] == "https://bearing.example"
    assert found["conflicts"] == [
        {
            "field": "name",
            "values": [
                {"source": {"name": "register"}, "value": "河东轴承有限公司"},
                {"source": {"name": "directory"}, "value": "河东轴承股份有限公司"},
            ],
        }
    ]


def test_an_old_id_answers_with_the_record_that_it_has_become(town: World) -> None:
    assert town.ask('{ node(id: "enterprise:directory:东重") { id } }') == {"node": {"id": ANCHOR}}


def test_a_record_that_lacks_a_required_field_is_shown_as_such(town: World) -> None:
    found = town.ask(
        "query($id: ID!) { node(id: $id) { __typename id ... on IncompleteRecord { kind missing stated claims { source { name } } } } }",
        {"id": f"enterprise:{credit_code(9)}"},
    )["node"]
    assert found == {
        "__typename": "IncompleteRecord",
        "id": f"enterprise:{credit_code(9)}",
        "kind": "ENTERPRISE",
        "missing": ["name"],
        "stated": {"creditCode": credit_code(9), "address": "河东区一号"},
        "claims": [{"source": {"name": "directory"}}],
    }


def test_an_incomplete_record_is_in_no_list(town: World) -> None:
    assert town.ask("{ enterprises { totalCount } }") == {"enterprises": {"totalCount": 4}}


def test_what_is_not_there_is_null_and_keeps_its_place(town: World) -> None:
    found = town.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [ANCHOR, "enterprise:none", LONER]})
    assert found["nodes"] == [{"id": ANCHOR}, None, {"id": LONER}]


def test_an_interface_knows_what_its_kinds_share(town: World) -> None:
    found = town.ask(
        '{ node(id: "receivable:r1") { id ... on Asset { owner { name } encumbrances { totalCount } }'
        " ... on Receivable { obligor { __typename displayName ... on Party { name } } } } }"
    )["node"]
    assert found == {
        "id": "receivable:r1",
        "owner": {"name": "河东轴承有限公司"},
        "encumbrances": {"totalCount": 0},
        "obligor": {"__typename": "Enterprise", "displayName": "河东重工集团有限公司", "name": "河东重工集团有限公司"},
    }


def test_a_record_without_a_name_is_displayed_by_its_id(town: World) -> None:
    found = town.ask('{ nodes(ids: ["receivable:r1", "target:1"]) { ... on StatedRecord { displayName } } }')
    assert found["nodes"] == [{"displayName": "r1"}, {"displayName": "基金规模"}]


def test_views_ask_of_another_day_and_of_what_was_known_then(town: World) -> None:
    found = town.ask(
        '{ version asOf early: view(knownAt: "2025-01-01T12:00:00Z") { version policies { totalCount } enterprises { totalCount } }'
        ' before: view(asOf: "2020-01-01", knownAt: "2000-01-01T00:00:00Z") { asOf knownAt version enterprises { totalCount } } }'
    )
    assert found == {
        "version": "3",
        "asOf": "2025-06-01",
        "early": {"version": "1", "policies": {"totalCount": 0}, "enterprises": {"totalCount": 4}},
        "before": {
            "asOf": "2020-01-01",
            "knownAt": "2000-01-01T00:00:00Z",
            "version": "0",
            "enterprises": {"totalCount": 0},
        },
    }
