"""Named reads of households; personal data leaves masked."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.register.households.actions.family_debts import debts_of
from services.registry.register.households.actions.helper_assignments import helpers_of
from services.registry.register.households.masking import masked_name
from services.registry.register.households.members import members_on_file
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.register.households.schemas import (
    AccountOut,
    ExclusionOut,
    HelpAgreementOut,
    HouseholdDetail,
    HouseholdOut,
    ListEntryOut,
    StateChangeOut,
    SurveyOut,
    VillageOut,
)
from services.registry.register.households.sealed import ACCOUNT_CONTEXT, NAME_CONTEXT, PHONE_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher, masked_tail
from shared.policy.vocabulary import PovertyState

_LIST = """
SELECT h.id, h.number AS household_number, h.village_code, h.group_name, h.poverty_state, h.poverty_state_from,
       h.member_count, h.labourer_count, h.version, h.ended_on, m.name_sealed, r.grade, r.credit_limit
FROM household h
JOIN LATERAL (SELECT name_sealed FROM member WHERE household_id = h.id AND is_head
              ORDER BY left_on DESC NULLS FIRST, id DESC LIMIT 1) m ON true
LEFT JOIN LATERAL (SELECT grade, credit_limit FROM rating
  WHERE household_id = h.id AND bank_code IS NULL ORDER BY valid_from DESC, id DESC LIMIT 1) r ON true
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[])
  AND ($3::text IS NULL OR h.poverty_state = $3) AND ($4::text IS NULL OR h.number = $4)
  AND ($5::uuid IS NULL OR h.id > $5)
ORDER BY h.id LIMIT $6
"""
_ONE = """
SELECT id, county_code, number AS household_number, village_code, group_name, version, poverty_state,
       poverty_state_from, registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record,
       phone_sealed, residence_code, ended_on, end_reason, split_from_id, merged_into_id
FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[])
"""
_VILLAGES = """
SELECT village_code, valid_from, cause, recorded_by, recorded_at FROM household_village
WHERE household_id = $1 ORDER BY valid_from, id
"""
_STATES = """
SELECT state, effective_from, reason, recorded_by, recorded_at FROM household_state_change
WHERE household_id = $1 ORDER BY effective_from, id
"""
_EXCLUSIONS = """
SELECT id, household_id, kind, valid_from, reason, recorded_by, recorded_at, valid_until, end_reason, ended_by, ended_at
FROM household_exclusion WHERE household_id = $1 ORDER BY valid_from, kind, id
"""
_ACCOUNTS = """
SELECT household_id, version AS account_version, bank_code, account_sealed, valid, reason, recorded_by, recorded_at
FROM bank_account WHERE household_id = $1 ORDER BY version
"""
_AGREEMENTS = """
SELECT b.id, b.entity_id, e.name AS entity_name, b.mode, b.agreement_number, b.amount, b.valid_from, b.valid_until
FROM entity_household b JOIN implementing_entity e ON e.id = b.entity_id
WHERE b.household_id = $1 ORDER BY b.valid_from, b.id
"""
_ENTRIES = """
SELECT id, list_name, cause, state, listed_on, cleared_on FROM listing
WHERE household_id = $1 ORDER BY listed_on, id
"""
_SURVEYS = """
SELECT collected_on, answers, collected_by FROM credit_survey WHERE household_id = $1 ORDER BY collected_on
"""


async def list_households(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    *,
    region: str,
    state: PovertyState | None,
    number: str | None,
    after: UUID | None,
    limit: int,
) -> list[HouseholdOut]:
    """Return up to `limit` households of a region in the order of registration."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(_LIST, region, scopes, state, number, after, limit)
    return [
        HouseholdOut(
            head_name=masked_name(cipher.decrypt(row["name_sealed"], NAME_CONTEXT)),
            **{key: value for key, value in row.items() if key != "name_sealed"},
        )
        for row in rows
    ]


async def get_household(
    conn: Connection, officer: Principal, cipher: PiiCipher, household_id: UUID, today: date
) -> HouseholdDetail:
    """Return everything on file about one household; a household that has ended keeps its file.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    row = await conn.fetchrow(_ONE, household_id, officer.regions_for(Right.HOUSEHOLDS_READ))
    if row is None:
        raise HouseholdsUnknown([household_id])
    facts: dict[str, Any] = dict(row)
    phone = facts.pop("phone_sealed")
    return HouseholdDetail(
        **facts,
        phone=masked_tail(cipher.decrypt(phone, PHONE_CONTEXT)) if phone else None,
        members=await members_on_file(conn, cipher, household_id, today),
        villages=[VillageOut(**each) for each in await conn.fetch(_VILLAGES, household_id)],
        helpers=await helpers_of(conn, household_id),
        family_debts=await debts_of(conn, household_id),
        state_changes=[StateChangeOut(**each) for each in await conn.fetch(_STATES, household_id)],
        exclusions=[ExclusionOut(**each) for each in await conn.fetch(_EXCLUSIONS, household_id)],
        accounts=[_account(dict(each), cipher) for each in await conn.fetch(_ACCOUNTS, household_id)],
        surveys=[SurveyOut(**each) for each in await conn.fetch(_SURVEYS, household_id)],
        help_agreements=[HelpAgreementOut(**each) for each in await conn.fetch(_AGREEMENTS, household_id)],
        list_entries=[ListEntryOut(**each) for each in await conn.fetch(_ENTRIES, household_id)],
    )


def _account(row: dict[str, Any], cipher: PiiCipher) -> AccountOut:
    number = cipher.decrypt(row.pop("account_sealed"), ACCOUNT_CONTEXT)
    return AccountOut(account_number=masked_tail(number), **row)
