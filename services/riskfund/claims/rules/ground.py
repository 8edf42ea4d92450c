"""What becomes of a claim whose ground is gone, and what two persons may say of it (LG-39). Pure."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Final

from services.riskfund.claims.refusals import ReviewOutcomeImpossible
from services.riskfund.claims.rules.approval import State

PERSONS_REQUIRED: Final = 2


class Gone(StrEnum):
    """Why a claim no longer rests on what it was filed on."""

    DEFAULT_CURED = "default_cured"
    DEFAULT_WITHDRAWN = "default_withdrawn"
    DEFAULT_REOPENED = "default_reopened"
    LOAN_REPAID = "loan_repaid"
    ACCOUNT_RESTATED = "account_restated"  # the loan stands, with other figures


class Follows(Enum):
    """What happens to the claim at once."""

    NOTHING = auto()
    VOIDED = auto()
    REVIEWED = auto()


class Outcome(StrEnum):
    """What two persons say of a claim that was decided or paid."""

    VOID = "void"
    STANDS = "stands"
    RETURN_DUE = "return_due"


_UNDECIDED: Final = (State.AWAITING_INSURER, State.DECIDING)
_OVER: Final = (State.REFUSED, State.VOIDED)


def what_follows(state: State, insurance_amount: Decimal, gone: Gone) -> Follows:
    """Return what happens to a claim: one that nobody decided is void, what was decided or paid is for two persons.

    Other figures of a claim that is not paid are found when it is decided or paid (`claim-out-of-date`); a paid claim's
    loan that is repaid in full ends as it should.
    """
    if state in _OVER:
        return Follows.NOTHING
    if state is State.PAID:
        return Follows.NOTHING if gone is Gone.LOAN_REPAID else Follows.REVIEWED
    if gone is Gone.ACCOUNT_RESTATED:
        return Follows.NOTHING
    return Follows.VOIDED if state in _UNDECIDED and not insurance_amount else Follows.REVIEWED


def ensure_possible(state: State, outcome: Outcome) -> None:
    """Refuse to void what was paid, or to let stand what was not.

    Raises:
        ReviewOutcomeImpossible: with the outcomes that are possible.
    """
    possible = (Outcome.STANDS, Outcome.RETURN_DUE) if state is State.PAID else (Outcome.VOID,)
    if outcome not in possible:
        raise ReviewOutcomeImpossible(state, outcome, possible)


def concluded(said: Mapping[str, str]) -> Outcome | None:
    """Return what two different persons agree on, by person; None while they do not."""
    for outcome in Outcome:
        if sum(each == outcome for each in said.values()) >= PERSONS_REQUIRED:
            return outcome
    return None
