"""Records of the units of a plan: departments, sets, institutions, the committee, posts and who holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from graph.batch import Statement
from graph.identifiers import make_id
from graph.kinds.parties import (
    BankBranch,
    GovernmentUnit,
    Institution,
    InstitutionType,
    MemberOf,
    MemberRole,
    Person,
    ResponsibleUnit,
    UnitSet,
)
from graph.kinds.places import Region
from graph.kinds.policy import Committee, Post
from graph.records import Ref
from loaders.plan.committee import CommitteeRead, Member, MemberClaim, Office, Seat
from loaders.plan.heads import Sort
from loaders.plan.ids import Keys, at
from loaders.plan.reading import NamedUnit, PlanReading
from loaders.plan.text import Span
from loaders.plan.unit_names import common_name
from loaders.plan.units import Body, SetRule, Unit, body_of

_TYPES = {
    Body.BANK: InstitutionType.BANK,
    Body.LESSOR: InstitutionType.LESSOR,
    Body.GUARANTOR: InstitutionType.GUARANTOR,
    Body.INSURER: InstitutionType.INSURER,
    Body.ASSOCIATION: InstitutionType.ASSOCIATION,
    Body.COMPANY: None,
}
_BRANCH = re.compile(r"^(?P<bank>.{2,12}?银行)(?:.{0,10})(?:分行|支行)$")
_SECTION = re.compile(r"^(?P<parent>.+?(?:办公室|办公厅|委员会|局|委))(?P<section>[\u4e00-\u9fff]{1,4}[科处])$")
_MANY_HOLD = re.compile(r"^副|委员|常委|成员|调研员|巡视员|总工程师")
_ROLES = {
    Seat.LEADER: MemberRole.LEADER,
    Seat.DEPUTY_LEADER: MemberRole.DEPUTY_LEADER,
    Seat.MEMBER: MemberRole.MEMBER,
    Seat.OFFICE_DIRECTOR: MemberRole.OFFICE_DIRECTOR,
    Seat.OFFICE_DEPUTY_DIRECTOR: MemberRole.OFFICE_DEPUTY_DIRECTOR,
}


def unit_id(keys: Keys, name: str, body: Body, *, is_set: bool) -> Ref[ResponsibleUnit]:
    """The id of a unit as the document names it: a set, a bank's branch, an institution or a government unit."""
    if is_set:
        return keys.named("unitSet", name)
    if body is Body.BANK and _BRANCH.match(name):
        return keys.named("bankBranch", name)
    return keys.named("institution", name) if body in _TYPES else keys.unit(name)


def id_of(keys: Keys, unit: Unit) -> Ref[ResponsibleUnit]:
    """The id of a unit of a list."""
    return unit_id(keys, common_name(unit.name, keys.city), unit.body, is_set=unit.is_set)


def _set_rule(named: NamedUnit, committee: CommitteeRead | None) -> tuple[str, bool]:
    if named.set_rule is SetRule.COMMITTEE_MEMBERS and committee is not None and committee.claims:
        return f"the units on the list of {committee.name}", True
    return f"named together as {named.unit.printed}; the text lists no members", False


def _of_unit(
    keys: Keys, named: NamedUnit, committee: CommitteeRead | None, region: Ref[Region] | None
) -> Iterator[Statement]:
    identifier = unit_id(keys, named.name, named.unit.body, is_set=named.unit.is_set)
    aliases = tuple(alias for alias in named.aliases if alias != named.name)
    body = named.unit.body
    if named.unit.is_set:
        rule, resolved = _set_rule(named, committee)
        yield at(UnitSet(id=identifier, name=named.name, aliases=aliases, rule=rule, resolved=resolved), named.span)
        return
    if (branch := _BRANCH.match(named.name)) is not None and body is Body.BANK:
        bank: Ref[Institution] = keys.named("institution", branch["bank"])
        yield at(Institution(id=bank, name=branch["bank"], type=InstitutionType.BANK), named.span)
        yield at(BankBranch(id=identifier, name=named.name, aliases=aliases, bank=bank, region=region), named.span)
        return
    if body in _TYPES:
        record = Institution(id=identifier, name=named.name, aliases=aliases, type=_TYPES[body], region=region)
        yield at(record, named.span)
        return
    full = keys.full_name(named.name)
    section = _SECTION.match(named.name)
    parent: Ref[GovernmentUnit] | None = keys.unit(section["parent"]) if section is not None else None
    others = tuple(dict.fromkeys(name for name in (named.name, *aliases) if name != full))
    # Units without the city's mark in their name may serve a wider area: the text does not say which.
    local = region if keys.city is not None and keys.city[:-1] in full else None
    yield at(
        GovernmentUnit(
            id=identifier,
            name=full,
            short_name=others[0] if others else None,
            aliases=others[1:],
            parent=parent,
            region=local,
        ),
        named.span,
    )


def _office_unit(keys: Keys, office: Office) -> NamedUnit:
    """The unit of an office; a mayor's is the government of the place."""
    government = f"{keys.city[-1]}人民政府" if keys.city is not None else "人民政府"
    name = common_name(office.unit, keys.city) if office.unit is not None else government
    printed = office.unit if office.unit is not None else name
    return NamedUnit(name, (), Unit(name, printed, body_of(name), office.span), office.span)


def _posts(keys: Keys, member: Member, since: date | None) -> Iterator[tuple[Post, Span]]:
    holder: Ref[Person] = keys.named("person", member.person)
    for office in member.offices:
        named = _office_unit(keys, office)
        unit = unit_id(keys, named.name, named.unit.body, is_set=False)
        parts = [keys.full_name(named.name), office.title]
        # A unit has one 局长 and any number of 副局长.
        parts += [member.person] if _MANY_HOLD.search(office.title) else []
        yield (
            Post(
                id=make_id("post", *parts),
                title=office.title,
                unit=unit,
                holder=holder,
                span=keys.span(office.span),
                valid_from=since,
            ),
            office.span,
        )


def _own_post(member: Member, posts: list[tuple[Post, Span]]) -> Post:
    """The post that seats a member: one in the government where the party's is printed beside it."""
    governing = [post for post, _ in posts if not str(post.unit).endswith(("市委", "县委", "区委", "省委"))]
    return (governing or [post for post, _ in posts])[0]


def _of_members(
    keys: Keys, committee: CommitteeRead, identifier: Ref[Committee], since: date | None
) -> Iterator[Statement]:
    for member in committee.members:
        yield at(Person(id=keys.named("person", member.person), name=member.person), member.span)
        posts = list(_posts(keys, member, since))
        for post, span in posts:
            yield at(post, span)
        if posts:
            seat = MemberOf(
                source=Ref(_own_post(member, posts).id),
                target=Ref(identifier),
                role=_ROLES[member.seat],
                list_order=member.list_order,
                printed=member.span.quote(keys.text),
                span=keys.span(member.span),
                valid_from=since,
            )
            yield at(seat, member.span)


def _of_claim(
    keys: Keys, claim: MemberClaim, place: int, set_id: Ref[UnitSet], committee: Ref[Committee], since: date | None
) -> Iterator[Statement]:
    """One list of member units: each unit in the set, and the set as the `place`-th list of the committee."""
    listed = keys.span(claim.span)
    yield at(
        MemberOf(
            source=Ref(set_id),
            target=Ref(committee),
            list_order=place,
            printed=listed.quote,
            span=listed,
            valid_from=since,
        ),
        claim.span,
    )
    for order, unit in enumerate(claim.units, start=1):
        link = MemberOf(
            source=Ref(id_of(keys, unit)),
            target=Ref(set_id),
            list_order=order,
            printed=unit.printed,
            span=keys.span(unit.span),
            valid_from=since,
        )
        yield at(link, unit.span)


def _claims(keys: Keys, committee: CommitteeRead, known: set[str], since: date | None) -> Iterator[Statement]:
    """Each list of member units as a set of its own: two that differ are both kept; the last is the members' set."""
    members = next((name for name in known if name.endswith("成员单位") and committee.name.endswith(name[:-4])), None)
    members = members or f"{committee.name}成员单位"
    for place, claim in enumerate(committee.claims, start=1):
        last = claim is committee.claims[-1]
        name = members if last else f"{members}（{'正文' if claim.place == 'body' else '附件'}所列）"
        set_id: Ref[UnitSet] = keys.named("unitSet", name)
        if not last or members not in known:
            rule = f"the units that the {claim.place} lists" + ("; the list ends in 等" if claim.open else "")
            yield at(UnitSet(id=set_id, name=name, rule=rule, resolved=not claim.open), claim.span)
        yield from _of_claim(keys, claim, place, set_id, committee_id(keys, committee.name), since)


def committee_id(keys: Keys, name: str) -> Ref[Committee]:
    """The id of a committee of the document."""
    return keys.named("committee", name)


def unit_statements(
    keys: Keys, reading: PlanReading, region: Ref[Region] | None, since: date | None
) -> Iterator[Statement]:
    """Every unit, set, institution, post and person of a plan, and who sits on its committee."""
    committee = reading.committee
    offices = [
        _office_unit(keys, office) for member in (committee.members if committee else ()) for office in member.offices
    ]
    listed = {unit.name for unit in reading.units}
    bodies = [
        NamedUnit(thing.name, (), Unit(thing.name, thing.name, body_of(thing.name), thing.span), thing.span)
        for thing in reading.things
        if thing.sort is Sort.INSTITUTION
    ]
    parents = [
        NamedUnit(
            section["parent"], (), Unit(section["parent"], section["parent"], Body.GOVERNMENT, one.span), one.span
        )
        for one in reading.units
        if not one.unit.is_set and (section := _SECTION.match(one.name)) is not None
    ]
    others = {one.name: one for one in reversed([*offices, *bodies, *parents]) if one.name not in listed}
    for named in (*reading.units, *others.values()):
        yield from _of_unit(keys, named, committee, region)
    if committee is None:
        return
    identifier = committee_id(keys, committee.name)
    host = committee.office_at
    record = Committee(
        id=identifier,
        name=committee.name,
        policy=keys.policy(),
        office_at=Ref(id_of(keys, host)) if host is not None and host.body not in _TYPES else None,
        span=keys.span(committee.span),
        valid_from=since,
    )
    yield at(record, committee.span)
    yield from _of_members(keys, committee, identifier, since)
    yield from _claims(keys, committee, listed, since)
