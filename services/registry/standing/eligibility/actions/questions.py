"""Store the questions that were asked for applications, with the facts as they were: what simulations judge again."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import orjson

from services.registry.standing.eligibility.fact_rows import stored
from services.registry.standing.eligibility.judging import Judgement
from shared.access import Principal
from shared.db import Connection
from shared.ids import new_id

# The same question with the same facts and answer is stored once, however often it is asked.
_STORE: Final = """
INSERT INTO eligibility_question (id, household_id, county_code, village_code, as_of, loan_request, facts, pack_id,
  reasons, eligible, digest, requested_by)
SELECT q.id, q.household_id, q.county_code, q.village_code, q.as_of, q.loan_request, q.facts, q.pack_id, q.reasons,
       q.reasons = '[]', decode(q.digest, 'hex'), $2
FROM jsonb_to_recordset($1::jsonb) AS q (id uuid, household_id uuid, county_code text, village_code text, as_of date,
  loan_request jsonb, facts jsonb, pack_id uuid, reasons jsonb, digest text)
ON CONFLICT (household_id, as_of, digest) DO NOTHING
"""


async def store_questions(conn: Connection, caller: Principal, judged: Sequence[Judgement]) -> None:
    """Store each question with what was known and every reason that was given, in one statement."""
    await conn.execute(_STORE, [_question(each) for each in judged], caller.subject)


def _question(found: Judgement) -> dict[str, Any]:
    said = {
        "loan_request": stored(found.loan_request),
        "facts": stored(found.facts),
        "pack_id": found.pack_id,
        "reasons": [stored(reason) for reason in found.reasons],
    }
    digest = hashlib.sha256(orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
    row = found.row
    return {
        **said,
        "id": new_id(),
        "household_id": row["household_id"],
        "county_code": row["county_code"],
        "village_code": row["village_code"],
        "as_of": row["as_of"],
        "digest": digest,
    }
