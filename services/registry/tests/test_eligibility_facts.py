"""Each fact of the question is read as it stood on the day asked about."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.standing.eligibility.fact_rows import facts_stored
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, post, registered, row
from shared.access import Role
from shared.events.base import Event
from shared.events.lending import RecoveryRecorded, RepaymentRecorded
from shared.ids import new_id
from shared.policy.household_facts import OpenLoan
from shared.testing.service import ServiceUnderTest

DAY = date(2017, 6, 1)


async def _household(registry: ServiceUnderTest, **other: Any) -> UUID:
    """Register a household and rate it A until 2019."""
    [household] = await registered(registry, row(1, **other))
    await _do(
        registry,
        """INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
           VALUES ($1, $2, 'A', 50000, 'repaid_on_time', uuid7(), '2017-01-13', '2019-01-13')""",
        UUID(household),
        VILLAGE,
    )
    return UUID(household)


async def _do(registry: ServiceUnderTest, statement: str, *arguments: Any) -> None:
    await registry.database.pool.execute(statement, *arguments)


async def _answer(
    registry: ServiceUnderTest, household: UUID, as_of: str = "2017-06-01", **loan_request: Any
) -> dict[str, Any]:
    item = {"household_id": str(household), "amount": "20000.00", "term_months": 12, **loan_request}
    asked = {"as_of": as_of, "asker_regions": [""], "items": [item]}
    answer = await post(registry, "/eligibility-checks", asked, Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


async def _codes(
    registry: ServiceUnderTest, household: UUID, as_of: str = "2017-06-01", **loan_request: Any
) -> list[str]:
    return [reason["code"] for reason in (await _answer(registry, household, as_of, **loan_request))["reasons"]]


async def test_a_fit_household_may_borrow(registry: ServiceUnderTest) -> None:
    assert await _codes(registry, await _household(registry)) == []


async def test_a_household_that_ended_borrows_until_the_day_before(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(
        registry, "UPDATE household SET ended_on = '2017-06-01', end_reason = 'moved_out' WHERE id = $1", household
    )
    assert await _codes(registry, household, "2017-05-31") == []
    assert await _codes(registry, household) == ["household-ended"]


async def test_the_head_borrows_unless_another_member_is_named(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    child: UUID = await registry.database.pool.fetchval(
        """INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index,
             born_on, joined_on, civil_capacity, labour)
           VALUES (uuid7(), $1, false, 'child', '\\x00', '\\x00', '\\x01', '2005-01-01', '2014-05-06', 'limited',
             'unable') RETURNING id""",
        household,
    )
    assert await _codes(registry, household, borrower_member_id=str(child)) == [
        "age-below-minimum",
        "civil-capacity-not-full",
        "not-able-to-work",
    ]
    assert await _codes(registry, household, borrower_member_id=str(new_id())) == ["borrower-not-member"]


@pytest.mark.parametrize(("reason", "code"), [("death", "borrower-died"), ("split", "borrower-not-member")])
async def test_a_head_who_died_or_left_borrows_no_more(registry: ServiceUnderTest, reason: str, code: str) -> None:
    household = await _household(registry)
    await _do(
        registry,
        "UPDATE member SET left_on = '2017-06-01', left_reason = $2 WHERE household_id = $1",
        household,
        reason,
    )
    assert await _codes(registry, household, "2017-05-31") == []
    assert await _codes(registry, household) == [code]


async def test_exclusions_hold_for_their_period(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(
        registry,
        """INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by, valid_until,
        end_reason,
             ended_by, ended_at)
           VALUES (uuid7(), $1, 'four_kinds', '2017-05-01', 'x', 'x', '2017-06-01', 'x', 'x', now())""",
        household,
    )
    asked = ("2017-04-30", "2017-05-01", "2017-05-31", "2017-06-01")
    assert [bool(await _codes(registry, household, as_of)) for as_of in asked] == [False, True, True, False]


async def test_the_account_must_be_with_the_bank_that_lends(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    assert await _codes(registry, household, bank_code="RCB") == []
    assert await _codes(registry, household, bank_code="PSBC") == ["bank-account-elsewhere"]


async def test_a_county_that_counts_family_debts_finds_those_of_the_day(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(
        registry,
        """INSERT INTO family_debt (id, household_id, bank_code, kind, valid_from, recorded_by)
           VALUES (uuid7(), $1, 'RCB', 'credit_limit', '2017-06-01', 'x')""",
        household,
    )
    kept = await _stored_facts(registry, household)
    assert kept["family_debt_banks"] == ["RCB"]
    assert (await _stored_facts(registry, household, "2017-05-31"))["family_debt_banks"] == []


async def _stored_facts(registry: ServiceUnderTest, household: UUID, as_of: str = "2017-06-01") -> dict[str, Any]:
    """Return the facts that are kept with a question asked for an application."""
    item = {"household_id": str(household), "amount": "20000.00", "term_months": 12}
    body = {"as_of": as_of, "asker_regions": [""], "for_application": True, "items": [item]}
    assert (await post(registry, "/eligibility-checks", body, Role.SERVICE, region="")).status_code == 200
    facts: dict[str, Any] = await registry.database.pool.fetchval(
        "SELECT facts FROM eligibility_question WHERE as_of = $1 ORDER BY id DESC LIMIT 1", date.fromisoformat(as_of)
    )
    return facts


async def test_the_place_of_residence_is_known(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(registry, "UPDATE household SET residence_code = $2 WHERE id = $1", household, OTHER_VILLAGE)
    facts = await _stored_facts(registry, household)
    assert (facts["village_code"], facts["residence_code"]) == (VILLAGE, OTHER_VILLAGE)


async def test_a_rating_that_was_taken_away_is_none(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(
        registry,
        """WITH campaign AS (
             INSERT INTO rating_campaign (id, county_code, year, as_of, pack_id, state, opened_by)
             SELECT uuid7(), $3, 2017, '2017-01-01', id, 'opened', 'x' FROM policy_pack RETURNING id)
           INSERT INTO rating (household_id, village_code, cause, campaign_id, valid_from, valid_until)
           SELECT $1, $2, 'campaign', id, '2017-06-01', '2019-06-01' FROM campaign""",
        household,
        VILLAGE,
        COUNTY,
    )
    assert await _codes(registry, household, "2017-05-31") == []
    answer = await _answer(registry, household)
    assert ([reason["code"] for reason in answer["reasons"]], answer["grade"], answer["credit_limit"]) == (
        ["not-rated"],
        None,
        None,
    )


async def test_a_rating_to_come_is_named_with_its_first_day(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    answer = await _answer(registry, household, "2017-01-12")
    assert [reason["code"] for reason in answer["reasons"]] == ["rating-not-yet-valid"]
    assert "2017-01-13" in answer["reasons"][0]["en"]


LOAN = UUID(int=77)


async def _lent(registry: ServiceUnderTest, household: UUID, principal: str = "40000.00", **other: Any) -> None:
    await _do(
        registry,
        """INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, industry,
             malicious, defaulted_on)
           VALUES ($1, $2, $3, $4, '2017-02-01', 'planting', $5, $6)""",
        LOAN,
        household,
        VILLAGE,
        Decimal(principal),
        other.get("malicious"),
        other.get("defaulted_on"),
    )


def _repaid(household: UUID, principal: str, paid_on: date = DAY) -> RepaymentRecorded:
    return RepaymentRecorded(
        loan_id=LOAN,
        household_id=household,
        repayment_id=new_id(),
        bank_reference="R1",
        kind="repayment",
        paid_on=paid_on,
        amount=Decimal(principal) + 100,
        penalty=Decimal("0.00"),
        interest=Decimal("100.00"),
        principal=Decimal(principal),
        interest_parts=[],
        principal_outstanding=Decimal("0.00"),
    )


def _recovered(household: UUID, principal: str) -> RecoveryRecorded:
    return RecoveryRecorded(
        loan_id=LOAN,
        household_id=household,
        claim_id=new_id(),
        recovery_id=new_id(),
        bank_reference="R2",
        recovered_on=DAY,
        amount=Decimal(principal),
        principal=Decimal(principal),
        interest=Decimal("0.00"),
    )


async def _tell(registry: ServiceUnderTest, event: Event) -> None:
    await registry.deliver(event, aggregate_id=LOAN)


@pytest.mark.clause("LG-25b")
async def test_repaid_and_recovered_principal_is_owed_no_more(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    repayment = _repaid(household, "15000.00")
    for _ in range(2):
        await _tell(registry, repayment)
    await _lent(registry, household)
    assert (await _stored_facts(registry, household))["owed"] == "25000.00"
    assert (await _stored_facts(registry, household, "2017-05-31"))["owed"] == "40000.00"
    await _tell(registry, _recovered(household, "5000.00"))
    await _tell(registry, _repaid(household, "0.00"))
    facts = await _stored_facts(registry, household)
    known = facts_stored(facts)
    assert (known.owed, known.industries) == (Decimal("20000.00"), frozenset({"planting"}))
    assert known.loans == (OpenLoan(Decimal("40000.00"), date(2017, 2, 1), Decimal("20000.00")),)
    assert await _codes(registry, household, amount="30000.00") == ["loan-open"]
    assert await _codes(registry, household, amount="30000.01") == ["household-cap", "loan-open"]


async def test_a_malicious_default_stays_on_record_unless_an_appeal_was_accepted(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _lent(registry, household, malicious=True, defaulted_on=DAY)
    await _do(
        registry,
        "UPDATE household_loan SET closed_on = '2017-07-01', repaid_on_time = false WHERE household_id = $1",
        household,
    )
    assert await _codes(registry, household, "2017-07-01") == ["malicious-default"]
    await _do(
        registry,
        """INSERT INTO listing (id, household_id, village_code, list_name, cause, loan_id, listed_on, source, reason,
             evidence, state, cleared_on, clear_cause, office)
           VALUES (uuid7(), $1, $2, 'blacklist', 'malicious', $3, '2017-06-02', 'event', 'x', '[{}]', 'cleared',
             '2017-06-20', 'appeal_accepted', 'bank')""",
        household,
        VILLAGE,
        LOAN,
    )
    assert await _codes(registry, household, "2017-07-01") == []


ENTITY = UUID(int=88)
_ENTITY_SQL = (
    """INSERT INTO implementing_entity (id, version, county_code, region_code, name, credit_code, kind,
         legal_representative_sealed, bank_code, settlement_account_sealed, state, registered_on, registered_by)
       VALUES ($1, 1, '500236', '500236', '合作社', '93500236MA5XXXXX0A', 'cooperative', '\\x00', 'RCB', '\\x00',
         'active', '2017-01-01', 'x')""",
    """INSERT INTO entity_condition (entity_id, condition, met, valid_from, reason, evidence, checked_by)
       SELECT $1, c, true, '2017-02-01', 'x', '[{}]', 'x'
       FROM unnest(ARRAY['registered', 'local_account', 'creditworthy', 'no_dispute']) c""",
    """INSERT INTO entity_assessment (id, entity_id, households_max, amount_max, assessed_on, valid_until, reason,
         evidence, proposed_by, state, decided_by, decided_on, decision_reason, decided_at)
       VALUES (uuid7(), $1, 1, 50000, '2017-03-01', '2018-03-01', 'x', '[{}]', 'x', 'confirmed', 'y', '2017-03-05', 'x',
         now())""",
)


@pytest.mark.clause("SX-4(b)", "SX-4(h)")
async def test_the_entity_is_known_by_its_conditions_capacity_and_households(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    indirect = {"mode": "indirect", "entity_id": str(ENTITY)}
    assert await _codes(registry, household, **indirect) == ["entity-missing"]
    for statement in _ENTITY_SQL:
        await _do(registry, statement, ENTITY)
    assert await _codes(registry, household, **indirect) == []
    assert await _codes(registry, household, "2017-03-04", **indirect) == ["entity-not-assessed"]
    assert await _codes(registry, household, "2017-01-31", **indirect) == [
        "entity-condition-missing",
        "entity-not-assessed",
    ]
    [other] = await registered(registry, row(2))
    bind = """INSERT INTO entity_household (id, entity_id, household_id, mode, agreement_number, amount, valid_from,
                bound_by)
              VALUES (uuid7(), $1, $2, 'indirect', $3, 20000, '2017-04-01', 'x')"""
    await _do(registry, bind, ENTITY, household, "A1")
    assert await _codes(registry, household, mode="indirect") == []  # its own agreement names the entity and is no bar
    await _do(registry, bind, ENTITY, UUID(other), "A2")
    assert await _codes(registry, household, mode="indirect") == ["entity-full"]


async def test_a_household_is_asked_about_in_each_of_its_loan_requests(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    loan_request: dict[str, Any] = {
        "other_industries": ["breeding", "mixed"],
        "industry": "planting",
        "purpose": "house_building",
    }
    assert await _codes(registry, household, **loan_request) == ["industries-too-many", "purpose-forbidden"]
    banned = {"mode": "enterprise_use", "granted_on": "2017-12-08"}
    assert await _codes(registry, household, **banned) == ["mode-not-offered", "enterprise-use-banned"]
