"""Pledge a policy for the loan it stands on, and release it (SX-5c: 保单质押)."""

from uuid import UUID

import asyncpg

from services.riskfund.insurance import queries
from services.riskfund.insurance.refusals import (
    NoPolicyPledgeHere,
    PledgeUnknown,
    PolicyNotConfirmed,
    PolicyPledged,
)
from services.riskfund.insurance.schemas import InsurancePolicyOut, PledgeIn, PledgeReleaseIn, PolicyState
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.policy.copies import pack_of_version
from shared.scope import scope_of

_PLEDGE = """
INSERT INTO policy_pledge (id, policy_id, insurer_code, policy_number, contract_reference, pledged_on, pledged_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_STANDING = """
SELECT pledged_on, pledged_by FROM policy_pledge WHERE id = $1 AND policy_id = $2 AND released_on IS NULL FOR UPDATE
"""
_RELEASE = "UPDATE policy_pledge SET released_on = $2, released_by = $3, release_reason = $4 WHERE id = $1"


async def pledge_policy(conn: Connection, officer: Principal, policy_id: UUID, body: PledgeIn) -> InsurancePolicyOut:
    """Let a confirmed policy secure its loan; a policy is pledged once at a time, wherever it is insured (SX-5c).

    Raises:
        PolicyUnknown: no such policy on a loan of this bank.
        NoPolicyPledgeHere: the pack that the loan was signed under has no policies pledged.
        PolicyNotConfirmed: its insurer did not confirm it.
        DateBeforeStep: dated before the insurer confirmed it.
        PolicyPledged: it is pledged already.
    """
    scope = scope_of(officer, Right.INSURANCE_PLEDGE)
    policy = await queries.lock_policy(conn, policy_id, scope)
    signed = policy["village_code"], policy["pack_version"]
    rule = (await pack_of_version(conn, *signed, body.pledged_on, policy["product_code"])).insurance_rule
    if rule is None or not rule.policy_pledge:
        raise NoPolicyPledgeHere
    if policy["state"] != PolicyState.CONFIRMED:
        raise PolicyNotConfirmed(policy["policy_number"], policy["state"])
    ensure_not_before("pledged_on", body.pledged_on, "answered_on", policy["answered_on"])
    values = policy["insurer_code"], policy["policy_number"], body.contract_reference, body.pledged_on
    try:
        async with conn.transaction():
            await conn.execute(_PLEDGE, new_id(), policy_id, *values, officer.subject)
    except asyncpg.UniqueViolationError:
        raise PolicyPledged(policy["policy_number"], policy["contract_reference"]) from None
    return await queries.get_policy(conn, policy_id, scope)


async def release_pledge(
    conn: Connection, officer: Principal, policy_id: UUID, pledge_id: UUID, body: PledgeReleaseIn
) -> InsurancePolicyOut:
    """Release a pledge as another person of the bank than the one who recorded it.

    Raises:
        PolicyUnknown: no such policy on a loan of this bank.
        PledgeUnknown: no such pledge stands on it.
        MakerIsChecker: the officer recorded the pledge.
        DateBeforeStep: dated before the pledge.
    """
    scope = scope_of(officer, Right.INSURANCE_RELEASE)
    await queries.lock_policy(conn, policy_id, scope)
    pledge = await conn.fetchrow(_STANDING, pledge_id, policy_id)
    if pledge is None:
        raise PledgeUnknown(pledge_id)
    if pledge["pledged_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("released_on", body.released_on, "pledged_on", pledge["pledged_on"])
    await conn.execute(_RELEASE, pledge_id, body.released_on, officer.subject, body.reason)
    return await queries.get_policy(conn, policy_id, scope)
