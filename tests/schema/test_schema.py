"""The schema as a whole: as exported, with everything that the ontology holds, and with a kind that is declared at run time."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_non_null_type,
)

from graph.kinds.parties import Enterprise
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Label, Link, Node, Ref, Term, declared_for_a_while
from loaders.tabular.template import template
from schema.schema import Schema, build_schema
from tests.graph.build import load
from tests.graph.memory_log import MemoryLog
from tests.schema.world import World, credit_code

EXPORTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_exported_schema_is_what_the_code_says(schema: Schema) -> None:
    assert EXPORTED.read_text(encoding="utf-8") == schema.as_str() + "\n"


def test_every_kind_has_its_type_filter_order_and_connection(schema: Schema, ontology: Ontology) -> None:
    types = schema._schema.type_map
    for kind in ontology.kinds.values():
        made = types[kind.name]
        assert isinstance(made, GraphQLObjectType)
        assert {"Record", "StatedRecord", *kind.bases} <= {one.name for one in made.interfaces}
        assert ("Node" in {one.name for one in made.interfaces}) is not kind.is_link
        assert {spec.graph_name for spec in kind.fields} <= made.fields.keys()
        for suffix in ("Filter", "Order", "OrderField", "Connection", "Edge"):
            assert f"{kind.name}{suffix}" in types
    query, view = types["Query"], types["View"]
    assert isinstance(query, GraphQLObjectType)
    assert isinstance(view, GraphQLObjectType)
    assert {kind.plural for kind in ontology.nodes} <= query.fields.keys()
    assert query.fields.keys() - view.fields.keys() == {"view"}


def test_every_relation_arrives_at_both_ends(schema: Schema, ontology: Ontology) -> None:
    types = schema._schema.type_map
    for relation in ontology.relations:
        if relation.inverse is None:
            continue
        for target in relation.targets:
            made, condition = types[target], types[f"{target}Filter"]
            assert isinstance(made, GraphQLObjectType)
            assert isinstance(condition, GraphQLInputObjectType)
            assert relation.inverse in made.fields
            assert relation.inverse in condition.fields


def test_everything_is_described_and_codes_in_chinese(schema: Schema) -> None:
    types = schema._schema.type_map
    stage = types["Stage"]
    assert isinstance(stage, GraphQLEnumType)
    assert stage.values["SEED"].description == "种子期"
    enterprise = types["Enterprise"]
    assert isinstance(enterprise, GraphQLObjectType)
    assert enterprise.description is not None
    assert enterprise.description.startswith("企业 · ")
    assert [name for name, field in enterprise.fields.items() if not field.description] == []
    employees = enterprise.fields["employees"].description
    assert employees == "从业人数 · Employees [people]"


PROMISED = {
    "Policy": "id: ID! docNo: String! title: String! issuedOn: Date issuedBy: GovernmentUnit themes: [Theme!]! measures: [Measure!]!"
    " targets: [Target!]! rules: [Rule!]! openQuestions: [OpenQuestion!]!",
    "Measure": "number: Int! title: String! text: String! span: Span! theme: Theme! responsible: [Responsibility!]! targets: [Target!]!",
    "Responsibility": "listOrder: Int! printed: String! unit: ResponsibleUnit! span: Span!",
    "Target": "indicator: String! kind: TargetKind! operator: Operator value: Decimal unit: String printed: String! money: Money by: Date"
    " period: String baseline: Decimal measure: Measure span: Span!",
    "Claim": "source: Source! locator: String quote: String confidence: Decimal! recordedAt: DateTime!",
    "Money": "amount: Decimal! currency: String! printed: String",
    "Span": "start: Int! end: Int! quote: String!",
    "View": "asOf: Date! knownAt: DateTime! version: String! node: Node nodes: [Node]! search: SearchConnection! ontology: Ontology!"
    " sources: [Source!]! policy: Policy financingPaths: FinancingPaths! financingPath: FinancingPath fundCoverageGaps: FundCoverage!"
    " enterprises: EnterpriseConnection! institutions: InstitutionConnection! funds: FundConnection! loanProducts: LoanProductConnection!"
    " financingNeeds: FinancingNeedConnection! policies: PolicyConnection!",
    "FinancingPath": "id: ID! technique: Technique! status: PathStatus! source: CapitalSource! beneficiary: Enterprise! obligor: Node"
    " recourse: Recourse steps: [PathStep!]! supports: [Support!]! gates: [GateResult!]! missing: [MissingInstrument!]! capacity: Money"
    " capacityIsUpperBound: Boolean! bindingConstraint: Constraint! constraints: [Constraint!]! evidence: Evidence!"
    " proceeds: Money cost: Cost! tenor: DayRange score: Score policyBasis: [Clause!]!",
    "Cost": "annualBps: Decimal low: Decimal high: Decimal afterSubsidyBps: Decimal complete: Boolean! parts: [CostPart!]!",
    "CostPart": "kind: CostKind! payer: Node bps: Decimal amount: Money status: SubsidyStatus",
    "Score": "value: Decimal! parts: [ScorePart!]! missing: [String!]!",
    "PathStep": "from: Node! to: Node! relation: String! amount: Money validFrom: Date validTo: Date evidence: [Claim!]!",
    "GateResult": "gate: Gate! verdict: Ternary! missing: [MissingFact!]! rule: Rule",
    "Constraint": "kind: ConstraintKind! on: Record limit: Money used: Money headroom: Money drawPerYuan: Decimal! basis: DrawBasis!"
    " stated: Stated! redacted: Boolean!",
    "Evidence": "strength: Decimal! weakestStep: Int! claims: [Claim!]!",
    "Completeness": "complete: Boolean! reason: IncompleteReason exploredCount: Int! completeToDepth: Int! truncatedByAccess: Boolean!",
    "Query": "view: View! supplyTiers: SupplyTiers! connections: ConnectionPaths! fundTree: FundTree! fundCovenants: [Covenant!]!"
    " targetProgress: [TargetProgress!]! poolInventory: [PoolStatus!]! listCompleteness: [ListCompleteness!]!"
    " disclosure: [DisclosureStatus!]!",
    "FundCoverage": "cells: [CoverageCell!]! total: CoverageCell! overCoverage: Money! fundMarginals: [FundMarginal!]!"
    " ruleMarginals: [RuleMarginal!]!",
    "FundMarginal": "fund: Fund! closesPerYuan: Decimal!",
    "RuleMarginal": "fund: Fund! rule: Rule! closes: Money!",
    "CoverageCell": "id: ID! industry: Industry stage: Stage region: Region instrument: Instrument ticketBand: TicketBand tags: [Tag!]"
    " period: String maxAllocatable: Money! demand: Money! deployed: Money! covered: Money!"
    " executionGap: Money! structuralGap: Money! structuralGapLow: Money! overCoverage: Money! reason: GapReason reasons: [GapShare!]!"
    " funds: [CellFund!]! needs: FinancingNeedConnection!",
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_what_clients_are_promised_is_there(schema: Schema, name: str) -> None:
    made = schema._schema.type_map[name]
    assert isinstance(made, GraphQLObjectType)
    words = PROMISED[name].split()
    wanted = {field.removesuffix(":"): of for field, of in zip(words[::2], words[1::2], strict=True)}
    assert {field: str(made.fields[field].type) for field in wanted if field in made.fields} == wanted


def test_what_waits_for_a_later_capability_is_not_there_yet(schema: Schema) -> None:
    query = schema._schema.type_map["Query"]
    assert isinstance(query, GraphQLObjectType)
    later = {
        "guaranteeCircles",
        "contagion",
        "syndicationAlerts",
        "poolStress",
        "bridgeWall",
        "criticalSuppliers",
        "explainChange",
    }
    assert query.fields.keys().isdisjoint(later)


def test_links_name_both_ends_always(schema: Schema, ontology: Ontology) -> None:
    for kind in ontology.links:
        made = schema._schema.type_map[kind.name]
        assert isinstance(made, GraphQLObjectType)
        assert is_non_null_type(made.fields["source"].type)
        assert is_non_null_type(made.fields["target"].type)


def test_only_computed_things_and_nodes_are_nodes(schema: Schema, ontology: Ontology) -> None:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    names = {one.name for one in schema._schema.get_possible_types(node)}
    assert names == {kind.name for kind in ontology.nodes} | {"IncompleteRecord", "FinancingPath", "CoverageCell"}


def test_a_kind_declared_at_run_time_arrives_everywhere() -> None:
    with declared_for_a_while():

        class Roast(Term):
            """How dark a roast is."""

            LIGHT = "浅烘"
            DARK = "深烘"

        class Roastery(Node, zh="烘焙坊"):
            """Where coffee is roasted."""

            name: Annotated[str, Label("名称")]
            owner: Annotated[Ref[Enterprise] | None, Label("业主", inverse="roasteries")] = None
            roast: Annotated[Roast | None, Label("烘焙度")] = None
            output: Annotated[Money | None, Label("年产值")] = None

        class Blends(Link, zh="拼配", outgoing="blends", incoming="blendedIn"):
            """A roastery blends for another."""

            source: Annotated[Ref[Roastery], Label("烘焙坊")]
            target: Annotated[Ref[Roastery], Label("客户")]
            share: Annotated[Decimal | None, Label("比例", unit="0–1")] = None

        ontology = Ontology.current()
        log = MemoryLog()
        owner = Enterprise(credit_code=credit_code(1), name="河东咖啡有限公司")
        first, second = "roastery:east", "roastery:west"
        load(
            log, "test",
            [
                owner,
                Roastery(id=first, name="河东烘焙坊", owner=Ref(f"enterprise:{credit_code(1)}"), roast=Roast.DARK, output=Money.of(9)),
                Roastery(id=second, name="石桥烘焙坊", roast=Roast.LIGHT),
                Blends(source=Ref(first), target=Ref(second), share=Decimal("0.25")),
            ],
            ontology=ontology,
        )  # fmt: skip
        world = World.over(log, build_schema(ontology), ontology)
        found = world.ask(
            "{ roasteries(filter: { roast: { eq: DARK }, blends: { some: { share: { gte: 0.2 } } }, owner: { name: { contains: 咖啡 } } },"
            " orderBy: [{ field: OUTPUT, direction: DESC }]) { totalCount nodes { name roast owner { name roasteries { totalCount } }"
            " blends { nodes { share target { name } } } claims { source { name } } } } }".replace("咖啡", '"咖啡"')
        )["roasteries"]
        assert found == {
            "totalCount": 1,
            "nodes": [
                {
                    "name": "河东烘焙坊",
                    "roast": "DARK",
                    "owner": {"name": "河东咖啡有限公司", "roasteries": {"totalCount": 1}},
                    "blends": {"nodes": [{"share": "0.25", "target": {"name": "石桥烘焙坊"}}]},
                    "claims": [{"source": {"name": "test"}}],
                }
            ],
        }
        [hit] = world.ask('{ search(text: "hongbeifang", kinds: [ROASTERY], first: 1) { nodes { id } } }')["search"][
            "nodes"
        ]
        assert hit["id"] == first
        kinds = world.ask("{ ontology { kinds { code connection fields { name codes { zh } } } } }")["ontology"][
            "kinds"
        ]
        [described] = [kind for kind in kinds if kind["code"] == "ROASTERY"]
        assert described["connection"] == "roasteries"
        assert {"name": "roast", "codes": [{"zh": "浅烘"}, {"zh": "深烘"}]} in described["fields"]
        assert "roast" in template(ontology["Roastery"], ontology).splitlines()[0]


def test_a_kind_whose_plural_is_a_question_is_refused() -> None:
    with declared_for_a_while():

        class FundCoverageGap(Node, zh="缺口"):
            """Its plural is what a question is called."""

            name: Annotated[str, Label("名称")]

        with pytest.raises(TypeError, match="FundCoverageGap is listed as fundCoverageGaps, which is another question"):
            build_schema(Ontology.current())


@pytest.mark.parametrize("taken", ["claims", "conflicts", "displayName"])
def test_a_field_that_every_record_has_is_no_kinds_own(taken: str) -> None:
    with declared_for_a_while():
        name = "display_name" if taken == "displayName" else taken
        annotations = {"name": Annotated[str, Label("名称")], name: Annotated[str | None, Label("重名")]}
        type("Clashing", (Node,), {"__annotations__": annotations, name: None, "__module__": __name__}, zh="冲突")
        with pytest.raises(TypeError, match=f"Clashing.*{taken}"):
            build_schema(Ontology.current())
