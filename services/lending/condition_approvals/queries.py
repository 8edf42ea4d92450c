"""Named reads of applications that wait for another office."""

from datetime import date
from uuid import UUID

from services.lending.condition_approvals.rules import due_on, offices_asked
from services.lending.condition_approvals.schemas import ConditionApprovalOut, OfficeAskedOut
from shared.db import Connection
from shared.policy.copies import pack_for
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_WAITING = f"""
SELECT a.id AS application_id, a.household_number, a.village_code, a.bank_code, a.amount, a.state_from AS asked_on,
  a.pack_id, a.product_code,
  ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(a.conditions) c
        WHERE c ->> 'consequence' = 'with_approval') AS unmet_conditions,
  ARRAY(SELECT d.office FROM decision d WHERE d.application_id = a.id AND d.stage = 'condition_approval') AS answered
FROM application a
WHERE {seen("a.village_code", "a.bank_code")} AND a.state = 'condition_approval'
  AND ($3::text IS NULL OR a.village_code ^@ $3)
  AND ($4::uuid IS NULL OR a.id > $4) ORDER BY a.id LIMIT $5
"""  # noqa: S608 - our own text


async def list_condition_approvals(
    conn: Connection, scope: Scope, page: PageRequest, region: str | None, on: date
) -> list[ConditionApprovalOut]:
    """Return up to one row more than a page of applications that wait for other offices, oldest first."""
    rows = await conn.fetch(_WAITING, scope.regions, scope.banks, region, page.after_as(UUID), page.limit + 1)
    found = []
    for row in rows:
        shown = dict(row)
        pack = await pack_for(conn, shown.pop("pack_id"), shown.pop("product_code"))
        answered, asked_on = shown.pop("answered"), shown["asked_on"]
        asked = offices_asked(pack.pack.eligibility_rules().consequences, shown["unmet_conditions"])
        days = {office: due_on(asked_on, number) for office, number in asked.items() if office not in answered}
        waits_for = [OfficeAskedOut(office=office, due_on=day, is_late=day < on) for office, day in days.items()]
        found.append(ConditionApprovalOut(**shown, waits_for=waits_for))
    return found
