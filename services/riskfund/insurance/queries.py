"""Named reads of policies, and which loans stand without one where every loan is insured (JN-4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.riskfund.insurance.refusals import PolicyUnknown
from services.riskfund.insurance.schemas import InsurancePolicyOut, PolicyState, UninsuredLoanOut
from shared.db import Connection
from shared.policy.copies import packs_of_versions
from shared.policy.in_force import ConfirmedPack
from shared.scope import Scope, seen

_OPEN: Final = f"""
covered_loan l
WHERE l.village_code ^@ $3 AND l.disbursed_on <= $4 AND l.state <> 'compensated' AND coalesce(l.closed_on > $4, true)
  AND {seen("l.village_code", "l.bank_code")}
"""
_SIGNED: Final = f"""
SELECT DISTINCT l.county_code, left(l.village_code, 9) AS place, l.pack_version FROM {_OPEN}
"""  # noqa: S608 - our own text
# The pack that lies closest around the village held the contract; its product says whether the loan is insured.
_UNINSURED: Final = f"""
WITH rule AS (
  SELECT * FROM jsonb_to_recordset($5::jsonb) AS r (region text, pack_version int, products text[])
)
SELECT l.loan_id, l.household_id, l.village_code, l.bank_code, l.contract_number, l.principal, l.disbursed_on,
       (SELECT max(least(p.valid_until, p.cancelled_on)) FROM insurance_policy p
        WHERE p.loan_id = l.loan_id AND p.state <> 'refused' AND least(p.valid_until, p.cancelled_on) <= $4)
         AS insured_until
FROM {_OPEN}
  AND l.product_code = ANY (ARRAY(
    SELECT unnest(c.products) FROM (
      SELECT r.products FROM rule r WHERE r.pack_version = l.pack_version AND l.village_code ^@ r.region
      ORDER BY length(r.region) DESC LIMIT 1
    ) c
  ))
  AND NOT EXISTS (
    SELECT FROM insurance_policy p WHERE p.loan_id = l.loan_id AND p.state <> 'refused' AND p.valid_from <= $4
      AND least(p.valid_until, p.cancelled_on) > $4
  )
  AND ($6::uuid IS NULL OR l.loan_id > $6)
ORDER BY l.loan_id LIMIT $7
"""  # noqa: S608 - our own text


_OUT: Final = ", ".join(
    f"p.{name}"
    for name in InsurancePolicyOut.model_fields
    if name not in ("pledge_id", "pledged_on", "contract_reference")
)
# The columns $1 to $3 are the scope: a bank sees policies on its own loans, an insurer those in its own name.
_POLICIES: Final = f"""
SELECT {_OUT}, g.id AS pledge_id, g.pledged_on, g.contract_reference
FROM insurance_policy p JOIN covered_loan l USING (loan_id)
LEFT JOIN policy_pledge g ON g.policy_id = p.id AND g.released_on IS NULL
WHERE EXISTS (SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS seen (region, bank, insurer)
  WHERE l.village_code ^@ seen.region AND (seen.bank IS NULL OR seen.bank = l.bank_code)
    AND (seen.insurer IS NULL OR seen.insurer = p.insurer_code))
"""  # noqa: S608 - our own text
_LIST: Final = f"""
{_POLICIES} AND ($4::uuid IS NULL OR p.loan_id = $4) AND ($5::text IS NULL OR p.state = $5)
  AND ($6::uuid IS NULL OR p.id > $6) ORDER BY p.id LIMIT $7
"""
_GET: Final = f"{_POLICIES} AND p.id = $4"
_LOCK: Final = """
SELECT p.*, l.village_code, l.bank_code, l.household_id, l.pack_version, l.product_code, g.id AS pledge_id,
       g.contract_reference
FROM insurance_policy p JOIN covered_loan l USING (loan_id)
LEFT JOIN policy_pledge g ON g.policy_id = p.id AND g.released_on IS NULL
WHERE p.id = $1 FOR UPDATE OF p
"""


async def list_policies(
    conn: Connection, scope: Scope, loan_id: UUID | None, state: PolicyState | None, after: UUID | None, limit: int
) -> list[InsurancePolicyOut]:
    """Return policies in the caller's sight, oldest first."""
    rows = await conn.fetch(_LIST, *scope.columns[:3], loan_id, state and str(state), after, limit)
    return [InsurancePolicyOut(**dict(row)) for row in rows]


async def get_policy(conn: Connection, policy_id: UUID, scope: Scope) -> InsurancePolicyOut:
    """Return one policy with the pledge that stands on it.

    Raises:
        PolicyUnknown: it does not exist, or the caller may not see it.
    """
    row = await conn.fetchrow(_GET, *scope.columns[:3], policy_id)
    if row is None:
        raise PolicyUnknown(policy_id)
    return InsurancePolicyOut(**dict(row))


async def lock_policy(conn: Connection, policy_id: UUID, scope: Scope) -> Any:
    """Return a policy in the caller's sight with its loan's place, locked.

    Raises:
        PolicyUnknown: it does not exist, or the caller may not see it.
    """
    await get_policy(conn, policy_id, scope)
    return await conn.fetchrow(_LOCK, policy_id)


async def list_uninsured_loans(
    conn: Connection, scope: Scope, region_code: str, as_of: date, after: UUID | None, limit: int
) -> list[UninsuredLoanOut]:
    """Return up to `limit` open loans without a policy on a day, where the contract's rules have each loan insured."""
    asked = (scope.regions, scope.banks, region_code, as_of)
    signed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in await conn.fetch(_SIGNED, *asked):
        signed[row["county_code"]].append((row["place"], row["pack_version"]))
    rules: list[dict[str, Any]] = []
    for county_code, places in signed.items():
        rules += _rules(await packs_of_versions(conn, county_code, places, as_of))
    return [UninsuredLoanOut(**row) for row in await conn.fetch(_UNINSURED, *asked, rules, after, limit)]


def _rules(packs: Iterable[ConfirmedPack]) -> Iterator[dict[str, Any]]:
    for kept in packs:
        products = [each.product_code for each in kept.each_product() if _insured(each)]
        for region in kept.pack.header.regions:
            yield {"region": region, "pack_version": kept.pack_version, "products": products}


def _insured(kept: ConfirmedPack) -> bool:
    rule = kept.insurance_rule
    return rule is not None and bool(rule.loan_insured)
