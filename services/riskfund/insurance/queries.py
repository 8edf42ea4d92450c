"""Which loans of counties that have every loan insured stand without a policy (JN-4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.riskfund.insurance.schemas import UninsuredLoanOut
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
       (SELECT max(p.valid_until) FROM insurance_policy p WHERE p.loan_id = l.loan_id AND p.valid_until <= $4)
         AS insured_until
FROM {_OPEN}
  AND l.product_code = ANY (ARRAY(
    SELECT unnest(c.products) FROM (
      SELECT r.products FROM rule r WHERE r.pack_version = l.pack_version AND l.village_code ^@ r.region
      ORDER BY length(r.region) DESC LIMIT 1
    ) c
  ))
  AND NOT EXISTS (
    SELECT FROM insurance_policy p WHERE p.loan_id = l.loan_id AND p.valid_from <= $4 AND p.valid_until > $4
  )
  AND ($6::uuid IS NULL OR l.loan_id > $6)
ORDER BY l.loan_id LIMIT $7
"""  # noqa: S608 - our own text


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
