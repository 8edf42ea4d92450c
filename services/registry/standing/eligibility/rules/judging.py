"""May this household borrow? One rule set that gives every reason against it, in one written order (DZ-4). Pure."""

from collections.abc import Callable
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules import borrower as borrower
from services.registry.standing.eligibility.rules import entity as entity
from services.registry.standing.eligibility.rules import household as standing
from services.registry.standing.eligibility.rules import loan as loan
from services.registry.standing.eligibility.rules.facts import (
    BorrowingRules,
    EntityFacts,
    HouseholdFacts,
    LoanRequest,
    OpenLoan,
    RatingFacts,
    Reason,
)
from shared.dates import age_on

__all__ = [
    "ENTITY_RULES",
    "RULES",
    "BorrowingRules",
    "EntityFacts",
    "HouseholdFacts",
    "LoanRequest",
    "OpenLoan",
    "RatingFacts",
    "Reason",
    "age_on",
    "reasons",
]

Rule = Callable[[HouseholdFacts, LoanRequest, BorrowingRules, date], Reason | None]
RULES: Final[tuple[Rule, ...]] = (
    borrower.household_ended,
    borrower.borrower_not_member,
    borrower.borrower_died,
    borrower.state,
    borrower.residence,
    borrower.too_young,
    borrower.too_old,
    borrower.age_plus_term,
    borrower.civil_capacity,
    borrower.able_to_work,
    borrower.excluded_kind,
    standing.bad_record,
    standing.malicious_default,
    standing.family_debt,
    standing.account_missing,
    standing.account_elsewhere,
    standing.listed,
    standing.unrated,
    standing.rating_to_come,
    standing.rating_expired,
    loan.below_smallest,
    loan.above_largest,
    loan.above_credit_limit,
    loan.above_cap,
    loan.loan_open,
    loan.term,
    loan.industry_unknown,
    loan.industries_too_few,
    loan.industries_too_many,
    loan.purpose_forbidden,
    loan.purpose_unknown,
)
# The rules that ask about the implementing entity and not about the household; they come last.
EntityRule = Callable[[EntityFacts | None, LoanRequest, BorrowingRules, date], Reason | None]
ENTITY_RULES: Final[tuple[EntityRule, ...]] = (
    entity.mode_not_offered,
    entity.enterprise_use_banned,
    entity.entity_missing,
    entity.entity_listed,
    entity.entity_condition,
    entity.entity_not_assessed,
    entity.entity_full,
)


def reasons(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> tuple[Reason, ...]:
    """Return every reason why the household may not have this loan; empty when it may (DZ-4, MS-2, XX-1)."""
    found = [rule(facts, loan_request, rules, as_of) for rule in RULES]
    found += [rule(facts.entity, loan_request, rules, as_of) for rule in ENTITY_RULES]
    return tuple(reason for reason in found if reason is not None)
