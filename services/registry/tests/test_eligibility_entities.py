"""Loans through an entity: the modes a county offers, the four conditions, and what the entity can carry."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.registry.tests.borrowing import PACKS, RULES_BY_PACK
from services.registry.tests.fit_households import SX4_CONDITIONS, against, codes_against, day_of, fit
from shared.policy.household_facts import HouseholdFacts


@pytest.mark.clause("LG-28(a)")
@pytest.mark.parametrize(
    ("granted_on", "codes"), [(date(2017, 12, 7), []), (date(2017, 12, 8), ["enterprise-use-banned"])]
)
def test_enterprise_use_is_banned_for_loans_granted_after_2017_12_07(granted_on: date, codes: list[str]) -> None:
    assert codes_against("lingui", fit("lingui"), mode="enterprise_use", granted_on=granted_on) == codes


@pytest.mark.parametrize("name", PACKS)
def test_a_mode_that_the_county_does_not_offer_is_named(name: str) -> None:
    for mode in ("direct", "indirect", "enterprise_use"):
        offered = mode in RULES_BY_PACK[name].entities.modes
        codes = codes_against(name, fit(name), mode=mode, granted_on=date(2017, 12, 7))
        assert codes == ([] if offered else ["mode-not-offered"])


def test_what_a_county_does_not_offer_is_refused_under_its_clause() -> None:
    [reason] = against("lingui", fit("lingui"), mode="indirect", granted_on=date(2017, 12, 7))
    assert (reason.code, reason.clause) == ("mode-not-offered", "LG-28")


@pytest.mark.clause("SX-4(b)")
def test_an_indirect_loan_needs_an_entity_on_file() -> None:
    [reason] = against("kelan", fit("kelan", entity=None), mode="indirect")
    assert (reason.code, reason.clause) == ("entity-missing", "SX-4")
    assert codes_against("kelan", fit("kelan", entity=None), mode="direct") == []


def _entity(**other: Any) -> HouseholdFacts:
    facts = fit("kelan")
    assert facts.entity is not None
    return replace(facts, entity=replace(facts.entity, **other))


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param("registered", marks=pytest.mark.clause("SX-4(c)")),
        pytest.param("local_account", marks=pytest.mark.clause("SX-4(d)")),
        pytest.param("creditworthy", marks=pytest.mark.clause("SX-4(e)")),
        pytest.param("no_dispute", marks=pytest.mark.clause("SX-4(f)")),
    ],
)
def test_each_of_the_four_conditions_of_an_entity_is_named_when_missing(missing: str) -> None:
    term = next(each for each in RULES_BY_PACK["kelan"].entities.conditions if each.code == missing)
    met = frozenset(SX4_CONDITIONS) - {missing}
    [reason] = against("kelan", _entity(conditions_met=met), mode="indirect")
    assert (reason.code, reason.clause) == ("entity-condition-missing", "SX-4")
    assert term.zh in reason.zh
    assert term.en in reason.en


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        pytest.param({"households": 29, "amount": Decimal("1480000.00")}, [], marks=pytest.mark.clause("SX-4(h)")),
        pytest.param({"households": 30}, ["entity-full"], marks=pytest.mark.clause("SX-4(h)")),
        pytest.param(
            {"households": 29, "amount": Decimal("1480000.01")}, ["entity-full"], marks=pytest.mark.clause("SX-4(h)")
        ),
        pytest.param(
            {"households_max": None, "assessed_on": None}, ["entity-not-assessed"], marks=pytest.mark.clause("SX-4(h)")
        ),
        pytest.param({"valid_until": day_of("kelan")}, ["entity-not-assessed"], marks=pytest.mark.clause("SX-4(h)")),
        ({"assessed_on": day_of("kelan") + timedelta(days=1)}, ["entity-not-assessed"]),
        pytest.param({"active": False}, ["entity-missing"], marks=pytest.mark.clause("SX-4(b)")),
        ({"lists": ("blacklist",)}, ["entity-listed"]),
    ],
)
def test_an_entity_carries_as_much_as_was_assessed_and_no_more(change: dict[str, Any], codes: list[str]) -> None:
    assert codes_against("kelan", _entity(**change), mode="indirect") == codes
    assert codes_against("kelan", _entity(**change)) == []  # the household runs it itself: no entity is asked for


@pytest.mark.clause("LG-22")
def test_an_indirect_loan_needs_an_entity_that_is_on_no_list() -> None:
    assert codes_against("kelan", fit("kelan", entity=None), mode="indirect") == ["entity-missing"]
    [reason] = against("kelan", _entity(lists=("blacklist",)), mode="indirect")
    assert reason.clause == "LG-22"
