"""The generated city as files: scale 1 has 1,000 enterprises, and every table grows with the scale.

At scale 1: 5,000 supply links, 8,000 assets, 1,500 loans, 1,000 guarantees, 30 funds, 60 products, among them one or more of every
technique. The largest anchor buys directly from 9 % of all enterprises; suppliers stand down to tier 5. The bundle goes through the
tabular loader like anyone's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from graph.errors import InvalidInput
from loaders.city.assets import write_assets
from loaders.city.capital import write_capital
from loaders.city.credit import write_credit
from loaders.city.desk import write_desk
from loaders.city.disclosures import write_disclosures
from loaders.city.funds import write_funds
from loaders.city.mandates import mandates
from loaders.city.needs import write_needs
from loaders.city.offers import write_offers
from loaders.city.parties import write_parties, write_places
from loaders.city.public import write_public
from loaders.city.rules import CHANGED, write_rules
from loaders.city.security import write_security
from loaders.city.sheet import Dice
from loaders.city.supports import write_supports
from loaders.city.trade import write_trade
from loaders.city.vehicles import Vehicles

DEFAULT_DAY: Final = date(2026, 1, 1)
"""The day whose state the city shows, unless another is given."""

SOURCE: Final = "sample-city"
"""The dataset that the city's statements come from."""

MAX_SCALE: Final = 1_000


@dataclass(frozen=True, slots=True)
class CityBundle:
    """Where the city's files are, and how many rows each table has."""

    folder: Path
    rows: Mapping[str, int]


def generate_city(
    folder: Path, *, scale: float = 1.0, seed: int = 20170721, as_of: date = DEFAULT_DAY, links: int | None = None
) -> CityBundle:
    """The city of this scale, seed and day, written into `folder`, made if need be: one CSV file a kind.

    The same arguments give the same bytes. `links` overrides how many supply links there are (default 5,000 × scale). Cost:
    linear, about a million rows a second.

    Raises InvalidInput for a scale that is not above 0 and at most 1,000, and for a folder that holds other files.
    """
    if not 0 < scale <= MAX_SCALE:
        raise InvalidInput(f"scale {scale} is not above 0 and at most {MAX_SCALE}; 1 gives 1,000 enterprises")
    folder.mkdir(parents=True, exist_ok=True)
    stray = next((item.name for item in sorted(folder.iterdir()) if item.suffix != ".csv"), None)
    if stray is not None:
        raise InvalidInput(f"{folder} holds {stray}, which is no table of a city; give an empty folder")
    dice = Dice(seed, as_of, scale)
    rows = write_places(folder)
    parties, more = write_parties(folder, dice)
    rows |= more
    trade, more = write_trade(folder, dice, parties, links)
    rows |= more
    assets, more = write_assets(folder, dice, parties)
    rows |= more
    offers, more = write_offers(folder, dice, parties)
    rows |= more
    loans, more = write_credit(folder, dice, parties, trade, assets, offers)
    rows |= more
    rows |= write_security(folder, dice, parties, trade, assets, offers, loans)
    vehicles = Vehicles.of(dice)
    rows |= write_capital(folder, dice, parties, offers, vehicles)
    rows |= write_public(folder, dice, parties, offers)
    rows |= write_funds(folder, dice, parties, vehicles)
    rows |= write_needs(folder, dice, parties, vehicles)
    rows |= write_desk(folder, dice, parties, offers, vehicles)
    rows["observations"] = write_disclosures(folder, dice, parties)
    rows |= write_supports(folder, dice, parties)
    rows["rules"] = write_rules(folder, dice, offers, mandates(dice, vehicles, CHANGED))
    return CityBundle(folder, rows)
