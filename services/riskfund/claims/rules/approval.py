"""The committee's way to a decision (LG-39): distinct members of distinct offices, none of them the maker. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.riskfund.claims.refusals import AlreadyDecided, ClaimNotToDecide, OfficeDecided
from shared.errors import MakerIsChecker
from shared.policy import losses
from shared.policy.terms import CompensationRule
from shared.policy.vocabulary import Office


class State(StrEnum):
    """Where a claim stands."""

    AWAITING_INSURER = "awaiting_insurer"
    DECIDING = "deciding"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"
    VOIDED = "voided"


class Decision(StrEnum):
    """What a member of the committee says."""

    APPROVE = "approve"
    REFUSE = "refuse"


# One refusal ends a claim, also after it was approved and before it is paid; approvals are counted.
OUTCOMES: Final[Mapping[tuple[State, Decision], State]] = MappingProxyType(
    {
        (State.DECIDING, Decision.APPROVE): State.APPROVED,
        (State.DECIDING, Decision.REFUSE): State.REFUSED,
        (State.APPROVED, Decision.REFUSE): State.REFUSED,
    }
)


def ensure_decidable(rule: CompensationRule) -> None:
    """Refuse a claim that no committee of the county's could ever decide.

    Raises:
        CommitteeTooSmall: the pack asks for more approvals than the committee has members (LG-39).
    """
    if why := losses.never_decided(rule):
        raise why


def decide(
    state: State,
    decision: Decision,
    person: str,
    office: Office,
    *,
    maker: str,
    earlier: Mapping[str, str | None],
    required: int,
) -> State:
    """Return the claim's next state; `earlier` are the members who approved before, each with the office's name.

    An office has one vote; people of a committee that is an office of its own (`fund_committee`) have one each.

    Where a correction of the pack lowers `required` to what is there already, any member concludes by saying it once
    more, also one of the earlier: nobody else may be left.

    Raises:
        ClaimNotToDecide: the state allows no such decision.
        MakerIsChecker: the person filed the claim.
        AlreadyDecided: the person decided before.
        OfficeDecided: the person's office did.
    """
    outcome = OUTCOMES.get((state, decision))
    if outcome is None:
        raise ClaimNotToDecide(state, decision)
    if person == maker:
        raise MakerIsChecker(person)
    if person in earlier and (decision is not Decision.APPROVE or len(earlier) < required):
        raise AlreadyDecided(person)
    if person not in earlier and office in earlier.values() and office is not Office.FUND_COMMITTEE:
        raise OfficeDecided(office)
    if decision is Decision.APPROVE and len({*earlier, person}) < required:
        return State.DECIDING
    return outcome
