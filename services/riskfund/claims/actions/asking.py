"""Ask insurers about a claim that is filed already, and go on without those that let their day pass (LG-21b)."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from services.riskfund.claims.queries import Claim
from services.riskfund.claims.rules.approval import State
from services.riskfund.insurance.actions import requests as insurance
from shared.db import Connection
from shared.policy.copies import pack_in_effect
from shared.policy.vocabulary import LossCause

_OPEN_CLAIMS: Final = """
SELECT c.id, c.loan_id, c.pack_id, c.product_code, c.village_code, c.cause, c.filed_on, c.version,
       c.amount - c.insurance_amount AS uninsured, d.overdue_from
FROM claim c JOIN loan_default d ON d.id = c.default_id
WHERE c.loan_id = $1 AND c.state IN ('awaiting_insurer', 'deciding') ORDER BY c.id FOR UPDATE OF c
"""
_WAIT: Final = "UPDATE claim SET state = 'awaiting_insurer', version = version + $2 WHERE id = $1"
_LAPSE: Final = """
UPDATE claim c SET state = 'deciding' WHERE c.id = $1 AND c.state = 'awaiting_insurer' AND NOT EXISTS (
  SELECT FROM insurance_request r
  WHERE r.claim_id = c.id AND r.accepted IS NULL AND r.ended_on IS NULL AND r.answer_due_on >= $2)
RETURNING c.id
"""


async def ask_late(conn: Connection, loan_id: UUID, asked_on: date) -> None:
    """Ask the insurers of policies that became known after the loan's claim was filed, before it is decided."""
    for claim in await conn.fetch(_OPEN_CLAIMS, loan_id):
        terms = await pack_in_effect(conn, claim["pack_id"], asked_on, claim["product_code"])
        cause, left = LossCause(claim["cause"]), claim["uninsured"]
        asked = await insurance.requests_for(conn, loan_id, claim["overdue_from"], left, terms, cause, claim["id"])
        if not asked or not left:
            continue
        on = max(asked_on, claim["filed_on"])
        await insurance.store_requests(conn, claim["id"], on, insurance.answer_due_on(on, terms), asked)
        await conn.execute(_WAIT, claim["id"], len(asked))
        await insurance.publish_requests(conn, claim, on, asked, first=claim["version"] + 1)


async def lapse(conn: Connection, claim: Claim, on: date) -> Claim:
    """Return the claim as the committee finds it: an insurer whose last day lies before `on` counts as unpaid."""
    if claim.state != State.AWAITING_INSURER or await conn.fetchval(_LAPSE, claim.id, on) is None:
        return claim
    return replace(claim, state=str(State.DECIDING))
