"""Where a name begins in policy prose: the verbs, prepositions and determiners that stand before it."""

from __future__ import annotations

import re

# Words that open a clause before its object. Several also occur inside names (创新, 引导, 发展), so they are
# taken off the start of a phrase only, one after another, and never so far that too little of a name is left.
# The longer ones first: the first that fits is taken.
_OPENING = re.compile(
    r"各地|重点领域|进一步|积极|大力|加快|逐步|切实|全面|有效|充分|深入|适时|不断|着力|重点|共同|统一|优先|广泛|高效|联合|主动|及时|依法|尽快|继续|鼓励|支持|引导|推动|推进|"
    r"促进|探索|创新|发展|开展|加强|加大|强化|深化|完善|健全|优化|提升|提高|扩大|增加|拓宽|拓展|丰富|实施|推行|设立|建立|成立|组建|搭建|构建|建设|打造|创建|制定|出台|"
    r"落实|发挥|依托|利用|运用|围绕|对接|引进|培育|吸引|组织|采取|采用|便于|理顺|结合|给予|提供|投入|安排|统筹|整合|通过|按照|根据|针对|作为|促使|力争|计划|紧盯|开发|"
    r"坚持|争取|扶持|帮助|服务|做好|做大|做强|筛选|储备|推荐|推广|使用|发行|发放|办理|申报|申请|确保|实现|完成|形成|负责|督促|指导|参与|转变|改革|每年|我市|我省|我县|"
    r"我区|全市|全省|本市|本县|一批|一定|若干|首批|各类|各种|各项|各级|多种|多个|多类|为|对|向|在|以|由|将|把|与|和|及|同|或|并|等|使|从|其|该|各|已|都|更|好|"
    r"的|于|据"
)
# Words that hardly ever stand inside a name: whatever is before the last one does not belong to it.
_BREAKS = (
    r"设立|建立|成立|(?<!小)组建|搭建|构建|打造|出台|发挥|依托|围绕|我市|我省|全市|各类|各种|一批|若干|传递|获取|通过|树立|参与|加强|加大|累计|负责|接受|开展|探索|"
    r"运行的|列入|纳入|投向|发放|申请|多类型的|(?<!内)(?<!存)在(?![线建校])|的(?!士)|等(?![级额候于])|以及|吸引"
)
_BREAK_JOINED = re.compile(_BREAKS)
_BREAK = re.compile(_BREAKS + r"|支持|(?<![共总])和(?!谐)|(?<!参)与|使用|(?<![达得提扩])到(?!期)")
_SUBJECT_OPENING = re.compile(
    r"(?:积极|每年|每户|进一步|大力|加快|逐步|切实|全面|有效|充分|重点|共同|力争|争取|计划|鼓励|引导|推动|促进|确保|使|全部|累计|"
    r"投入|安排|支持|培育|扶持|[^，。；]{2,20}期内)+"
)


def trim_subject(phrase: str) -> str:
    """A phrase that names what is measured, without the verbs that open its clause."""
    match = _SUBJECT_OPENING.match(phrase)
    rest = phrase[match.end() :] if match is not None else phrase
    return (rest or phrase).strip("，；、：“”")


def opening_length(phrase: str, keep: int) -> int:
    """How many characters of opening words stand before a name, leaving at least `keep` characters."""
    taken = 0
    while (match := _OPENING.match(phrase, taken)) is not None and len(phrase) - match.end() >= keep:
        taken = match.end()
    return taken


def name_start(phrase: str, head: int, *, keep: int = 2, joins: bool = False) -> int:
    """Where the name begins whose head word starts at `head` of a phrase; at least `keep` characters before the head.

    Cuts at the last breaking word that leaves enough of a name, then takes opening words off what is left.
    With `joins`, 和 and 与 are part of the name, and a modifier of two characters keeps what is before its 的.
    """
    start = 0
    for match in (_BREAK_JOINED if joins else _BREAK).finditer(phrase, 0, head):
        left = head - match.end()
        if left >= keep and not (joins and match.group() == "的" and left <= 2 and match.start() - start > 4):
            start = match.end()
    return start + opening_length(phrase[start:head], keep)


# Words of a clause that a name of money, a list or a committee never has inside: whatever is before the last one is no part of it.
_CLAUSE_WORDS = re.compile(
    r"实行|依据|规范(?!性)|给予(?:适当)?|享受|明确|列出|编制|确定|制定|发布|公布|实施|减少|提高|延长|推动|放宽|考虑|用于|安排|报告|成立|根据|参照|按照|决定对|简称"
    r"|按规定|原则上|不低于|不增加|存在|回购|上述|所需|进行|省（市）|关于|以及|从|经(?![济营开纪])|由|可(?![持再])|要(?!素)|对(?!象|外)|现有|适当|合理|后主要|公开|加大|改善"
    r"|落实|提取|将(?!来)|你[省市]|报(?!废|刊)|[，。；：《》]"
)
_COUNT_BEFORE = re.compile(r"^\d[\d.]*(?:[百千万亿]?(?:公顷|亩|元|人|家|户|个|项|名|套|台|分钱)|[百千万亿])?")


def clause_words_end(modifier: str) -> int:
    """Where, in the words before a head, the last word of the clause around it ends; 0: all of them may belong to the name."""
    end = max((match.end() for match in _CLAUSE_WORDS.finditer(modifier)), default=0)
    count = _COUNT_BEFORE.match(modifier[end:])
    return end + (count.end() if count is not None else 0)
