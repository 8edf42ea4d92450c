"""Named reads of steps of pursuit."""

from typing import Final
from uuid import UUID

from services.lending.loans.refusals import LoanUnknown
from services.lending.pursuits.refusals import PursuitStepUnknown
from services.lending.pursuits.schemas import PursuitStepOut, PursuitSteps
from shared.db import Connection
from shared.scope import Scope, seen

STEPS_MAX: Final = 1_000  # of one loan
_STEPS: Final = """
SELECT id, loan_id, debtor, kind, happened_on, reference, note, recorded_by, withdrawn_on, withdraw_reason, withdrawn_by
FROM pursuit_step
"""
_OF_LOAN: Final = f"{_STEPS} WHERE loan_id = $1 ORDER BY happened_on, id LIMIT $2"
_ONE: Final = f"{_STEPS} WHERE id = $1"
_VISIBLE: Final = f"""
SELECT EXISTS (SELECT FROM loan WHERE id = $1 AND {seen("village_code", "bank_code", regions="$2", banks="$3")})
"""  # noqa: S608 - our own text


async def list_steps(conn: Connection, loan_id: UUID, scope: Scope) -> PursuitSteps:
    """Return a loan's steps of pursuit, withdrawn ones too. Raises: LoanUnknown."""
    if not await conn.fetchval(_VISIBLE, loan_id, scope.regions, scope.banks):
        raise LoanUnknown
    return PursuitSteps(items=[PursuitStepOut(**row) for row in await conn.fetch(_OF_LOAN, loan_id, STEPS_MAX)])


async def get_step(conn: Connection, step_id: UUID) -> PursuitStepOut:
    """Return one step. Raises: PursuitStepUnknown."""
    row = await conn.fetchrow(_ONE, step_id)
    if row is None:
        raise PursuitStepUnknown(step_id)
    return PursuitStepOut(**row)
