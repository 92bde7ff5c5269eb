"""The whole schema, built from an ontology: derived types, questions, and the rules that every request is held to."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.ontology import Ontology
from schema.execution import Discipline
from schema.mutation import DeskMutations
from schema.questions import Times, question_fields
from schema.scalars import SCALARS
from schema.types.accountability import AccountabilityQuestions
from schema.types.chains import ChainQuestions, add_chains
from schema.types.change_events import add_change_events, subscription_type
from schema.types.changes import add_changes, view_field
from schema.types.codes import code_enum, code_lists, kind_enum
from schema.types.covenants import CovenantQuestions
from schema.types.coverage import CoverageQuestions
from schema.types.coverage_cells import add_coverage
from schema.types.derived import Types, declared_fields, make_object, named
from schema.types.desk import DeskQuestions
from schema.types.eligibility import EligibilityQuestions
from schema.types.filters import add_filters
from schema.types.financing import add_financing
from schema.types.financing_questions import FinancingQuestions
from schema.types.fund_options import FundOptionQuestions, add_fund_options
from schema.types.fund_tree import FundTreeQuestions
from schema.types.fundable import FundableQuestions
from schema.types.incomplete import incomplete_fields
from schema.types.inventory import InventoryQuestions
from schema.types.ledger import LedgerQuestions
from schema.types.matchmaking import MatchmakingQuestions
from schema.types.need_history import need_fields
from schema.types.policy import PolicyQuestions, policy_fields
from schema.types.policy_stack import StackQuestions
from schema.types.portfolio import PortfolioQuestions
from schema.types.progress import ProgressQuestions
from schema.types.reach import ReachQuestions, add_reach
from schema.types.records import add_records
from schema.types.search import SearchConnection
from schema.types.source import Source
from schema.types.succession import SuccessionQuestions
from schema.types.targets import TargetQuestions, add_targets
from schema.types.why_not import WhyNotQuestions

DESCRIPTION = "洛书 · Who makes, who buys, who lends, who invests, and which policy helps"


class Schema(strawberry.Schema):
    """A schema that logs nothing of its own: errors are logged where they are shown."""

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Do nothing."""


def build_schema(ontology: Ontology) -> Schema:
    """The schema of this ontology. Cost: about a second.

    Raises TypeError, naming the kind, where two types or fields would have one name.
    """
    types = Types()
    types.add("Kind", kind_enum(ontology))
    for term in code_lists(ontology):
        definition = code_enum(term)
        if types.get(definition.name) is not definition:
            types.add(definition.name, definition)
    add_filters(types, ontology)
    add_records(types, ontology, {**policy_fields(), **need_fields()})
    types.add("Source", Source)
    types.add("SearchConnection", SearchConnection)
    fields = incomplete_fields()
    above = [types["Node"], types["Record"]]
    types.add(
        "IncompleteRecord",
        make_object("IncompleteRecord", fields, "不完整记录 · A record that lacks a required field", above),
    )
    add_chains(types, ontology)
    add_financing(types)
    add_reach(types)
    add_coverage(types)
    add_fund_options(types)
    add_targets(types)
    add_changes(types)
    add_change_events(types)
    questions = question_fields(
        types,
        ontology,
        ChainQuestions,
        FinancingQuestions,
        FundableQuestions,
        ReachQuestions,
        WhyNotQuestions,
        LedgerQuestions,
        CoverageQuestions,
        FundOptionQuestions,
        FundTreeQuestions,
        CovenantQuestions,
        TargetQuestions,
        PortfolioQuestions,
        EligibilityQuestions,
        StackQuestions,
        ProgressQuestions,
        InventoryQuestions,
        DeskQuestions,
        MatchmakingQuestions,
        PolicyQuestions,
        SuccessionQuestions,
        AccountabilityQuestions,
    )
    view = types.add("View", make_object("View", [*declared_fields(Times), *questions], f"视图 · {VIEW}"))
    query = make_object(
        "Query",
        [view_field(types), *declared_fields(Times), *questions],
        f"{DESCRIPTION}. Fields ask the present view.",
    )
    mutation = make_object("Mutation", declared_fields(DeskMutations), "办理 · The needs desk: what is written")
    with named(types):
        return Schema(
            query=query,
            subscription=subscription_type(types),
            mutation=mutation,
            types=[
                view,
                types["IncompleteRecord"],
                types["CoverageCell"],
                types["FinancingPath"],
                *(types[kind] for kind in ontology.kinds),
            ],
            extensions=[Discipline],
            config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        )


VIEW = "The graph as it was on a day, as it was known at a time"
