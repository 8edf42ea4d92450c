"""May this household be bound to this implementing entity? Every reason against it (SX-4, LG-22, LG-28). Pure.

What stands against the entity is what stands against an indirect loan, and nothing else: no further barrier.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.registry.standing.eligibility.rules import entity
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from shared.policy.household_facts import EntityFacts, LoanRequest
from shared.policy.vocabulary import LoanMode
from shared.rules.reasons import Reason

_MODE_RULES: Final = (entity.mode_not_offered, entity.enterprise_use_banned)
_ENTITY_RULES: Final = (
    entity.entity_missing,
    entity.entity_listed,
    entity.entity_not_determined,
    entity.entity_condition,
    entity.entity_not_assessed,
    entity.entity_full,
)
_LEAST: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bound:
    """An agreement that binds the household on the day already."""

    entity_name: str
    agreement_number: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class HouseholdToBind:
    """What a help agreement asks about the household; the rest is asked when it borrows."""

    lists: tuple[str, ...] = ()
    ended_on: date | None = None
    bound: Bound | None = None


def barriers(
    household: HouseholdToBind, entity: EntityFacts, mode: str, amount: Decimal, rules: BorrowingRules, valid_from: date
) -> tuple[Reason, ...]:
    """Return every reason why the household may not be bound from that day, in one written order."""
    loan_request = LoanRequest(amount, 0, mode=mode, granted_on=valid_from)
    found = [rule(entity, loan_request, rules, valid_from) for rule in _MODE_RULES]
    found += [_ended(household, valid_from), _listed(household), _bound(household)]
    return (
        *(reason for reason in found if reason is not None),
        *entity_barriers(entity, rules, valid_from, amount),
    )


def entity_barriers(
    entity: EntityFacts, rules: BorrowingRules, as_of: date, amount: Decimal = _LEAST
) -> tuple[Reason, ...]:
    """Return every reason why the entity may not take on one more household with that amount on that day."""
    loan_request = LoanRequest(amount, 0, mode=LoanMode.INDIRECT, granted_on=as_of)
    found = (rule(entity, loan_request, rules, as_of) for rule in _ENTITY_RULES)
    return tuple(reason for reason in found if reason is not None)


def not_chosen(
    entity_id: UUID,
    chosen_on: date | None,
    shown: frozenset[UUID],
    offered: frozenset[UUID],
    clause: str,
    valid_from: date,
) -> Reason | None:
    """The household saw every entity on offer and chose this one before the agreement began (SX-10)."""
    if chosen_on is None or chosen_on > valid_from or entity_id not in shown:
        return Reason(
            "household-has-not-chosen",
            clause,
            "没有该户在协议生效前自行选定该实施主体的记录，不得代为选定；请记录其所见各主体及选择日期。",
            "It is not recorded that the household chose this entity before the agreement began; nobody chooses for "
            "it. Record which entities it was shown and when it chose.",
        )
    unseen = offered - shown
    if not unseen:
        return None
    return Reason(
        "entities-not-shown",
        clause,
        f"本县还有{len(unseen)}个可选实施主体的情况未向该户出示，请出示全部后由其选择。",
        f"{len(unseen)} further entities that it may choose were not shown to the household; show it all of them and "
        "let it choose.",
    )


def _ended(household: HouseholdToBind, valid_from: date) -> Reason | None:
    if household.ended_on is None or valid_from < household.ended_on:
        return None
    return Reason(
        "household-ended",
        "SX-4",
        f"该户已于{household.ended_on}销户，不得建立带动关系。",
        f"The household ended on {household.ended_on}; bind the household that its members belong to now.",
    )


def _listed(household: HouseholdToBind) -> Reason | None:
    if "blacklist" not in household.lists:
        return None
    return Reason(
        "household-blacklisted",
        "LG-22",
        "该户在黑名单上，清偿前不得建立带动关系。",
        "The household is on the blacklist; it gets no support until the debt is cleared.",
    )


def _bound(household: HouseholdToBind) -> Reason | None:
    bound = household.bound
    if bound is None:
        return None
    return Reason(
        "household-bound",
        "SX-4",
        f"该户自{bound.valid_from}起已由{bound.entity_name}带动（协议{bound.agreement_number}），请先终止原协议。",
        f"The household is bound to {bound.entity_name} by agreement {bound.agreement_number} since "
        f"{bound.valid_from}; "
        "end that agreement first.",
    )
