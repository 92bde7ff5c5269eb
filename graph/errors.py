"""The whole error tree: every message names the value, the place and the remedy; every code is stable.

LuoshuError
├ ConfigurationError            a setting is missing or wrong
├ InvalidInput                  the caller can mend it
│ ├ InvalidIdentifier
│ └ LimitExceeded
├ NotFound                      a named root does not exist in this view
├ Contradiction                 what is recorded cannot all be true, and no answer follows from it
├ LoadError                     a load cannot go on (rows that are wrong are data, not errors)
│ ├ SourceChanged               STALE: another load touched what this one compared with
│ ├ LoadInProgress              another bulk writer holds the lease
│ ├ LeaseLost                   this writer's lease was taken over
│ └ EndingRefused               a full load would end more than its safeguards allow
└ StoreError
  ├ StoreUnavailable            retryable
  ├ StoreTimeout                retryable
  └ StoreCorrupt                what the store holds contradicts the log's contract
"""

from __future__ import annotations


class LuoshuError(Exception):
    """Any failure that Luoshu names itself.

    `code` is stable and documented; `retryable` says whether the same call may succeed later.
    """

    code = "INTERNAL"
    retryable = False

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class ConfigurationError(LuoshuError):
    """A setting is missing or wrong; the message names the variable."""

    code = "CONFIGURATION"


class InvalidInput(LuoshuError):
    """The caller gave a value that cannot be meant; the message names it and the remedy."""

    code = "INVALID_INPUT"


class InvalidIdentifier(InvalidInput):
    """A code or id fails its format or check digit."""


class LimitExceeded(InvalidInput):
    """A request asks for more than the service's documented limits."""

    code = "LIMIT_EXCEEDED"


class NotFound(LuoshuError):
    """A named root is not in this view."""

    code = "NOT_FOUND"


class Contradiction(LuoshuError):
    """Records of this view cannot all be true; the message names them and what to end or correct."""

    code = "CONTRADICTION"


class LoadError(LuoshuError):
    """A load cannot go on; nothing of it is visible."""

    code = "LOAD_FAILED"


class SourceChanged(LoadError):
    """STALE: a load after the compared one touched the same (source, kind)."""

    code = "STALE"
    retryable = True


class LoadInProgress(LoadError):
    """Another bulk writer holds the lease; the message says who and until when."""

    code = "LOAD_IN_PROGRESS"
    retryable = True


class LeaseLost(LoadError):
    """This writer's lease ran out and was taken over: its fencing token is old."""

    code = "LEASE_LOST"


class EndingRefused(LoadError):
    """A full load would end statements that its safeguards protect; the rest of the load stands."""

    code = "ENDING_REFUSED"


class StoreError(LuoshuError):
    """The store answered with a failure that is not the caller's."""

    code = "STORE_ERROR"


class StoreUnavailable(StoreError):
    """The store cannot be reached now."""

    code = "STORE_UNAVAILABLE"
    retryable = True


class StoreTimeout(StoreError):
    """The store did not answer in time."""

    code = "TIMEOUT"
    retryable = True


class StoreCorrupt(StoreError):
    """What the store holds contradicts the log's contract."""

    code = "STORE_CORRUPT"
