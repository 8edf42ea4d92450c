"""Figures of a county's document that the demonstration keeps to: data, each with its clause or the reason for it.

`counties/<code of the pack>.yaml` has what the county's document says; `counties/every_county.yaml` has the rest.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from shared.money import PositiveMoney
from shared.policy.sourced import AtLeastOne, BothLanguages, ClauseId, Section, Share, Sourced, Words
from shared.policy.vocabulary import PovertyState
from tools.demo.summary import FigureKey

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


class CreditAreas(Section):
    """How many townships, and what share of the villages, are credit areas; ungraded households live in the others."""

    townships: Sourced[AtLeastOne]
    village_share: Sourced[Share]


class Surveyed(Section):
    """What households said when they were asked: how many were asked, how many are satisfied, and income in yuan."""

    asked: AtLeastOne
    satisfied: AtLeastOne
    income: PositiveMoney


class Benefits(Section):
    """Money of projects at full size, in yuan, and over how many projects and households it is spread (ZJ-11)."""

    centralised_amount: Sourced[PositiveMoney]
    centralised_projects: Sourced[AtLeastOne]
    centralised_households: Sourced[AtLeastOne]
    grant_amount: Sourced[PositiveMoney]
    grant_projects: Sourced[AtLeastOne]
    grant_households: Sourced[AtLeastOne]


class Stated(BothLanguages):
    """A figure as the county's document states it; `shown_as` names the figure of the summary beside it, if any."""

    figure: Words
    clause: ClauseId
    shown_as: FigureKey | None = None


class CountyFigures(Section):
    """Counts at full size and weights.

    Without `borrowing_households` all that may borrow do, without `amount_lent` they ask for `asked_share` of their
    credit limits, without `bank_weights` the kinds of banks that the pack admits lend. What of `amount_lent` is beyond
    all credit limits is lent to households that repaid a loan of `turnover_months`. `bank_rates` are rates in percent
    that banks state, where the pack lets them; `surveyed` is what a programme's offices enter at its end.
    """

    lendable_households: Sourced[AtLeastOne]
    borrowing_households: Sourced[AtLeastOne] | None = None
    amount_lent: Sourced[PositiveMoney] | None = None
    asked_share: Sourced[Share]
    row_faults: Sourced[dict[RowFault, AtLeastOne]]
    bars: Sourced[dict[Bar, AtLeastOne]]
    bars_without_grade: Sourced[tuple[Bar, ...]]
    term_weights: Sourced[dict[int, AtLeastOne]]
    state_weights: Sourced[dict[PovertyState, AtLeastOne]]
    turnover_months: Sourced[AtLeastOne] | None = None
    bank_weights: Sourced[dict[str, AtLeastOne]] | None = None
    bank_rates: Sourced[dict[str, PositiveMoney]] | None = None
    surveyed: Sourced[Surveyed] | None = None
    grade_weights: Sourced[dict[str, AtLeastOne]] | None = None
    industry_weights: Sourced[dict[str, AtLeastOne]] | None = None
    townships: Sourced[AtLeastOne] | None = None
    filed_after_days: Sourced[tuple[int, ...]] | None = None
    credit_areas: CreditAreas | None = None
    benefits: Benefits | None = None
    stated: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class Assumed:
    """A figure that no document states, and why it was assumed."""

    zh: str
    en: str
    figure: str
    reason: str


ASSUMED_NAMES: Final = {
    "lendable_households": ("符合条件的农户", "households that may borrow"),
    "borrowing_households": ("借款农户", "households that borrow"),
    "amount_lent": ("首轮贷款（元）", "lent in the first round, yuan"),
    "asked_share": ("申请额占授信额度", "asked for, of the credit limits"),
}


def assumed_figures(figures: CountyFigures) -> tuple[Assumed, ...]:
    """Return the main figures, at full size, that are assumed."""
    of_use = [key for key in ASSUMED_NAMES if key != "asked_share" or figures.amount_lent is None]
    named = ((ASSUMED_NAMES[key], getattr(figures, key)) for key in of_use)
    return tuple(
        Assumed(zh, en, str(sourced.value), sourced.reason)
        for (zh, en), sourced in named
        if sourced and sourced.assumed
    )


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
