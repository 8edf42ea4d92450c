"""What a register can hold: facts drawn freely, made such that rows of its tables can say them on a day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from shared.money import yuan
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, OpenLoan
from shared.policy.vocabulary import ENTITY_USE

_A_LOAN: Final = Decimal("1000.00")
_UNLIMITED: Final = Decimal("99999999.00")
_YEAR: Final = timedelta(days=365)


def possible(
    facts: HouseholdFacts, loan_request: LoanRequest, day: date, village_code: str, ids: tuple[UUID, UUID]
) -> tuple[HouseholdFacts, LoanRequest]:
    """Return the nearest facts that tables can say, and the loan request by which they are found.

    `village_code` stands where no place is given; `ids` are those of a member beside the head and of an entity.
    """
    member_id, entity_id = ids
    indirect = loan_request.mode in ENTITY_USE
    bank = loan_request.bank_code or facts.account_bank
    known = replace(
        _with_borrower(facts),
        village_code=facts.village_code or village_code,
        end_reason=(facts.end_reason or "moved_out") if facts.ended_on else None,
        has_account=facts.account_bank is not None,
        lists=tuple(sorted(facts.lists)),
        family_debt_banks=tuple(sorted(facts.family_debt_banks)),
        entity=_entity(facts.entity, day) if indirect and facts.entity else None,
        bank_rating=facts.bank_rating if bank else None,
        **_testimony(facts),
        **_loans(facts, day),
    )
    head = known.borrower != "unknown" and known.civil_capacity is not None
    named = replace(
        loan_request, borrower_member_id=None if head else member_id, entity_id=entity_id if indirect else None
    )
    return known, named


def _testimony(facts: HouseholdFacts) -> dict[str, Any]:
    """The village says everything about a household at once, or nothing."""
    if facts.good_repute is None and facts.willing_and_able is None:
        return {}
    return {"good_repute": facts.good_repute is not False, "willing_and_able": facts.willing_and_able is not False}


def _with_borrower(facts: HouseholdFacts) -> HouseholdFacts:
    """A borrower is unknown exactly when there is no day of birth, and then nothing else is known either."""
    if facts.borrower == "unknown" or facts.born_on is None:
        return replace(facts, borrower="unknown", born_on=None, civil_capacity=None, able_to_work=True)
    return facts


def _loans(facts: HouseholdFacts, day: date) -> dict[str, Any]:
    """As many open loans as are said or needed for the industries; the first owes everything."""
    count = max(facts.open_loans, len(facts.loans), len(facts.industries), 1 if facts.owed else 0)
    owed = [facts.owed if place == 0 else Decimal("0.00") for place in range(count)]
    said = [*facts.loans, *(OpenLoan(_A_LOAN, day, _A_LOAN) for _ in range(count))][:count]
    loans = tuple(
        replace(loan, principal=each or _A_LOAN, granted_on=day, owed=each)
        for loan, each in zip(said, owed, strict=True)
    )
    return {"open_loans": count, "owed": facts.owed if count else Decimal("0.00"), "loans": loans}


def _entity(entity: EntityFacts, day: date) -> EntityFacts:
    """An assessment counts with all its figures once it is confirmed; money is bound with a household only."""
    households = max(entity.households, 1 if entity.amount else 0)
    amount = entity.amount or yuan(households)
    known = replace(entity, lists=tuple(sorted(entity.lists)), households=households, amount=amount)
    if known.households_max is None or known.assessed_on is None or known.assessed_on > day:
        return replace(known, households_max=None, assessed_on=None, valid_until=None, amount_max=None)
    until = max(known.valid_until or day + _YEAR, known.assessed_on + timedelta(days=1))
    return replace(known, valid_until=until, amount_max=known.amount_max or _UNLIMITED)
