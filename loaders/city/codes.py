"""Invented credit codes that pass their check digits, by columns."""

from __future__ import annotations

from typing import Final

import numpy as np

_ALPHABET: Final = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_ORG_ALPHABET: Final = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
_ORG_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CODE_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)


def credit_codes(first: int, divisions: np.ndarray) -> list[str]:
    """One 18-character code for each six-digit division, numbered from `first`: distinct numbers give distinct codes.

    Built as GB 32100-2015 says: 91, division, organisation code with its check character (GB 11714), check character.
    """
    count = len(divisions)
    numbers = np.arange(first, first + count, dtype=np.int64)
    organisation = np.empty((count, 8), dtype=np.uint8)
    organisation[:, 0], organisation[:, 1] = ord("M"), ord("A")
    for place in range(7, 1, -1):
        organisation[:, place] = _ALPHABET[numbers % 31]
        numbers = numbers // 31
    org_values = _values(organisation, _ORG_ALPHABET)
    org_check = (11 - (org_values * _ORG_WEIGHTS).sum(axis=1) % 11) % 11
    codes = np.empty((count, 18), dtype=np.uint8)
    codes[:, 0], codes[:, 1] = ord("9"), ord("1")
    codes[:, 2:8] = np.frombuffer("".join(divisions.tolist()).encode("ascii"), dtype=np.uint8).reshape(count, 6)
    codes[:, 8:16] = organisation
    codes[:, 16] = np.where(org_check == 10, ord("X"), ord("0") + org_check)
    check = (31 - (_values(codes[:, :17], _ALPHABET) * _CODE_WEIGHTS).sum(axis=1) % 31) % 31
    codes[:, 17] = _ALPHABET[check]
    text = codes.tobytes().decode("ascii")
    return [text[start : start + 18] for start in range(0, len(text), 18)]


def _values(letters: np.ndarray, alphabet: np.ndarray) -> np.ndarray:
    table = np.zeros(256, dtype=np.int64)
    table[alphabet] = np.arange(len(alphabet))
    values: np.ndarray = table[letters]
    return values
