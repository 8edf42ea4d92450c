"""Households that meet every condition of a pack, and what stands against them, for the tests of who may borrow."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.judging import reasons
from services.registry.tests.borrowing import PACKS, RULES_BY_PACK, years_before
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.vocabulary import EntityParty
from shared.rules.reasons import Reason

SX4_CONDITIONS: Final = ("registered", "local_account", "creditworthy", "no_dispute")


def day_of(name: str) -> date:
    """Return a day on which the pack is in force."""
    return PACKS[name].header.effective_from + timedelta(days=100)


def fit(name: str, **other: Any) -> HouseholdFacts:
    """Return a household that meets every condition of a pack, 40 years of age, with changes."""
    day, rules = day_of(name), RULES_BY_PACK[name]
    facts = HouseholdFacts(
        state=rules.eligibility.eligible_states[0],
        born_on=years_before(day, 40),
        civil_capacity="full",
        able_to_work=True,
        exclusions=frozenset(),
        credit_record="clean",
        has_account=True,
        lists=(),
        rating=RatingFacts("A", Decimal("100000.00"), day, day + timedelta(days=365)),
        open_loans=0,
        owed=Decimal("0.00"),
        village_code=rules.areas[0].ljust(12, "1"),
        account_bank="RCB",
        entity=EntityFacts(
            conditions_met=frozenset(SX4_CONDITIONS),
            assessed_on=day,
            valid_until=day + timedelta(days=365),
            households_max=30,
            amount_max=Decimal("1500000.00"),
            determined_by=frozenset(EntityParty),
        ),
        income_per_head=rules.eligibility.income_per_head_max,
        good_repute=True,
        willing_and_able=True,
    )
    return replace(facts, **other)


def against(
    name: str, facts: HouseholdFacts, rules: BorrowingRules | None = None, **loan_request: Any
) -> tuple[Reason, ...]:
    """Return every reason against a loan request of 20 000.00 for 12 months; `loan_request` replaces what is asked."""
    pack = rules or RULES_BY_PACK[name]
    asked = {"amount": Decimal("20000.00"), "term_months": 12, **loan_request}
    return reasons(facts, LoanRequest(**asked), pack, day_of(name))


def codes_against(
    name: str, facts: HouseholdFacts, rules: BorrowingRules | None = None, **loan_request: Any
) -> list[str]:
    """Return the codes of every reason against a loan request."""
    return [reason.code for reason in against(name, facts, rules, **loan_request)]
