"""The ontology as data: kinds, relations, techniques, gates, constraint kinds and the limits of the service, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import strawberry

from graph.fields import FieldSpec, FieldType
from graph.ontology import KindSpec, Relation
from graph.ontology import Ontology as Kinds
from graph.records import Term
from graph.what_if import MAX_CHANGES, MAX_SIZE
from queries.completeness import LIMITS
from queries.financing.repairs.blocked import MAX_BLOCKED
from queries.financing.repairs.kinds import DEFAULT_COSTS, EN, RepairKind
from queries.financing.spines import Spine
from queries.financing.techniques.document import word_of
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import ConstraintKind as Constraints
from queries.financing.terms import Gate as Gates
from queries.keyset import MAX_FIRST
from queries.selection import MAX_CONDITIONS
from queries.selection import MAX_DEPTH as MAX_FILTER_DEPTH
from schema import limits


@strawberry.type(description="代码与名称 · A code with its name in both languages")
class Code:
    """One value of a code list."""

    code: str
    zh: str
    en: str


@strawberry.type(description="字段 · A field of a kind")
class FieldDescription:
    """What is known of a field."""

    name: str = strawberry.field(description="Name in GraphQL, CSV headers and Cypher")
    zh: str
    en: str
    description: str
    type: str = strawberry.field(description="text, integer, decimal, date, money, span, code, reference …")
    unit: str | None
    required: bool = strawberry.field(description="Without it the record is incomplete and no question sees it")
    target: str | None = strawberry.field(description="Of a reference: the kind that it names")
    relation: str | None = strawberry.field(description="Of a reference: the relationship type")
    codes: list[Code] = strawberry.field(description="Of a code: the values that it can have")
    marking: str = strawberry.field(description="Who may see it where the statement does not say")

    @classmethod
    def of(cls, kind: KindSpec, spec: FieldSpec) -> FieldDescription:
        """The field as the API shows it."""
        is_reference = spec.holds is FieldType.REF
        ends = kind.is_link and spec.name in ("source", "target")
        return cls(
            name=spec.graph_name,
            zh=spec.label.zh,
            en=spec.en,
            description=spec.description,
            type=spec.holds.value,
            unit=spec.label.unit,
            required=spec.required,
            target=spec.target,
            relation=(kind.relation if ends else spec.relation) if is_reference else None,
            codes=codes_of(spec.term or ()),
            marking=spec.label.marking.name,
        )


@strawberry.type(description="种类 · A kind of node or link")
class KindDescription:
    """What is known of a kind."""

    name: str = strawberry.field(description="Name of its type in GraphQL, and of its label in Neo4j")
    code: str = strawberry.field(description="Its value of the enum Kind")
    zh: str
    en: str
    description: str
    is_link: bool
    bases: list[str] = strawberry.field(description="The interfaces that it has beside Node and Record")
    prefix: str = strawberry.field(description="What its ids begin with")
    connection: str | None = strawberry.field(description="The field of View that lists its records; null for links")
    identity: list[list[str]] = strawberry.field(description="Fields that make its id, the strongest first")
    key: list[str] = strawberry.field(description="Of a link: fields that tell links between the same ends apart")
    fields: list[FieldDescription]

    @classmethod
    def of(cls, kind: KindSpec) -> KindDescription:
        """The kind as the API shows it."""

        def names(fields: Iterable[str]) -> list[str]:
            return [kind.by_name[name].graph_name for name in fields]

        return cls(
            name=kind.name,
            code=kind.code,
            zh=kind.zh,
            en=kind.en,
            description=kind.description,
            is_link=kind.is_link,
            bases=list(kind.bases),
            prefix=kind.prefix,
            connection=None if kind.is_link else kind.listing,
            identity=[names(rung) for rung in kind.identity],
            key=names(kind.key),
            fields=[FieldDescription.of(kind, spec) for spec in kind.fields],
        )


@strawberry.type(description="关系 · A relation, seen from both ends")
class RelationDescription:
    """A reference field, or an end of a link."""

    name: str = strawberry.field(description="The relationship type")
    kind: str = strawberry.field(description="The kind that refers")
    field: str = strawberry.field(description="The field by which it refers")
    zh: str
    en: str
    targets: list[str] = strawberry.field(description="The kinds that it can refer to")
    inverse: str | None = strawberry.field(description="The field that those gain; null: none")
    is_link: bool

    @classmethod
    def of(cls, relation: Relation) -> RelationDescription:
        """The relation as the API shows it."""
        return cls(
            name=relation.name,
            kind=relation.kind,
            field=relation.field.graph_name,
            zh=relation.field.label.zh,
            en=relation.field.en,
            targets=list(relation.targets),
            inverse=relation.inverse,
            is_link=relation.is_link,
        )


@strawberry.type(description="路径词 · One way in which a technique occurs")
class WordDescription:
    """One word of a technique."""

    form: str = strawberry.field(
        description="in force: EXISTING; offered: AVAILABLE or CONDITIONAL; to create: PROSPECTIVE"
    )
    word: str = strawberry.field(description="Kinds and relations from a capital source to the beneficiary")
    creates: str | None = strawberry.field(description="The kind of instrument that the parties would create")
    gates: list[Code]
    constraints: list[Code]

    @classmethod
    def of(cls, spine: Spine) -> WordDescription:
        """The word as the API shows it."""
        return cls(
            form=spine.form.value,
            word=word_of(spine),
            creates=spine.creates,
            gates=codes_of(spine.gates),
            constraints=codes_of(spine.limits),
        )


@strawberry.type(description="融资方式 · A financing technique and how far a path by it can go")
class TechniqueDescription:
    """One row of the technique table."""

    code: str
    zh: str
    en: str
    measures: list[int] = strawberry.field(description="Numbers of the measures of 洛政办〔2017〕70号 that call for it")
    serves: list[Code] = strawberry.field(description="Instruments of needs that it can meet")
    obligor: str = strawberry.field(
        description="Who owes what pays it back: buyer, anchor, acceptor, bank, beneficiary …; none: nobody"
    )
    amount: str = strawberry.field(description="Amount of the step before limits")
    sources: list[Code] = strawberry.field(description="Types of institution that may be its source; empty: funds only")
    funds: bool = strawberry.field(description="Whether funds may be its source")
    gates: list[Code] = strawberry.field(description="Gates that some path by it must pass")
    constraints: list[Code] = strawberry.field(description="Limits that some path by it draws on")
    new_money: bool = strawberry.field(description="Whether it brings money that the beneficiary did not have")
    purposes: list[str] = strawberry.field(description="The only admissible ones; empty: any")
    words: list[WordDescription]

    @classmethod
    def of(cls, row: TechniqueRow) -> TechniqueDescription:
        """The row as the API shows it."""
        gates = {gate for spine in row.spines for gate in spine.gates}
        bounds = {kind for spine in row.spines for kind in spine.limits}
        return cls(
            code=row.technique.name,
            zh=row.zh,
            en=row.en,
            measures=list(row.measures),
            serves=codes_of(row.serves),
            obligor=row.obligor.value,
            amount=row.amount,
            sources=codes_of(sorted(row.licensed, key=lambda one: one.name)),
            funds=row.funds,
            gates=codes_of(gate for gate in Gates if gate in gates),
            constraints=codes_of(kind for kind in Constraints if kind in bounds),
            new_money=row.new_money,
            purposes=list(row.purposes),
            words=[WordDescription.of(spine) for spine in row.spines],
        )


@strawberry.type(description="修复目录 · A kind of repair that whyNot knows")
class RepairDescription:
    """One row of the catalogue of repairs."""

    code: str
    zh: str
    en: str
    cost: Decimal = strawberry.field(description="What it costs where the question does not say; costs of a set add up")


@strawberry.type(description="服务限额 · A limit of the service")
class ServiceLimit:
    """One number that requests are held to."""

    name: str
    zh: str
    en: str
    value: int


@strawberry.type(description="本体 · What the graph can hold and the service can do")
class Ontology:
    """Everything that is the same for every view."""

    kinds: list[KindDescription]
    relations: list[RelationDescription]
    techniques: list[TechniqueDescription]
    gates: list[Code]
    constraint_kinds: list[Code] = strawberry.field(description="In the order in which equal ones bind")
    repairs: list[RepairDescription] = strawberry.field(description="The catalogue that whyNot chooses from")
    limits: list[ServiceLimit]

    @classmethod
    def of(cls, kinds: Kinds) -> Ontology:
        """The ontology as the API shows it."""
        return cls(
            kinds=[KindDescription.of(kind) for kind in kinds.kinds.values()],
            relations=[RelationDescription.of(relation) for relation in kinds.relations],
            techniques=[TechniqueDescription.of(row) for row in TECHNIQUES.values()],
            gates=codes_of(Gates),
            constraint_kinds=codes_of(Constraints),
            repairs=[
                RepairDescription(code=kind.name, zh=kind.zh, en=EN[kind], cost=DEFAULT_COSTS[kind])
                for kind in RepairKind
            ],
            limits=service_limits(),
        )


def codes_of(terms: Iterable[Term]) -> list[Code]:
    """Codes with their names."""
    return [Code(code=term.name, zh=term.zh, en=_words(term.name)) for term in terms]


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def service_limits() -> list[ServiceLimit]:
    """The numbers that every request is held to."""
    rows = (
        ("depth", "查询层数", "Fields deep", limits.MAX_DEPTH),
        ("aliases", "别名个数", "Aliases", limits.MAX_ALIASES),
        ("directives", "指令个数", "Directives", limits.MAX_DIRECTIVES),
        ("tokens", "查询词元数", "Tokens of a document", limits.MAX_TOKENS),
        ("cost", "应答字段数上限", "Fields that an answer may hold", limits.MAX_COST),
        ("bodyBytes", "请求体字节数", "Bytes of a request", limits.MAX_BODY_BYTES),
        ("first", "每页行数", "Rows of a page", MAX_FIRST),
        ("filterDepth", "筛选条件层数", "Levels of a filter", MAX_FILTER_DEPTH),
        ("filterConditions", "筛选条件个数", "Comparisons of a filter", MAX_CONDITIONS),
        ("changes", "假设变更条数", "Changes of a what-if", MAX_CHANGES),
        ("changesSize", "假设变更字符数", "Characters of the changes of a what-if", MAX_SIZE),
        ("searchExpansions", "单次搜索展开节点数", "Expansions of a path search", LIMITS.expansions),
        ("searchMilliseconds", "单次搜索毫秒数", "Milliseconds of a path search", LIMITS.milliseconds),
        ("searchSteps", "路径最多步数", "Steps of a path", LIMITS.max_steps),
        ("searchPaths", "路径最多条数", "Paths of a search", LIMITS.max_paths),
        ("blockedPaths", "受阻路径最多条数", "Blocked paths of whyNot", MAX_BLOCKED),
    )
    return [ServiceLimit(name=name, zh=zh, en=en, value=value) for name, zh, en, value in rows]
