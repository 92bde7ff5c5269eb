"""The parts of the score of targets, as columns over all enterprises, and what stands behind them for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np

from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, decimal
from graph.view import View
from queries.chain_position import Leaders, leaders_of
from queries.derived import once
from queries.financing.evidence import Claim, Fact, claims_about
from queries.financing.reaching.firms import Firms
from queries.financing.score import ScoreAspect
from queries.ratios import UNLIMITED, UNSTATED, Ints, rounded, shares_of
from queries.targets.co_investors import Investors
from queries.targets.headroom import Headroom
from queries.targets.place import Hold, Places
from queries.targets.policy_tags import Favoured, named_tags
from queries.targets.quality import Quality
from queries.targets.ranking import Columns
from queries.targets.repair import Repairs

HALF: Final = MILLION // 2


class ReasonKind(Term):
    """Why a target stands where it stands."""

    NEED_WITHIN_TICKET = "需求在单笔范围内"
    NEED_ABOVE_TICKET = "需求超出可投金额"
    LEADER = "链主企业"
    SOLE = "独家供应或采购"
    DOMINANT = "主要供应或采购"
    IN_CHAIN = "处于产业链"
    GROWTH = "营收增长"
    OWN_CAPITAL = "资本充实度"
    RIGHTS = "拥有知识产权"
    PREFERENCE = "符合基金优先方向"
    POLICY_TAG = "政策标签"
    MENDS_COVENANT = "修复约定"
    CO_INVESTOR = "共同投资方"
    DEFAULT_PROBABILITY = "一年期违约概率"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `value` what it comes to, None where it is no number: a share, 0–1; of growth also below and above; of a covenant, what a
    yuan mends of it. records: what it rests on, a leader and the links to it, a rule, a tag. claims: the evidence, of growth and quality.
    """

    kind: ReasonKind
    aspect: ScoreAspect
    value: Decimal | None
    records: tuple[int, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, eq=False)
class Merits:
    """The merits of all enterprises before a fund; fund -1: before none, so that what is asked of a fund is not known."""

    view: View
    fund: int
    full_growth: Decimal

    @cached_property
    def leaders(self) -> tuple[Leaders, ...]:
        """Who leads: by the fund's own rules about chains, else by any."""
        own = leaders_of(self.view, self.fund) if self.fund >= 0 else ()
        return own or leaders_of(self.view)

    @property
    def columns(self) -> Columns:
        """The utility of each part by firm, in millionths; made once a view, fund and growth."""
        return once(self.view, (Merits, self.fund, self.full_growth), self._columns)

    def _columns(self) -> Columns:
        view, count = self.view, len(Firms.of(self.view))
        nothing = np.full(count, NOT_STATED)
        has_fund = self.fund >= 0
        return {
            ScoreAspect.TICKET: _fit(Headroom.of(view, self.fund)) if has_fund else nothing,
            ScoreAspect.CHAIN: Places.of(view, self.leaders).utility if self.leaders else nothing,
            ScoreAspect.QUALITY: once(
                view, (Quality, self.full_growth), lambda: Quality.of(view).utility(self.full_growth)
            ),
            ScoreAspect.POLICY: Favoured.of(view, self.fund).utility,
            ScoreAspect.COVENANT: Repairs.of(view, self.fund).utility(count) if has_fund else nothing,
            ScoreAspect.CO_INVESTORS: Investors.of(view).proximity(self.fund, count) if has_fund else nothing,
            ScoreAspect.RISK: _safety(view),
        }

    def reasons(self, place: int) -> tuple[Reason, ...]:
        """The reasons of one enterprise, in the order of the parts."""
        return tuple(self._reasons(place, int(Firms.of(self.view).handles[place])))

    def _reasons(self, place: int, firm: int) -> Iterator[Reason]:
        view = self.view
        if self.fund >= 0:
            yield from _of_ticket(Headroom.of(view, self.fund), self.columns, place)
        if self.leaders:
            for hold in Places.of(view, self.leaders).holds(view, place, firm):
                yield _of_place(hold)
        yield from _of_quality(view, Quality.of(view), place, firm)
        for rule, met in Favoured.of(view, self.fund).rules:
            if met[place]:
                yield Reason(ReasonKind.PREFERENCE, ScoreAspect.POLICY, None, (rule,))
        for tag, naming in named_tags(view, firm):
            yield Reason(ReasonKind.POLICY_TAG, ScoreAspect.POLICY, None, (tag, naming))
        if self.fund >= 0:
            for one in Repairs.of(view, self.fund).broken:
                low, high = one.effect(place)
                if low == high and low > 0:
                    yield Reason(ReasonKind.MENDS_COVENANT, ScoreAspect.COVENANT, rounded(low), (one.covenant.rule,))
            common = Investors.of(view).common(self.fund, place)
            if common:
                shared = tuple(sorted(common, key=view.id_of))
                value = decimal(int(self.columns[ScoreAspect.CO_INVESTORS][place]))
                yield Reason(ReasonKind.CO_INVESTOR, ScoreAspect.CO_INVESTORS, value, shared)
        probability = view.value(firm, "default_probability")
        if probability is not None:
            claims = claims_about(view, Fact(firm, "default_probability"))
            yield Reason(ReasonKind.DEFAULT_PROBABILITY, ScoreAspect.RISK, probability, (firm,), claims)


def _fit(headroom: Headroom) -> Ints:
    """min(1, what the fund can put in / what is asked for), rounded down; not known where nothing is declared."""
    asked, given = headroom.asked, headroom.given
    known = (asked < UNLIMITED) & (asked > UNSTATED)
    return np.where(known, np.where(given < asked, shares_of(given, np.where(known, asked, 0)), MILLION), NOT_STATED)


def _safety(view: View) -> Ints:
    firms = Firms.of(view)
    probability = view.ints(firms.handles, "default_probability")
    return np.where(probability == NOT_STATED, NOT_STATED, MILLION - probability)


def _of_ticket(headroom: Headroom, columns: Columns, place: int) -> Iterator[Reason]:
    fit = int(columns[ScoreAspect.TICKET][place])
    if fit != NOT_STATED:
        kind = ReasonKind.NEED_WITHIN_TICKET if fit == MILLION else ReasonKind.NEED_ABOVE_TICKET
        yield Reason(kind, ScoreAspect.TICKET, decimal(fit), (headroom.fund,))


def _of_place(hold: Hold) -> Reason:
    if hold.side is None:
        return Reason(ReasonKind.LEADER, ScoreAspect.CHAIN, None, (hold.leader,))
    kind = ReasonKind.IN_CHAIN
    if hold.part > HALF:
        kind = ReasonKind.SOLE if hold.part == MILLION else ReasonKind.DOMINANT
    value = None if hold.part < 0 else decimal(hold.part)
    return Reason(kind, ScoreAspect.CHAIN, value, (hold.leader, *hold.links))


def _of_quality(view: View, quality: Quality, place: int, firm: int) -> Iterator[Reason]:
    growth, capital = int(quality.growth[place]), int(quality.own_capital[place])
    if growth != NOT_STATED:
        claims = claims_about(view, Fact(firm, "annual_revenue"))
        yield Reason(ReasonKind.GROWTH, ScoreAspect.QUALITY, decimal(growth), (firm,), claims)
    if capital != NOT_STATED:
        claims = claims_about(view, Fact(firm, "net_assets"))
        yield Reason(ReasonKind.OWN_CAPITAL, ScoreAspect.QUALITY, decimal(capital), (firm,), claims)
    if quality.owns_rights[place]:
        rights = tuple(view.holders("IpRight", "owner", firm).tolist())
        claims = tuple(claim for right in rights for claim in claims_about(view, Fact(right)))
        yield Reason(ReasonKind.RIGHTS, ScoreAspect.QUALITY, None, rights, claims)
