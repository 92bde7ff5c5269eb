"""Lists of units: which separators share a prefix, which names are sets, what sort of body a name means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from loaders.plan.text import Span, Text


class Body(Enum):
    """The sort of body that the form of a name means."""

    GOVERNMENT = "GOVERNMENT"
    CENTRAL_BANK = "CENTRAL_BANK"
    REGULATOR = "REGULATOR"
    BANK = "BANK"
    LESSOR = "LESSOR"
    GUARANTOR = "GUARANTOR"
    INSURER = "INSURER"
    ASSOCIATION = "ASSOCIATION"
    COMPANY = "COMPANY"
    COMMITTEE = "COMMITTEE"
    SET = "SET"
    OTHER = "OTHER"


class SetRule(Enum):
    """How a set of units is to be filled: from a committee of the text, or not from the text at all."""

    COMMITTEE_MEMBERS = "COMMITTEE_MEMBERS"
    NOT_IN_TEXT = "NOT_IN_TEXT"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, or a set of units, as a list names it: `name` with the prefix that the list shares, `printed` without."""

    name: str
    printed: str
    body: Body
    span: Span
    set_rule: SetRule | None = None

    @property
    def is_set(self) -> bool:
        """True where the name stands for several units."""
        return self.set_rule is not None


# 市场, 区域, 县域 begin a department's own name; they are no prefix.
_PREFIX = re.compile(r"(?:我)?(省|市(?!场)|县(?!域)|区(?!域|块)|州|盟|旗)(?=[\u4e00-\u9fff]{2})")
_DEPARTMENT = re.compile(r"(?:[局委办厅处署院室]|办公室|委员会|中心|党组|总队|支队)$")
_COMPANY = re.compile(r"(?:公司|集团)$")
_OWN_AUTHORITY = re.compile(r"(?:分局|支行|分行|管委会|人民政府|海关|总部)$")
_PLACED = re.compile(r"^[\u4e00-\u9fff]{2,4}?[省市县区州盟旗]|^(?:国家|中国|中央|人行|人民银行|驻)")
_SET = re.compile(
    r"^(?:各|有关|相关|其他|其它|全市|全省|全县|全区|辖区|辖内|市直|省直|地方法人|在\w{1,4}(?:各|金融))"
    r"|成员单位$|各(?:部门|单位|委办局)$|(?:有关|相关|责任|主管|行业)(?:部门|单位|机构|企业|县区)$"
    r"|^(?:银行业|保险|金融|法人|融资担保|小额贷款|证券|银行)(?:业)?(?:金融)?机构$"
)
_BODIES = (
    (Body.COMMITTEE, re.compile(r"(?:领导小组|联席会议|指挥部|专班)(?:办公室)?$")),
    (Body.CENTRAL_BANK, re.compile(r"^(?:中国)?(?:人行|人民银行)")),
    (Body.REGULATOR, re.compile(r"(?:银监|银保监|保监|证监|金融监管)(?:[分总]?局|办|会)?$|监管[分总]局$")),
    (Body.LESSOR, re.compile(r"租赁(?:股份)?(?:有限)?(?:责任)?公司$")),
    (Body.GUARANTOR, re.compile(r"(?:担保|再担保)(?:集团|股份)?(?:有限)?(?:责任)?公司$|担保(?:中心|集团)$")),
    (Body.INSURER, re.compile(r"(?:保险|财险|寿险|人保)(?:股份)?(?:有限)?(?:责任)?(?:[分支]?公司)$")),
    (Body.ASSOCIATION, re.compile(r"(?:协会|商会|学会|联合会|促进会|联盟)$")),
    (Body.BANK, re.compile(r"(?:银行|农信社|信用社|农商行|城商行)(?:.{0,8}(?:分行|支行|营业部))?$|(?:分行|支行)$")),
    (Body.COMPANY, re.compile(r"(?:公司|集团)$")),
    (
        Body.GOVERNMENT,
        re.compile(
            r"(?:[局委办厅处署院室府区]|办公室|委员会|管委会|中心|海关|科|部|县|市|工会|工委|总社)$|^(?:全国|省|市)?(?:妇联|工商联|残联|文联|科协)$|^共青团"
        ),
    ),
)
_OPEN_TAIL = re.compile(r"等(?:有关|相关)?(?:部门|单位|机构)?(?:主要领导|负责人|负责同志)?(?:为成员)?$")
_JOINED = re.compile(r"(?<=[局委办厅会行司团区府部社署院联])等?(?:和|及|以及|与|会同)(?=[\u4e00-\u9fff]{3})")


def body_of(name: str) -> Body:
    """The sort of body that `name` means by its form; OTHER where the form tells nothing."""
    if set_rule_of(name) is not None:
        return Body.SET
    return next((body for body, form in _BODIES if form.search(name)), Body.OTHER)


def set_rule_of(name: str) -> SetRule | None:
    """How a set is filled, or None where `name` is one unit."""
    if not _SET.search(name):
        return None
    return (
        SetRule.COMMITTEE_MEMBERS
        if re.search(r"(?:领导小组|联席会议|指挥部|委员会)成员单位$", name)
        else SetRule.NOT_IN_TEXT
    )


def is_unit(name: str) -> bool:
    """True where `name` has the form of a unit or of a set of units and not of a clause."""
    return 2 <= len(name) <= 40 and body_of(name) is not Body.OTHER


def strip_open_tail(text: Text, span: Span) -> tuple[Span, bool]:
    """The span without a closing 等, 等单位, 等部门, and whether it had one: such a list is open."""
    match = _OPEN_TAIL.search(text.words(span))
    if match is None or match.start() == 0:
        return span, False
    return text.strip(Span(span.start, span.start + match.start())), True


def _runs(text: Text, span: Span) -> list[list[Span]]:
    """The names of a list, in runs: a comma starts a new run, 、 and 和 do not."""
    runs = []
    for run in text.split(span, "，；。"):
        names = []
        for piece in text.split(run, "、"):
            start = piece.start
            for joint in _JOINED.finditer(text.flat, piece.start, piece.end):
                names.append(text.strip(Span(start, joint.start())))
                start = joint.end()
            names.append(text.strip(Span(start, piece.end)))
        runs.append(names)
    return runs


def read_units(text: Text, span: Span) -> tuple[Unit, ...]:
    """The units of a list in printed order, each with the prefix that its run shares.

    市金融办、科技局 means 市金融办 and 市科技局. A comma ends the run; bodies with their own authority
    (branches, offices of the centre, zones), names that begin with a place, and sets take no prefix.
    """
    found: list[Unit] = []
    for run in _runs(text, span):
        prefix = ""
        for piece in run:
            printed = text.compact(piece)
            if not printed:
                continue
            rule = set_rule_of(printed)
            own = _PREFIX.match(printed)
            if rule is not None:
                # The set of a committee's members is one set whether the run's prefix is printed or shared.
                name = printed[own.end() :] if own is not None and rule is SetRule.COMMITTEE_MEMBERS else printed
                prefix = own.group(1) if own is not None else prefix
            elif own is not None:
                prefix, name = own.group(1), printed.removeprefix("我")
            else:
                name = prefix + printed if _takes_prefix(printed, found[-1].name if found else "") else printed
            found.append(Unit(name, printed, body_of(name), piece, rule))
    return tuple(found)


def _takes_prefix(printed: str, before: str) -> bool:
    if _OWN_AUTHORITY.search(printed) or _PLACED.search(printed):
        return False
    if body_of(printed) in (Body.REGULATOR, Body.CENTRAL_BANK, Body.BANK):
        return False
    return bool(_DEPARTMENT.search(printed)) or bool(_COMPANY.search(printed) and _COMPANY.search(before))
