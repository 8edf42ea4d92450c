"""Households on, just below and just above every bound of a county's rules, for the tests of who may borrow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.tests.borrowing import BANKS, years_before
from services.registry.tests.rule_sets import Question
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, OpenLoan, RatingFacts
from shared.policy.vocabulary import EntityParty, LoanMode, LoanSecurity, PovertyState, ProjectStage

DAY: Final = date(2018, 3, 1)
_CENT: Final = Decimal("0.01")
_NEAR: Final = tuple(DAY + timedelta(days=days) for days in (-1, 0, 1))
_YEAR: Final = timedelta(days=365)


def _around(amount: Decimal) -> tuple[Decimal, ...]:
    return amount - _CENT, amount, amount + _CENT


def _entity(rules: BorrowingRules, **other: Any) -> EntityFacts:
    met = frozenset(each.code for each in rules.entities.conditions)
    fit = EntityFacts(
        conditions_met=met,
        assessed_on=DAY - _YEAR,
        valid_until=DAY + _YEAR,
        households_max=3,
        amount_max=Decimal("90000.00"),
        determined_by=frozenset(EntityParty),
    )
    return replace(fit, **other)


def _household(rules: BorrowingRules) -> HouseholdFacts:
    return HouseholdFacts(
        state=rules.eligibility.eligible_states[0],
        born_on=years_before(DAY, 40),
        civil_capacity="full",
        able_to_work=True,
        exclusions=frozenset(),
        credit_record="clean",
        has_account=True,
        lists=(),
        rating=RatingFacts("A", Decimal("50000.00"), DAY - _YEAR, DAY + _YEAR),
        open_loans=0,
        owed=Decimal("0.00"),
        village_code=rules.areas[0].ljust(12, "1"),
        account_bank="RCB",
        entity=_entity(rules),
        income_per_head=rules.eligibility.income_per_head_max or Decimal("4000.00"),
        good_repute=True,
        willing_and_able=True,
    )


def _borrowers(rules: BorrowingRules) -> Iterator[dict[str, Any]]:
    who = rules.eligibility
    yield from ({"ended_on": day, "end_reason": "merged"} for day in _NEAR)
    yield from ({"borrower": each} for each in ("died", "left", "unknown"))
    yield from ({"state": each} for each in (None, *PovertyState))
    here, elsewhere = rules.areas[0].ljust(12, "1"), "990000000001"
    places = product((None, here, elsewhere), repeat=2)
    yield from ({"village_code": village, "residence_code": residence} for village, residence in places)
    ages = {who.age_min_years, who.age_max_years or 65, (who.age_max_years or 65) + 1}
    most = who.age_plus_term_max_years or 60
    ages |= {most - 1, most - rules.loan.term_months_min // 12, most}
    for years, days in product(sorted(ages), (-1, 0, 1)):
        yield {"born_on": years_before(DAY, years) + timedelta(days=days)}
    yield {"born_on": None}
    yield from ({"civil_capacity": each} for each in ("limited", "none", None))
    yield {"able_to_work": False}
    yield from ({"exclusions": frozenset({each})} for each in ("other_kind", *(kind.code for kind in who.exclusions)))


def _standings(rules: BorrowingRules) -> Iterator[dict[str, Any]]:
    records = ("none", "bad_unresolved", "bad_settled")
    yield from ({"credit_record": record, "malicious": bad} for record, bad in product(records, (False, True)))
    for debts, account in product(((), ("RCB",), ("PSBC",)), (None, *BANKS)):
        yield {"family_debt_banks": debts, "has_account": account is not None, "account_bank": account}
    yield from ({"lists": each} for each in (("dishonesty",), ("blacklist", "dishonesty")))
    yield {"rating": None}
    income = rules.eligibility.income_per_head_max or Decimal("4000.00")
    yield from ({"income_per_head": each} for each in (None, *_around(income)))
    for repute, able in ((None, None), (False, True), (True, False), (False, False)):
        yield {"good_repute": repute, "willing_and_able": able}
    for whose, begins in product(("rating", "bank_rating"), _NEAR):
        yield {whose: RatingFacts("B", Decimal("50000.00"), begins, DAY + _YEAR)}
        yield {whose: RatingFacts("B", Decimal("50000.00"), DAY - _YEAR, begins)}
        yield {whose: RatingFacts("C", Decimal("20000.00"), begins, DAY + _YEAR)}
        yield {whose: RatingFacts("C", Decimal("20000.00"), DAY - _YEAR, begins)}
    yield from ({"rating": RatingFacts("C", line, DAY, DAY + _YEAR)} for line in _around(Decimal("30000.00")))
    yield {"rating": RatingFacts("D", Decimal("0.00"), DAY, DAY + _YEAR)}
    for count in range(rules.loan.open_loans_max + 2):
        yield {"open_loans": count}
    for owed in _around(rules.loan.household_cap - Decimal("30000.00")):
        yield {"owed": owed, "open_loans": 0, "loans": (OpenLoan(owed, DAY, owed),)}


def _entities(rules: BorrowingRules) -> Iterator[EntityFacts | None]:
    yield None
    yield from (_entity(rules, active=False), _entity(rules, lists=("blacklist",)), _entity(rules, households_max=None))
    yield from (_entity(rules, households=count) for count in (2, 3, 4))
    yield from (_entity(rules, households=count, amount_max=None) for count in (2, 3))
    yield from (_entity(rules, amount=amount) for amount in _around(Decimal("60000.00")))
    yield from (_entity(rules, assessed_on=day) for day in (None, *_NEAR))
    yield from (_entity(rules, valid_until=day) for day in (None, *_NEAR))
    yield _entity(rules, chosen=False)
    yield from (_entity(rules, determined_by=frozenset(EntityParty) - {party}) for party in EntityParty)
    every = frozenset(each.code for each in rules.entities.conditions)
    yield from (_entity(rules, conditions_met=met) for met in (frozenset(), *(every - {each} for each in every)))


def _loan_requests(rules: BorrowingRules) -> Iterator[dict[str, Any]]:
    loan, purposes = rules.loan, rules.eligibility.purposes
    yield from ({"amount": each} for bound in (loan.amount_min, loan.amount_max) for each in _around(bound))
    bounds = (loan.term_months_min, loan.term_months_normal or loan.term_months_max, loan.term_months_max)
    terms = {bound + change for bound in bounds for change in (-1, 0, 1)}
    yield from ({"term_months": each} for each in sorted(terms - {0}))
    first, *others = [each.code for each in purposes.industries]
    for industry in (None, first, "mining"):
        yield from ({"industry": industry, "other_industries": tuple(others[:count])} for count in range(3))
        yield {"industry": industry, "other_industries": (first, "mining")}
    asked = (purposes.allowed[0].code, purposes.forbidden[0].code, "gambling")
    yield from ({"purpose": purpose} for purpose in asked)
    yield from ({"project_stage": each} for each in ProjectStage)
    for limit in ("project_investment", "repayable_amount"):
        yield from ({limit: each} for each in _around(Decimal("30000.00")))
    yield from ({"security": each} for each in (None, *LoanSecurity))
    yield from ({"accepts_supervision": each} for each in (False, True))
    for volunteers, takes_part in product((None, False, True), repeat=2):
        yield {"mode": LoanMode.JOINT, "volunteers": volunteers, "takes_part": takes_part}
    last = rules.entities.enterprise_use_banned_after or DAY
    for mode, granted_on in product(LoanMode, (None, last, last + timedelta(days=1))):
        yield {"mode": mode, "granted_on": granted_on}


def at_every_bound(rules: BorrowingRules) -> Iterator[Question]:
    """Yield a household that nothing stands against, changed in one fact or one loan request at a time."""
    fit, term_months = _household(rules), max(rules.loan.term_months_min, 12)
    loan_request = LoanRequest(Decimal("30000.00"), term_months)
    changes = [*_borrowers(rules), *_standings(rules)]
    for change, bank in product(changes, (None, *BANKS)):
        yield DAY, replace(fit, **change), replace(loan_request, bank_code=bank)
    for entity, mode in product(_entities(rules), LoanMode):
        yield DAY, replace(fit, entity=entity), replace(loan_request, mode=mode)
    for change, industries in product(_loan_requests(rules), (frozenset[str](), frozenset({"mixed", "breeding"}))):
        yield DAY, replace(fit, industries=industries), replace(loan_request, **change)
