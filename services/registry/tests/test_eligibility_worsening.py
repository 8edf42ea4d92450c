"""One fact for the worse never makes eligible, and never takes away a reason that speaks of another fact."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.registry.standing.eligibility.rules.entity import RULES as ENTITY_RULES
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.judging import reasons
from services.registry.tests.borrowing import (
    BANKS,
    DAYS,
    EXCLUSIONS,
    RULES_BY_PACK,
    households,
    loan_requests,
    years_before,
)
from services.registry.tests.fit_households import day_of, fit
from shared.policy.household_facts import Exposure, HouseholdFacts, LoanRequest
from shared.policy.vocabulary import LoanMode

Case = tuple[HouseholdFacts, LoanRequest]
Worse = Callable[[HouseholdFacts, LoanRequest, BorrowingRules, date], Case | None]
# All that is said of an implementing entity, whichever rules of entities there are.
ENTITY_CODES: Final = frozenset(kind.code for kind, _ in ENTITY_RULES)


def _facts(**worse: object) -> Worse:
    return lambda facts, loan_request, rules, day: (replace(facts, **worse), loan_request)  # type: ignore[arg-type]


def _loan_request(**worse: object) -> Worse:
    return lambda facts, loan_request, rules, day: (facts, replace(loan_request, **worse))  # type: ignore[arg-type]


def _ended(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    return replace(facts, ended_on=day), loan_request


def _too_young(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    return replace(facts, born_on=years_before(day, rules.eligibility.age_min_years - 1)), loan_request


def _ten_years_older(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    grown_up = facts.born_on is not None and facts.born_on <= years_before(day, 18)
    return (
        (replace(facts, born_on=years_before(facts.born_on, 10)), loan_request) if grown_up and facts.born_on else None
    )


def _account_elsewhere(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date
) -> Case | None:
    if loan_request.bank_code is None or not facts.has_account:
        return None
    return replace(facts, account_bank=next(bank for bank in BANKS if bank != loan_request.bank_code)), loan_request


def _unrated(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    return (replace(facts, rating=None), loan_request) if rules.eligibility.rating_required else None


def _expired(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    if not rules.eligibility.rating_required or facts.rating is None:
        return None
    begun = min(facts.rating.valid_from, day - timedelta(days=1))
    return replace(facts, rating=replace(facts.rating, valid_from=begun, valid_until=day)), loan_request


def _lower_credit_limit(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date
) -> Case | None:
    return (
        (replace(facts, rating=replace(facts.rating, credit_limit=Decimal("0.01"))), loan_request)
        if facts.rating
        else None
    )


def _more_owed(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    return replace(facts, owed=facts.owed + 50_000), loan_request


def _more_loans(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    return replace(facts, open_loans=facts.open_loans + 2), loan_request


def _more_in_the_books(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    before = loan_request.exposure or Exposure(0, Decimal("0.00"), Decimal("0.00"))
    more = Exposure(before.open_loans + 2, before.owed + 50_000, before.under_way + 50_000)
    return facts, replace(loan_request, exposure=more)


def _no_condition(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    return (
        (replace(facts, entity=replace(facts.entity, conditions_met=frozenset())), loan_request)
        if facts.entity
        else None
    )


def _entity_listed(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    return (replace(facts, entity=replace(facts.entity, lists=("blacklist",))), loan_request) if facts.entity else None


def _entity_ended(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    return (replace(facts, entity=replace(facts.entity, active=False)), loan_request) if facts.entity else None


def _not_assessed(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    return (replace(facts, entity=replace(facts.entity, households_max=None)), loan_request) if facts.entity else None


def _entity_busier(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case | None:
    if facts.entity is None:
        return None
    busier = replace(facts.entity, households=facts.entity.households + 3, amount=facts.entity.amount + 100_000)
    return replace(facts, entity=busier), loan_request


def _enterprise_use(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, day: date) -> Case:
    return facts, replace(loan_request, mode="enterprise_use", granted_on=date(2030, 1, 1))


NOTHING: Final[frozenset[str]] = frozenset()
# What gets worse, and the reasons about the same fact that it may replace.
WORSENINGS: Final[Mapping[str, tuple[Worse, frozenset[str]]]] = {
    "taken off the register": (_ended, NOTHING),
    "borrower died": (_facts(borrower="died"), frozenset({"borrower-not-member"})),
    "borrower unknown": (_facts(borrower="unknown"), frozenset({"borrower-died"})),
    "not registered": (_facts(state=None), NOTHING),
    "lives elsewhere": (_facts(village_code="990000000001", residence_code=None), NOTHING),
    "too young": (_too_young, frozenset({"age-above-maximum", "age-plus-term-above-maximum"})),
    "ten years older": (_ten_years_older, NOTHING),
    "no capacity": (_facts(civil_capacity="none"), NOTHING),
    "unable to work": (_facts(able_to_work=False), NOTHING),
    "excluded": (_facts(exclusions=frozenset(EXCLUSIONS)), NOTHING),
    "bad record": (_facts(credit_record="bad_unresolved"), NOTHING),
    "malicious": (_facts(malicious=True), NOTHING),
    "family debts": (_facts(family_debt_banks=BANKS), NOTHING),
    "no account": (_facts(has_account=False, account_bank=None), frozenset({"bank-account-elsewhere"})),
    "account elsewhere": (_account_elsewhere, NOTHING),
    "listed": (_facts(lists=("blacklist", "dishonesty")), NOTHING),
    "unrated": (
        _unrated,
        frozenset({"rating-expired", "rating-not-yet-valid", "amount-above-credit-limit", "grade-without-limit"}),
    ),
    "expired": (_expired, frozenset({"rating-not-yet-valid", "amount-above-credit-limit", "grade-without-limit"})),
    "lower credit limit": (_lower_credit_limit, NOTHING),
    "owes more": (_more_owed, NOTHING),
    "more open loans": (_more_loans, NOTHING),
    "more in the lender's books": (_more_in_the_books, NOTHING),
    "more industries": (_facts(industries=frozenset({"x", "y", "z"})), frozenset({"industries-too-few"})),
    "amount too high": (_loan_request(amount=Decimal("90000000.00")), frozenset({"amount-below-minimum"})),
    "term too long": (_loan_request(term_months=600), NOTHING),
    "forbidden purpose": (_loan_request(purpose="house_building"), frozenset({"purpose-unknown"})),
    "unknown purpose": (_loan_request(purpose="nothing known"), frozenset({"purpose-forbidden"})),
    "unknown industries": (_loan_request(other_industries=("u", "v", "w")), frozenset({"industries-too-few"})),
    # What XX-1 asks of joint development is asked of that use alone.
    "enterprise use": (_enterprise_use, ENTITY_CODES | {"joint-without-part"}),
    "no entity": (_facts(entity=None), ENTITY_CODES - {"entity-missing"}),
    "entity without conditions": (_no_condition, NOTHING),
    "entity listed": (_entity_listed, NOTHING),
    "entity ended": (_entity_ended, NOTHING),
    "entity not assessed": (_not_assessed, frozenset({"entity-full"})),
    "entity with more households": (_entity_busier, NOTHING),
}
# The household that takes no part in joint development is then not asked whether it does, and refused all the same.
NO_PART: Final = LoanRequest(Decimal("10000.00"), 12, mode=LoanMode.JOINT, volunteers=True, takes_part=False)
questions = st.sampled_from(DAYS).flatmap(lambda day: st.tuples(st.just(day), households(day), loan_requests(day)))


@pytest.mark.clause("DZ-4")
@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(RULES_BY_PACK)), asked=questions, worse=st.sampled_from(sorted(WORSENINGS)))
@example(name="xx-district", asked=(day_of("xx-district"), fit("xx-district"), NO_PART), worse="enterprise use")
def test_a_worse_fact_never_makes_eligible_and_keeps_every_other_reason(
    name: str, asked: tuple[date, HouseholdFacts, LoanRequest], worse: str
) -> None:
    (day, facts, loan_request), rules = asked, RULES_BY_PACK[name]
    change, replaced = WORSENINGS[worse]
    if (changed := change(facts, loan_request, rules, day)) is None:
        return
    before = {reason.code for reason in reasons(facts, loan_request, rules, day)}
    after = {reason.code for reason in reasons(*changed, rules, day)}
    assert before - after <= replaced
    assert after or not before
