"""Figures of a county's document that the demonstration keeps to: data, each with its clause or the reason for it.

`counties/<code of the pack>.yaml` has what the county's document says; `counties/every_county.yaml` has the rest.
"""

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from shared.money import PositiveMoney
from shared.policy.sourced import AtLeastOne, BothLanguages, ClauseId, Number, Section, Share, Sourced, Words
from shared.policy.vocabulary import PovertyState

FOLDER: Final = Path(__file__).with_name("counties")
EVERY_COUNTY: Final = "every_county"


class RowFault(StrEnum):
    """Why a spreadsheet row is refused at import."""

    WRONG_CHECK_DIGIT = "wrong_check_digit"
    DUPLICATE = "duplicate"  # the same resident ID again, further down in the same file
    UNKNOWN_VILLAGE = "unknown_village"


class Bar(StrEnum):
    """Why a registered household may not borrow."""

    EXCLUDED = "excluded"  # of a kind that the pack excludes
    OVER_AGE = "over_age"
    NO_CAPACITY = "no_capacity"  # without full civil capacity, or unable to work
    BAD_RECORD = "bad_record"
    OTHER_STATE = "other_state"  # in a poverty state that the pack does not admit
    FAMILY_DEBT = "family_debt"  # another member owes the bank
    UNGRADED = "ungraded"  # scored below the lowest grade


class Lending(Section):
    """What is lent in the first round, and how much of it one yuan of the first fund has to carry."""

    amount_lent: Sourced[PositiveMoney]
    lent_per_first_fund_yuan: Sourced[Number]


class CreditAreas(Section):
    """How many townships, and what share of the villages, are credit areas; ungraded households live in the others."""

    townships: Sourced[AtLeastOne]
    village_share: Sourced[Share]


class Stated(BothLanguages):
    """A figure as the county's document states it, shown beside what the demonstration found."""

    figure: Words
    clause: ClauseId


class CountyFigures(Section):
    """Counts at full size and weights; a county without `lending` is shown up to who may borrow."""

    lendable_households: Sourced[AtLeastOne]
    row_faults: Sourced[dict[RowFault, AtLeastOne]]
    bars: Sourced[dict[Bar, AtLeastOne]]
    bars_without_grade: Sourced[tuple[Bar, ...]]
    term_weights: Sourced[dict[int, AtLeastOne]]
    state_weights: Sourced[dict[PovertyState, AtLeastOne]]
    bank_weights: Sourced[dict[str, AtLeastOne]]
    ends_after_rating: BothLanguages
    grade_weights: Sourced[dict[str, AtLeastOne]] | None = None
    industry_weights: Sourced[dict[str, AtLeastOne]] | None = None
    townships: Sourced[AtLeastOne] | None = None
    credit_areas: CreditAreas | None = None
    lending: Lending | None = None
    stated: tuple[Stated, ...] = ()

    def amount_lent(self) -> Decimal | None:
        """Return what is lent in the first round, in yuan; None where nothing is."""
        return self.lending.amount_lent.value if self.lending else None


def figures_of(pack_code: str, folder: Path = FOLDER) -> CountyFigures:
    """Return a county's figures: its own, and every county's where it has none.

    Raises:
        ValidationError: a file has an unknown key, or a value without its origin.
    """
    own = folder / f"{pack_code}.yaml"
    found = _read(folder / f"{EVERY_COUNTY}.yaml") | (_read(own) if own.exists() else {})
    return CountyFigures.model_validate(found)


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content
