"""A worked example may state every named fact under the name of its field, and the rules answer to it."""

from typing import Any, get_args, get_type_hints

import pytest

from shared.policy.example_facts import Borrowing
from shared.policy.household_facts import HouseholdFacts, LoanRequest, Stated
from tests.policy.test_worked_examples import mistakes_of, text_with, tried

ELSEWHERE = "500237100201"
STATED: list[tuple[dict[str, Any], list[str]]] = [
    ({"state": "general"}, ["state-not-eligible"]),
    ({"born_on": "2010-01-01"}, ["age-below-minimum"]),
    ({"civil_capacity": "none"}, ["civil-capacity-not-full"]),
    ({"able_to_work": False}, ["not-able-to-work"]),
    ({"exclusions": ["four_kinds"]}, ["excluded-kind"]),
    ({"credit_record": "bad_unresolved"}, ["bad-credit-record"]),
    ({"has_account": False}, ["bank-account-missing"]),
    ({"lists": ["blacklist"]}, ["on-a-list"]),
    ({"rating": {"grade": "C"}, "amount": "30000.01"}, ["amount-above-credit-limit"]),
    ({"rating": {"credit_limit": "100.00"}, "amount": "30000.00"}, ["amount-above-credit-limit"]),
    ({"rating": {"valid_from": "2030-01-01"}}, ["rating-not-yet-valid"]),
    ({"as_of": "2019-06-01", "rating": {"valid_until": "2019-06-01"}}, ["rating-expired"]),
    ({"open_loans": 1}, ["loan-open"]),
    ({"owed": "50000.00"}, ["household-cap"]),
    ({"village_code": ELSEWHERE}, ["residence-outside-area"]),
    ({"village_code": ELSEWHERE, "residence_code": "500236001001"}, []),
    ({"ended_on": "2017-01-01", "end_reason": "merged"}, ["household-ended"]),
    ({"borrower": "died"}, ["borrower-died"]),
    ({"malicious": True}, ["malicious-default"]),
    ({"account_bank": "RCB", "bank_code": "PSBC"}, ["bank-account-elsewhere"]),
    ({"family_debt_banks": ["RCB"], "bank_code": "RCB"}, []),  # this county does not ask
    ({"industries": ["planting"], "industry": "mining"}, ["industry-unknown"]),
    ({"other_industries": ["mining"]}, ["industry-unknown"]),
    ({"purpose": "house_building"}, ["purpose-forbidden"]),
    ({"term_months": 48}, ["term-out-of-bounds"]),
    ({"granted_on": "2016-01-01"}, []),  # before the pack, under no legacy rule
    ({"mode": "indirect", "entity": {"active": False}}, ["entity-missing"]),
    ({"mode": "indirect", "entity": {"lists": ["dishonesty"]}}, ["entity-listed"]),
    ({"mode": "indirect", "entity": {"conditions_met": []}}, ["entity-condition-missing"]),
    ({"mode": "indirect", "entity": {"assessed": False}}, ["entity-not-assessed"]),
    ({"mode": "indirect", "entity": {"households_max": 1, "households": 1}}, ["entity-full"]),
    ({"mode": "indirect", "entity": {"amount_max": "1.00", "amount": "1.00"}}, ["entity-full"]),
]


@pytest.mark.parametrize(("facts", "reasons"), STATED, ids=lambda each: str(each))
def test_the_rules_answer_to_a_stated_fact(facts: dict[str, Any], reasons: list[str]) -> None:
    assert tried("borrowing", facts, {"reasons": reasons}).differences == ()


@pytest.mark.parametrize("kind", [HouseholdFacts, LoanRequest])
def test_every_named_fact_may_be_stated(kind: type[Any]) -> None:
    hints = get_type_hints(kind, include_extras=True)
    named = {name for name, hint in hints.items() if any(isinstance(note, Stated) for note in get_args(hint))}
    assert {"rating", "entity", "owed"} <= named or {"amount", "mode"} <= named
    assert named == set(Borrowing.model_fields) & set(hints)


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"state": "rich"}, "state"),
        ({"credit_record": "bad"}, "credit_record"),
        ({"able_to_work": 1}, "able_to_work"),
        ({"open_loans": -1}, "open_loans"),
        ({"term_months": 0}, "term_months"),
        ({"owed": 5}, "owed"),
        ({"village_code": "12345"}, "village_code"),
        ({"lists": ["greylist"]}, "lists[0]"),
        ({"mode": "indirect", "entity": {"households": "two"}}, "entity.households"),
    ],
)
def test_a_fact_is_written_as_its_kind(facts: dict[str, Any], key: str) -> None:
    [mistake] = mistakes_of(text_with("borrowing", facts, {"reasons": []}))
    assert mistake.key == f"examples[0].borrowing.{key}"
    assert mistake.line
