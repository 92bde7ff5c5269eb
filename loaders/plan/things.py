"""The things of a plan, each once: its mentions gathered, with the figures that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.plan.enumerations import Enumeration, Listing
from loaders.plan.figures import Figure, FigureKind
from loaders.plan.heads import Sort
from loaders.plan.names import Mention, plain
from loaders.plan.text import Span, Text


@dataclass(frozen=True, slots=True)
class Thing:
    """A named thing: `name` as first printed in full, `aliases` other names of the same thing, `span` its first mention."""

    sort: Sort
    name: str
    aliases: tuple[str, ...]
    definite: bool
    planned: bool
    span: Span
    mentions: tuple[Mention, ...]

    @property
    def measures(self) -> tuple[int, ...]:
        """The numbers of the measures that name it, ascending."""
        return tuple(sorted({mention.measure for mention in self.mentions if mention.measure is not None}))


@dataclass(frozen=True, slots=True)
class FundThing(Thing):
    """A fund. `parent`: the fund that it is a sub-fund of; `region`: where the text sets it up; `size` None: not stated."""

    parent: str | None
    region: str | None
    size: Figure | None


@dataclass(frozen=True, slots=True)
class PoolThing(Thing):
    """A pool of money; `size` None where the text states none."""

    size: Figure | None


@dataclass(frozen=True, slots=True)
class VoucherThing(Thing):
    """A voucher scheme. `doubt`: why the budget may not be this scheme's, in words; None where nothing is in doubt."""

    programme: str | None
    budget: Figure | None
    supported: Figure | None
    doubt: str | None


@dataclass(frozen=True, slots=True)
class SubsidyThing(Thing):
    """A subsidy. `of`: the product that it lowers the cost of; `rate`, `base`, `recipients` as far as stated."""

    of: str | None
    rate: Figure | None
    base: str | None
    recipients: str | None
    cap: Figure | None


@dataclass(frozen=True, slots=True)
class ListThing(Thing):
    """A list that the text announces. It prints no members; `expected` is how many there are to be, if it says."""

    expected: Figure | None
    fields: tuple[str, ...]
    holder: str | None


_BARE_SIZE = re.compile(r"(?:首期|首年|初始|目标|基金|资金池|总|募集)*(?:规模|资金规模|总额)")
_RESERVE = re.compile(r"储备(?:一批)?(?P<what>[^，。；]{2,40}?(?:企业|项目))(?:储备)?(?=[，。；、]|$)")
_HOLDER = re.compile(r"(?:列入|纳入|入选)(?P<holder>[^，。；、]{2,30}?)的?$")
_RECIPIENTS = re.compile(r"对(?P<who>[^，。；]{4,60})$")
_REWARDS = re.compile(r"奖励|补贴|补助|贴息|补偿|奖补|返还")
_IN_PLACE = re.compile(r"在(?P<place>[\u4e00-\u9fff]{2,16})(?:设立|组建|成立)$")


def _canonical(name: str, names: set[str]) -> str:
    """The name under which a pool goes: 某某资金池 and 某某 printed apart are one pool."""
    longer = name + "资金池"
    return longer if name.endswith(("周转金", "周转资金")) and longer in names else name


def _groups(mentions: Sequence[Mention]) -> dict[tuple[Sort, str], list[Mention]]:
    pools = {mention.name for mention in mentions if mention.sort is Sort.POOL}
    grouped: dict[tuple[Sort, str], list[Mention]] = {}
    for mention in mentions:
        name = _canonical(mention.name, pools) if mention.sort is Sort.POOL else mention.name
        grouped.setdefault((mention.sort, name), []).append(mention)
    return grouped


def _core(sort: Sort, name: str, mentions: Sequence[Mention]) -> Thing:
    return Thing(
        sort=sort,
        name=name,
        aliases=tuple(dict.fromkeys(mention.name for mention in mentions if mention.name != name)),
        definite=any(mention.definite for mention in mentions),
        # What a text both sets up and speaks of as running, runs.
        planned=all(mention.planned for mention in mentions),
        span=mentions[0].span,
        mentions=tuple(mentions),
    )


def _spread(core: Thing) -> tuple[Sort, str, tuple[str, ...], bool, bool, Span, tuple[Mention, ...]]:
    return core.sort, core.name, core.aliases, core.definite, core.planned, core.span, core.mentions


def _size(core: Thing, figures: Sequence[Figure], others: Sequence[Thing]) -> Figure | None:
    """The stock that is the size of a fund or pool: by its name, or the first 规模 that follows it and no other."""
    names = {core.name, *core.aliases}
    for one in figures:
        if one.kind is not FigureKind.STOCK:
            continue
        if any(plain(one.indicator).startswith(name) for name in names):
            return one
        if one.measure in core.measures and _BARE_SIZE.fullmatch(one.indicator):
            before = [
                (mention.span, thing.name)
                for thing in others
                for mention in thing.mentions
                if mention.measure == one.measure and mention.span.end <= one.span.start
            ]
            if before and max(before)[1] == core.name:
                return one
    return None


def _fund(text: Text, core: Thing, names: set[str], figures: Sequence[Figure], others: Sequence[Thing]) -> FundThing:
    parent = core.name.replace("子基金", "基金") if core.name.endswith("子基金") else ""
    place = None
    for mention in core.mentions:
        before = text.words(Span(max(0, mention.span.start - 24), mention.span.start))
        place = place or _IN_PLACE.search(before)
    region = place["place"] if place is not None else None
    parent_name = parent if parent in names and parent != core.name else None
    return FundThing(*_spread(core), parent=parent_name, region=region, size=_size(core, figures, others))


def _pool(core: Thing, figures: Sequence[Figure], others: Sequence[Thing]) -> PoolThing:
    return PoolThing(*_spread(core), size=_size(core, figures, others))


def _budgets(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure | None]]:
    """Each budget with the count right behind it (3000万元 … 300个创业团队)."""
    for figure, follower in zip(figures, [*figures[1:], None], strict=False):
        if figure.kind is FigureKind.BUDGET:
            close = (
                follower is not None
                and follower.kind is FigureKind.COUNT
                and follower.measure == figure.measure
                and follower.span.start - figure.span.end < 24
            )
            yield figure, follower if close else None


def _vouchers(cores: Sequence[Thing], figures: Sequence[Figure]) -> list[VoucherThing]:
    """Schemes with their budgets: by name, and the one that is left by elimination, with the doubt said.

    A budget's money that is called by a name that no other place uses is no scheme of its own where exactly
    one scheme of the same measure is without a budget.
    """
    budgets = {plain(budget.indicator).removesuffix("资金"): (budget, count) for budget, count in _budgets(figures)}
    schemes = {core.name: core for core in cores}
    only_money = {
        name
        for name, core in schemes.items()
        if name in budgets and all(mention.printed.endswith("资金") for mention in core.mentions)
    }
    merged: dict[str, str] = {}
    for name in sorted(only_money):
        budget = budgets[name][0]
        left = [
            core.name
            for core in cores
            if core.name not in budgets and core.name not in only_money and budget.measure in core.measures
        ]
        if len(left) == 1 and left[0] not in merged:
            merged[left[0]] = name
    found = []
    for core in cores:
        if core.name in merged.values():
            continue
        money_name = merged.get(core.name)
        budget_pair = budgets.get(money_name or core.name)
        doubt = None
        if money_name is not None:
            doubt = f"the text opens with {core.name} but calls the money {money_name}资金; whether both are one is not stated"
        programme = next((mention.of for mention in core.mentions if mention.of is not None), None)
        spent, supported = budget_pair if budget_pair is not None else (None, None)
        found.append(VoucherThing(*_spread(core), programme=programme, budget=spent, supported=supported, doubt=doubt))
    return found


def _subsidies(text: Text, cores: Sequence[Thing], figures: Sequence[Figure]) -> Iterator[SubsidyThing]:
    for core in cores:
        of = next((mention.of for mention in core.mentions if mention.of is not None), None)
        sentence = _clause_around(text, core.span)
        cap = next((one for one in figures if one.kind is FigureKind.CAP and sentence.holds(one.number_span)), None)
        rate = next((one for one in figures if one.kind is FigureKind.RATE and sentence.holds(one.number_span)), None)
        yield SubsidyThing(
            *_spread(core), of=of, rate=rate, base=rate.indicator if rate else None, recipients=None, cap=cap
        )
    named = {core.span for core in cores}
    for figure in figures:
        if figure.kind is not FigureKind.RATE:
            continue
        sentence = _clause_around(text, figure.span)
        verb = _REWARDS.search(text.flat, figure.number_span.end, sentence.end)
        if verb is None or any(sentence.holds(span) for span in named):
            continue
        before = text.words(Span(sentence.start, figure.span.start)).rstrip("，")
        who = None if figure.subject_shared else _RECIPIENTS.search(before)
        most = next((one for one in figures if one.kind is FigureKind.CAP and sentence.holds(one.number_span)), None)
        span = Span(figure.span.start, verb.end())
        name = f"按{figure.indicator}{text.compact(figure.number_span)}{verb.group()}"
        mention = Mention(Sort.SUBSIDY, name, text.quote(span), span, figure.measure)
        yield SubsidyThing(
            Sort.SUBSIDY, name, (), True, False, span, (mention,), None, figure, figure.indicator,
            who["who"] if who is not None else None, most,
        )  # fmt: skip


def _clause_around(text: Text, span: Span) -> Span:
    """The sentence that holds a span."""
    line = text.lines[max(0, text.line_at(span.start))]
    return next((one for one in text.sentences(line) if one.holds(span)), span)


def _lists(
    text: Text,
    cores: Sequence[Thing],
    figures: Sequence[Figure],
    enumerations: Sequence[Enumeration],
    blocks: Sequence[tuple[int | None, Span]],
) -> Iterator[ListThing]:
    claimed: set[int] = set()
    for core in cores:
        sentence = _clause_around(text, core.span)
        fields = next(
            (
                one.names
                for one in enumerations
                if one.listing is Listing.SECTOR and sentence.holds(one.span) and core.name in one.head
            ),
            (),
        )
        sizes = [one for one in figures if one.kind is FigureKind.LIST_SIZE]
        size = next((one for one in sizes if sentence.holds(one.span)), None)
        alone = [other for other in cores if set(other.measures) & set(core.measures)] == [core]
        if size is None and alone:
            size = next((one for one in sizes if one.measure in core.measures and "入库" in one.indicator), None)
        if size is not None:
            claimed.add(id(size))
        yield ListThing(*_spread(core), expected=size, fields=fields, holder=None)
    for figure in figures:
        if figure.kind is not FigureKind.LIST_SIZE or id(figure) in claimed:
            continue
        sentence = _clause_around(text, figure.span)
        holders = [
            _HOLDER.search(text.words(Span(sentence.start, one.number_span.start)))
            for one in figures
            if sentence.holds(one.span)
        ]
        holder = next((plain(match["holder"]) for match in holders if match is not None), None)
        name = (holder or "") + (figure.counted or figure.indicator)
        mention = Mention(Sort.PROJECT_LIST, plain(name), text.quote(figure.span), figure.span, figure.measure)
        yield ListThing(Sort.PROJECT_LIST, plain(name), (), True, False, figure.span, (mention,), figure, (), holder)
    for measure, block in blocks:
        for match in _RESERVE.finditer(text.flat, block.start, block.end):
            what = match["what"]
            name = plain(what[what.rfind("的") + 1 :]).removeprefix("一批") + "储备"
            span = Span(*match.span())
            mention = Mention(Sort.PROJECT_LIST, name, text.quote(span), span, measure, planned=True)
            yield ListThing(Sort.PROJECT_LIST, name, (), True, True, span, (mention,), None, (), None)
    for one in enumerations:
        if one.listing is Listing.KEY_LIST:
            name = "、".join(one.names)
            mention = Mention(Sort.PROJECT_LIST, name, text.quote(one.span), one.span, one.measure)
            yield ListThing(Sort.PROJECT_LIST, name, (), True, False, one.span, (mention,), None, (), None)


def gather_things(
    text: Text,
    mentions: Sequence[Mention],
    figures: Sequence[Figure],
    enumerations: Sequence[Enumeration],
    blocks: Sequence[tuple[int | None, Span]],
) -> tuple[Thing, ...]:
    """The things that the mentions name, each once, in the order of their first mention.

    `blocks` are the parts of the text with the numbers of their measures, for lists that no head word names.
    """
    cores = [_core(sort, name, group) for (sort, name), group in _groups(mentions).items()]
    by_sort = {sort: [core for core in cores if core.sort is sort] for sort in Sort}
    names = {core.name for core in by_sort[Sort.FUND]}
    special = {Sort.FUND, Sort.POOL, Sort.VOUCHER_SCHEME, Sort.SUBSIDY, Sort.PROJECT_LIST}
    things: list[Thing] = [core for core in cores if core.sort not in special]
    sized = [*by_sort[Sort.FUND], *by_sort[Sort.POOL]]
    things += [_fund(text, core, names, figures, sized) for core in by_sort[Sort.FUND]]
    things += [_pool(core, figures, sized) for core in by_sort[Sort.POOL]]
    things += _vouchers(by_sort[Sort.VOUCHER_SCHEME], figures)
    things += _subsidies(text, by_sort[Sort.SUBSIDY], figures)
    things += _lists(text, by_sort[Sort.PROJECT_LIST], figures, enumerations, blocks)
    return tuple(sorted(things, key=lambda thing: (thing.span, thing.sort.value, thing.name)))
