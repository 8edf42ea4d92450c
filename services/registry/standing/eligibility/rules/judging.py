"""May this household borrow? One rule set that gives every reason against it, in one written order (DZ-4). Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules import borrower, entity, household, loan, project, testimony
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.rules.reasons import Condition, Reason, weighed

RULES: Final = (*borrower.RULES, *testimony.RULES, *household.RULES, *loan.RULES, *project.RULES)
# The rules that ask about the implementing entity and not about the household; they come last.
ENTITY_RULES: Final = entity.RULES


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every reason against a loan, and the conditions under which it is granted when there is none."""

    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...] = ()


NOTHING_AGAINST: Final = Verdict(())


def verdict(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Verdict:
    """Return what stands against this loan, and what is only a condition of it under the county's rules (MS-1)."""
    found = [rule(facts, loan_request, rules, as_of) for _, rule in RULES]
    found += [rule(facts.entity, loan_request, rules, as_of) for _, rule in ENTITY_RULES]
    unmet = [reason for reason in found if reason is not None]
    if not unmet:
        return NOTHING_AGAINST
    return Verdict(*weighed(unmet, rules.eligibility.consequences))


def reasons(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> tuple[Reason, ...]:
    """Return every reason why the household may not have this loan; empty when it may (DZ-4, MS-2, XX-1)."""
    return verdict(facts, loan_request, rules, as_of).reasons
