"""Named reads of repayments and repayment files."""

import asyncio
from uuid import UUID

from services.lending.loans.refusals import LoanUnknown
from services.lending.repayments.actions.files import REJECTIONS_SHOWN
from services.lending.repayments.file import FILE
from services.lending.repayments.refusals import RepaymentFileUnknown
from services.lending.repayments.schemas import LoanRepayments, RejectedLine, RepaymentFileOut, RepaymentListed
from shared.csv_files.text import written
from shared.db import Connection
from shared.scope import Scope, seen

REPAYMENTS_MAX = 1_000  # of one loan; forty years of monthly instalments are fewer


_REPAYMENTS = """
SELECT r.id, r.bank_reference, r.kind, r.paid_on, r.amount, r.payer, r.payer_name, r.penalty, r.surcharge,
  r.interest, r.principal,
  r.held, r.refunded, r.reversed_on, r.principal_outstanding,
  coalesce((SELECT jsonb_agg(jsonb_build_object('installment_number', p.installment_number, 'penalty', p.penalty::text,
      'interest', p.interest::text, 'principal', p.principal::text) ORDER BY p.installment_number)
    FROM repayment_part p WHERE p.repayment_id = r.id), '[]') AS parts
FROM repayment r WHERE r.loan_id = $1
ORDER BY r.paid_on, r.kind DESC, r.bank_reference COLLATE "C" LIMIT $2
"""
_VISIBLE = f"""
SELECT EXISTS (SELECT FROM loan WHERE id = $1 AND {seen("village_code", "bank_code", regions="$2", banks="$3")})
"""  # noqa: S608 - our own text


async def list_repayments(conn: Connection, loan_id: UUID, scope: Scope) -> LoanRepayments:
    """Return a loan's repayments in the order of their days. Raises: LoanUnknown."""
    if not await conn.fetchval(_VISIBLE, loan_id, scope.regions, scope.banks):
        raise LoanUnknown
    rows = await conn.fetch(_REPAYMENTS, loan_id, REPAYMENTS_MAX)
    return LoanRepayments(items=[RepaymentListed(**row) for row in rows])


_FILE = """
SELECT id, lines AS line_count, total AS total_amount, recorded AS recorded_count,
  already_recorded AS already_recorded_count, rejected AS rejected_count, amount_recorded, penalty, interest, principal,
  held, remitted, loans_closed
FROM repayment_file WHERE id = $1 AND bank_code = $2
"""
_OF_FILE = "WHERE file_id = $1 ORDER BY line_number"
_REJECTIONS = f"SELECT line_number, code, reason FROM repayment_rejection {_OF_FILE} LIMIT $2"  # noqa: S608 - our own text


async def get_repayment_file(conn: Connection, file_id: UUID, bank_code: str) -> RepaymentFileOut:
    """Return what became of a file of this bank. Raises: RepaymentFileUnknown."""
    row = await conn.fetchrow(_FILE, file_id, bank_code)
    if row is None:
        raise RepaymentFileUnknown(file_id)
    rejections = await conn.fetch(_REJECTIONS, file_id, REJECTIONS_SHOWN)
    return RepaymentFileOut(rejections=[RejectedLine(**rejection) for rejection in rejections], **row)


async def rejections_csv(conn: Connection, file_id: UUID, bank_code: str) -> bytes:
    """Return the rejected lines as CSV, each as it was sent, with code and reason. Raises: RepaymentFileUnknown."""
    if await conn.fetchrow(_FILE, file_id, bank_code) is None:
        raise RepaymentFileUnknown(file_id)
    columns = ("line_number", *FILE.names, "code", "reason")
    rows = await conn.fetch(f"SELECT {', '.join(columns)} FROM repayment_rejection {_OF_FILE}", file_id)  # noqa: S608 - our own names
    return await asyncio.to_thread(written, columns, rows)
