"""Keep the questions that were asked for applications, with the facts as they were: what simulations judge again."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from services.registry.policy.packs.queries import PackInForce
from services.registry.standing.eligibility.facts_sql import FACT_NAMES, LOAN_REQUEST_NAMES
from shared.access import Principal
from shared.db import Connection
from shared.ids import new_id

# The same question with the same facts and answer is kept once, however often it is asked.
_STORE: Final = """
INSERT INTO eligibility_question
  (id, household_id, county_code, village_code, as_of, loan_request, facts, pack_id, reasons, eligible, digest,
    requested_by)
SELECT q.id, q.household_id, q.county_code, q.village_code, q.as_of, q.loan_request, q.facts, q.pack_id, q.reasons,
       cardinality(q.reasons) = 0, decode(q.digest, 'hex'), $2
FROM jsonb_to_recordset($1::jsonb) AS q (id uuid, household_id uuid, county_code text, village_code text, as_of date,
  loan_request jsonb, facts jsonb, pack_id uuid, reasons text[], digest text)
ON CONFLICT (household_id, as_of, digest) DO NOTHING
"""


async def store_questions(
    conn: Connection,
    caller: Principal,
    packs: Mapping[UUID, PackInForce],
    judged: Sequence[tuple[Record, Mapping[str, Any]]],
) -> None:
    """Keep each (row of facts and loan request, answer) in one statement."""
    await conn.execute(_STORE, [_question(row, answer, packs) for row, answer in judged], caller.subject)


def _question(row: Record, answer: Mapping[str, Any], packs: Mapping[UUID, PackInForce]) -> dict[str, Any]:
    said = {
        "loan_request": {name: row[name] for name in LOAN_REQUEST_NAMES},
        "facts": {name: row[name] for name in FACT_NAMES},
        "pack_id": packs[row["household_id"]].id,
        "reasons": [reason["code"] for reason in answer["reasons"]],
    }
    digest = hashlib.sha256(orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {
        **said,
        "id": new_id(),
        "household_id": row["household_id"],
        "county_code": row["county_code"],
        "village_code": row["village_code"],
        "as_of": row["as_of"],
        "digest": digest,
    }
