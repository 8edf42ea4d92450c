"""Named reads: records of heirs, and who services a loan now."""

from typing import Final
from uuid import UUID

from services.lending.heirs.refusals import HeirUnknown
from services.lending.heirs.rules import limit_left
from services.lending.heirs.schemas import HeirOut, HeirShareOut, LoanHeirsOut
from services.lending.loans.heirs_sql import stands
from services.lending.loans.refusals import LoanUnknown
from services.lending.proposals.queries import Proposals
from shared.db import Connection
from shared.money import ZERO
from shared.scope import Scope, seen

HEIRS: Final = Proposals(
    table="heir_record",
    shown=HeirOut,
    unknown=HeirUnknown,
    columns="v.heir_name, v.relation, v.died_on, v.inheritance, v.estate_limit, v.papers, v.replaces",
)
_VISIBLE: Final = f"""
SELECT EXISTS (SELECT FROM loan WHERE id = $1 AND {seen("village_code", "bank_code", regions="$2", banks="$3")})
"""  # noqa: S608 - our own text
# What somebody paid as an heir counts for who bears that name.
_ON_FILE: Final = f"""
SELECT h.id AS heir_id, h.heir_name, h.relation, h.inheritance, h.estate_limit, h.died_on, coalesce(
  (SELECT sum(r.amount - r.refunded) FROM repayment r
   WHERE r.loan_id = h.loan_id AND r.payer = 'heir' AND r.payer_name = h.heir_name AND r.reversed_on IS NULL), 0.00) AS paid
FROM heir_record h WHERE h.loan_id = $1 AND h.inheritance <> 'not_heir' AND {stands("h")} ORDER BY h.id
"""  # noqa: S608, E501 - our own text


async def loan_heirs(conn: Connection, loan_id: UUID, scope: Scope) -> LoanHeirsOut:
    """Return who services a loan whose borrower died, and what may still be asked of each. Raises: LoanUnknown."""
    if not await conn.fetchval(_VISIBLE, loan_id, scope.regions, scope.banks):
        raise LoanUnknown
    rows = await conn.fetch(_ON_FILE, loan_id)
    shares = [
        HeirShareOut(
            heir_id=row["heir_id"],
            heir_name=row["heir_name"],
            relation=row["relation"],
            inheritance=row["inheritance"],
            estate_limit=row["estate_limit"] or ZERO,
            paid=row["paid"],
            limit_left=limit_left(row["inheritance"], row["estate_limit"], row["paid"]),
        )
        for row in rows
    ]
    return LoanHeirsOut(loan_id=loan_id, died_on=rows[0]["died_on"] if rows else None, items=shares)
