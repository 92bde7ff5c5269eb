"""What can be wrong with what the needs desk is asked to do, as data: the caller can mend it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ProblemCode(enum.Enum):
    """Stable codes of problems. The value says what it is, in both languages."""

    UNKNOWN_ENTERPRISE = "没有该企业 · No such enterprise in the present view"
    UNKNOWN_NEED = "没有该需求 · No such need in the present view"
    UNKNOWN_RECORD = "没有该记录 · A record that the move names is not there, or is of another kind"
    BAD_AMOUNT = "金额有误 · The amount is not above 0, is too large, or finer than 分"
    BAD_PURPOSE = "用途有误 · The purpose is blank or too long"
    BAD_TENOR = "期限有误 · The tenor is negative, too long, or reversed"
    BAD_DATE = "日期有误 · The day lies in the past"
    BAD_KEY = "幂等键有误 · The idempotency key is blank or too long"
    BAD_NOTE = "备注有误 · The note, or who acts, is blank or too long"
    KEY_REUSED = "幂等键已用于其他内容 · The idempotency key came with other content before"
    WRONG_MOVE = "状态不能这样变更 · The need may not move there from where it stands"
    STALE_VERSION = "版本已过期 · Somebody changed the need since the version that is expected"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the argument it is about (None: the whole), a message with value and place, and what to do."""

    code: ProblemCode
    field: str | None
    message: str
    remedy: str
