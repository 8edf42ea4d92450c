"""May this household borrow? One rule set that gives every reason against it, in one written order (DZ-4). Pure."""

from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules import borrower, entity, household, loan
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.rules.reasons import Reason

RULES: Final = (*borrower.RULES, *household.RULES, *loan.RULES)
# The rules that ask about the implementing entity and not about the household; they come last.
ENTITY_RULES: Final = entity.RULES


def reasons(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> tuple[Reason, ...]:
    """Return every reason why the household may not have this loan; empty when it may (DZ-4, MS-2, XX-1)."""
    found = [rule(facts, loan_request, rules, as_of) for _, rule in RULES]
    found += [rule(facts.entity, loan_request, rules, as_of) for _, rule in ENTITY_RULES]
    return tuple(reason for reason in found if reason is not None)
