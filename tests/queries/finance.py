"""Small financings: a bank, a seller, its buyer, and what lies between them. Amounts are 万元, as in the domain's worked cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from graph.kinds.assets import Receivable, Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.kinds.parties import Enterprise, Institution, InstitutionType, Supplies
from graph.kinds.supply_side import AnchorProgramme, CreditLimit, LimitKind, LoanProduct
from graph.kinds.terms import OfferStatus, Technique
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Ref
from graph.view import View
from queries.financing.answers import ConstraintShown, FinancingPath, FinancingPaths
from queries.financing.need import NeedAsked
from queries.financing.terms import ConstraintKind, Gate, Ternary
from queries.financing_paths import financing_paths
from tests.graph.build import TODAY, Stated, knowledge_of, load
from tests.graph.memory_log import MemoryLog

BANK = "institution:bank"
SELLER = "enterprise:seller"
BUYER = "enterprise:buyer"
ANCHOR = "enterprise:anchor"
PROGRAMME = "anchorProgramme:programme"
RECEIVABLE = "receivable:claim"

WAN = 1_000_000
"""分 in one 万元."""


@cache
def ontology() -> Ontology:
    """The ontology, made once: these tests declare no kinds."""
    return Ontology.current()


def view_of(*statements: Stated, source: str = "test", as_of: date = TODAY) -> View:
    """The view of one load of these statements."""
    log = MemoryLog()
    load(log, source, statements, ontology=ontology())
    return knowledge_of(log, ontology=ontology()).view(as_of)


def wan(amount: float | int | str | Decimal | Money) -> Money:
    """So many 万元; money as it is."""
    return amount if isinstance(amount, Money) else Money.of(Decimal(str(amount)), unit="万元")


def dec(value: float | str | None) -> Decimal | None:
    """A share; None stays None."""
    return None if value is None else Decimal(str(value))


def bank(name: str = "bank", **fields: Any) -> Institution:
    """A commercial bank."""
    return Institution(id=f"institution:{name}", **{"name": name, "type": InstitutionType.BANK, **fields})


def firm(name: str, **fields: Any) -> Enterprise:
    """An enterprise."""
    return Enterprise(id=f"enterprise:{name}", name=name, **fields)


def product(technique: Technique, name: str = "product", **fields: Any) -> LoanProduct:
    """An open product of the bank; α is 100 % unless another is given."""
    given = {"lender": Ref(BANK), "status": OfferStatus.OPEN, "advance_rate": Decimal(1), **fields}
    return LoanProduct(id=f"loanProduct:{name}", name=name, technique=technique, **given)


def supplies(seller: str, buyer: str, annual: float | Money | None, days: int | None, **fields: Any) -> Supplies:
    """A supply link; no dilution unless one is given."""
    given = {"dilution": Decimal(0), **fields}
    return Supplies(
        source=Ref(f"enterprise:{seller}"),
        target=Ref(f"enterprise:{buyer}"),
        annual_amount=None if annual is None else wan(annual),
        payment_term_days=days,
        **given,
    )


def programme(limit: float | None, **fields: Any) -> AnchorProgramme:
    """The anchor's programme, funded by the bank, open to five tiers."""
    given = {"anchor": Ref(ANCHOR), "funder": Ref(BANK), "max_tier": 5, **fields}
    return AnchorProgramme(id=PROGRAMME, name="programme", limit=None if limit is None else wan(limit), **given)


def receivable(face: float | Money, **fields: Any) -> Receivable:
    """The seller's claim on the buyer, fully evidenced, without dilution unless one is given."""
    given = {
        "owner": Ref(SELLER),
        "obligor": Ref(BUYER),
        "dilution": Decimal(0),
        "assignable": True,
        "contract_no": "c-1",
        "invoice_no": "i-1",
        "delivery_no": "d-1",
        **fields,
    }
    return Receivable(**{"id": RECEIVABLE, "face": wan(face), **given})


def voucher(name: str, owner: str, face: float, parent: str | None = None, **fields: Any) -> Voucher:
    """A voucher of the anchor's programme, or a part split from one."""
    return Voucher(
        id=f"voucher:{name}",
        owner=Ref(f"enterprise:{owner}"),
        programme=Ref(PROGRAMME),
        parent=None if parent is None else Ref(f"voucher:{parent}"),
        face=wan(face),
        **fields,
    )


def encumbrance(name: str, kind: EncumbranceKind, amount: float | None, **fields: Any) -> Encumbrance:
    """A registration over the claim, in favour of another bank."""
    given = {"asset": Ref(RECEIVABLE), "creditor": Ref("institution:other"), "registry_no": f"r-{name}", **fields}
    return Encumbrance(id=f"encumbrance:{name}", kind=kind, amount=None if amount is None else wan(amount), **given)


def limit(kind: LimitKind, on: str, amount: float | None, name: str = "limit", **fields: Any) -> CreditLimit:
    """A limit that the bank has set."""
    given = {"lender": Ref(BANK), **fields}
    return CreditLimit(
        id=f"creditLimit:{name}", on=Ref(on), kind=kind, limit=None if amount is None else wan(amount), **given
    )


def claim_view(*records: Stated, technique: Technique = Technique.RECEIVABLES_DISCOUNTING, **fields: Any) -> View:
    """Bank, seller, buyer, another bank and a product (`fields` its own), with these records."""
    return view_of(bank(), bank("other"), firm("seller"), firm("buyer"), product(technique, **fields), *records)


def chain_view(*records: Stated) -> View:
    """Bank and anchor, with these records."""
    return view_of(bank(), firm("anchor"), *records)


def need(amount: float, **fields: Any) -> NeedAsked:
    """A need of so many 万元."""
    return NeedAsked(wan(amount), **fields)


def ask(view: View, beneficiary: str, *techniques: Technique, **options: Any) -> FinancingPaths:
    """The paths to a firm, of these techniques, where any are given."""
    return financing_paths(view, f"enterprise:{beneficiary}", techniques=techniques or None, **options)


def only(found: FinancingPaths) -> FinancingPath:
    """The one path found."""
    assert len(found.paths) == 1, [path.technique.name for path in found.paths]
    return found.paths[0]


def capacities(found: FinancingPaths) -> list[float | None]:
    """What each path can bring, in 万元."""
    return [None if path.capacity is None else path.capacity / WAN for path in found.paths]


def spine(view: View, path: FinancingPath) -> list[str]:
    """The names of a path's nodes, from the source."""
    return [view.id_of(node).partition(":")[2] for node in path.nodes]


def constraint(path: FinancingPath, kind: ConstraintKind) -> ConstraintShown:
    """The path's one constraint of a kind."""
    found = [one for one in path.constraints if one.kind is kind]
    assert len(found) == 1, [one.kind.name for one in path.constraints]
    return found[0]


def verdict(path: FinancingPath, gate: Gate) -> Ternary:
    """What a gate says."""
    return next(result.verdict for result in path.gates if result.gate is gate)


def missing_of(path: FinancingPath, gate: Gate) -> list[str]:
    """The names of the facts that a gate misses."""
    return [fact.field for result in path.gates if result.gate is gate for fact in result.missing]


def in_wan(amounts: Sequence[int | None]) -> list[float | None]:
    """分 as 万元."""
    return [None if amount is None else amount / WAN for amount in amounts]
