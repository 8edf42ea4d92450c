"""A line stands in a batch and names the loan of its part: the database refuses any other, and no batch goes."""

import asyncpg
import pytest

from services.subsidy.tests.county import Loan, lend, open_programme, prepare
from services.subsidy.tests.test_batches import COPY
from shared.testing.service import ServiceUnderTest


async def _prepared(subsidy: ServiceUnderTest) -> Loan:
    loan, other = Loan(), Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    await prepare(subsidy, await open_programme(subsidy, "1000000.00"))
    await lend(subsidy, other, other.paid("10.00"))
    return other


async def test_a_line_stands_in_a_batch(subsidy: ServiceUnderTest) -> None:
    await _prepared(subsidy)
    changed = "jsonb_build_object('live', false, 'batch_id', uuid7())"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="stands in a batch"):
        await subsidy.database.pool.execute(COPY.replace("$1", changed))


async def test_a_line_names_the_loan_of_its_part(subsidy: ServiceUnderTest) -> None:
    other, pool = await _prepared(subsidy), subsidy.database.pool
    await pool.execute("UPDATE subsidy_batch SET lines_hash = ''")  # as long as it is prepared
    changed = f"jsonb_build_object('live', false, 'loan_id', '{other.loan_id}')"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="names the loan of its part"):
        await pool.execute(COPY.replace("$1", changed))
    await pool.execute(COPY.replace("$1", "jsonb_build_object('live', false)"))


async def test_a_batch_and_what_its_lines_rest_on_stay(subsidy: ServiceUnderTest) -> None:
    await _prepared(subsidy)
    with pytest.raises(asyncpg.RestrictViolationError, match="subsidy_batch only grows"):
        await subsidy.database.pool.execute("DELETE FROM subsidy_batch")
    with pytest.raises(asyncpg.RestrictViolationError, match="interest_payment only grows"):
        await subsidy.database.pool.execute("DELETE FROM interest_payment")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await subsidy.database.pool.execute("DELETE FROM subsidy_account")
