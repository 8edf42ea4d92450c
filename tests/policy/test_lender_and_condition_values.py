"""What a pack cannot say together of single lenders and of conditions that another office decides on."""

from typing import Any

import pytest

from services.riskfund.tests.county import fengjie
from shared.policy.forms import form_contradictions
from shared.policy.pack import PolicyPack

ASKS = {"condition": "not-rated", "consequence": "with_approval", "office": "poverty_office", "working_days": 5}


def said(**changes: Any) -> list[tuple[str, str]]:
    """Return key and English sentence of what the changed pack cannot say together."""
    pack = PolicyPack.model_construct(**dict(PolicyPack.model_validate(fengjie())))
    for name, value in changes.items():
        section, key = name.split("__")
        held = getattr(pack, section)
        leaf = type(held).model_validate({**held.model_dump(mode="json"), key: value})
        object.__setattr__(pack, section, leaf)
    return [(finding.key, finding.en) for finding in form_contradictions(pack)]


def assumed(value: Any) -> dict[str, Any]:
    return {"value": value, "assumed": True, "reason": "Set by a test."}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"bank_codes": ["PSBC"], "multiplier": "0.8"}], "multiple of PSBC is below 1"),
        ([{"bank_codes": ["PSBC"]}, {"bank_codes": ["RCB", "PSBC"]}], "PSBC stands twice"),
        ([{"bank_codes": ["PSBC"], "multiplier": "1"}], None),
    ],
)
def test_a_bank_has_one_account_and_a_multiple_of_at_least_one(rows: list[Any], words: str | None) -> None:
    found = said(fund__lender_accounts=assumed(rows))
    assert [key for key, _ in found] == (["fund.lender_accounts"] if words else [])
    assert all(words in sentence for _, sentence in found if words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ASKS, None),
        ({**ASKS, "office": None, "working_days": None}, "needs both consequence: with_approval and its office"),
        ({**ASKS, "consequence": "warned"}, "needs both consequence: with_approval and its office"),
        ({**ASKS, "working_days": None}, "needs working_days"),
        ({**ASKS, "working_days": 0}, "needs working_days"),
        ({"condition": "bank-not-responsible", "consequence": "warned"}, "needs lending.responsible_banks: true"),
    ],
)
def test_an_office_that_is_asked_is_named_with_its_days(row: dict[str, Any], words: str | None) -> None:
    found = said(eligibility__consequences=assumed([row]))
    assert [key for key, _ in found] == (["eligibility.consequences"] if words else [])
    assert all(words in sentence for _, sentence in found if words)


def test_a_consequence_of_another_bank_goes_with_responsible_banks() -> None:
    row = {"condition": "bank-not-responsible", "consequence": "warned"}
    assert said(eligibility__consequences=assumed([row]), lending__responsible_banks=assumed(True)) == []
