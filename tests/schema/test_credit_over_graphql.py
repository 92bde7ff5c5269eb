"""Syndicates, pools and voucher schemes as sources over GraphQL."""

from graph.kinds.contracts import Loan, Participation
from graph.kinds.parties import Institution, InstitutionType
from graph.kinds.policy import Rule, RuleKind, SyndicateShare
from graph.kinds.supply_side import CreditLimit, LimitKind, LoanProduct, Pool, PoolKind, VoucherScheme
from graph.kinds.terms import OfferStatus, Technique
from graph.money import Money
from graph.records import Ref
from tests.queries.finance import dec
from tests.schema.world import BANK, LONER, World

OTHER = "institution:other"
PATHS = (
    "query($id: ID!, $techniques: [Technique!]) { financingPaths(beneficiary: $id, techniques: $techniques) { paths { nodes {"
    " id technique status source { __typename id } role capacity { amount } supports { kind coverShare }"
    " participants { party { id } role share link { __typename id } } missing { kind by { id } } } } } }"
)


def money(amount: float) -> Money:
    return Money.of(amount, unit="万元")


def cap(name: str, bank: str, amount: float) -> CreditLimit:
    return CreditLimit(
        id=f"creditLimit:{name}", lender=Ref(bank), on=Ref(LONER), kind=LimitKind.SINGLE_NAME, limit=money(amount)
    )


def test_banks_of_a_syndicate_are_shown_with_their_shares(changing: World) -> None:
    rules = [
        Rule(id=f"rule:{which.name}", kind=RuleKind.SYNDICATION, name=which.zh, syndicate_share=which, value=dec(value))
        for which, value in ((SyndicateShare.LEAD, "0.2"), (SyndicateShare.OTHERS, "0.5"))
    ]
    product = LoanProduct(
        id="loanProduct:syndicate",
        name="银团贷款",
        lender=Ref(BANK),
        technique=Technique.SYNDICATED,
        status=OfferStatus.OPEN,
    )
    other = Institution(id=OTHER, name="参团行", type=InstitutionType.BANK)
    takes_part = Participation(source=Ref(OTHER), target=Ref("loanProduct:syndicate"))
    changing.add("register", [other, product, takes_part, cap("lead", BANK, 800), cap("other", OTHER, 100), *rules])
    [path] = changing.ask(PATHS, {"id": LONER, "techniques": ["SYNDICATED"]})["financingPaths"]["paths"]["nodes"]
    assert (path["status"], path["capacity"], path["role"]) == ("AVAILABLE", {"amount": "2000000.00"}, "RECIPIENT")
    banks = [(one["party"]["id"], one["role"], one["share"]) for one in path["participants"]]
    assert banks == [(BANK, "LEAD", "0.5"), (OTHER, "MEMBER", "0.5")]
    assert path["participants"][1]["link"]["__typename"] == "Participation"
    given = "query($id: ID!) { node(id: $id) { ... on FinancingPath { capacity { amount } } } }"
    assert changing.ask(given, {"id": path["id"]})["node"] == {"capacity": path["capacity"]}


def test_pools_and_schemes_are_sources(changing: World) -> None:
    pool = Pool(id="pool:bridge", name="周转金", kind=PoolKind.BRIDGE, balance=money(300), status=OfferStatus.OPEN)
    loan = Loan(id="loan:old", lender=Ref(BANK), borrower=Ref(LONER), principal=money(200), renewal_committed=True)
    scheme = VoucherScheme(
        id="voucherScheme:v", name="创新券", status=OfferStatus.OPEN, budget=money(90), per_firm_max=money(9)
    )
    changing.add("register", [pool, loan, scheme])
    found = changing.ask(PATHS, {"id": LONER, "techniques": ["BRIDGE", "GRANT_VOUCHER"]})["financingPaths"]["paths"]
    sources = {path["technique"]: (path["source"], path["capacity"]["amount"]) for path in found["nodes"]}
    assert sources == {
        "BRIDGE": ({"__typename": "Pool", "id": "pool:bridge"}, "2000000.00"),
        "GRANT_VOUCHER": ({"__typename": "VoucherScheme", "id": "voucherScheme:v"}, "90000.00"),
    }
