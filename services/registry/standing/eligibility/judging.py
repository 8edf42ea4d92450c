"""Judge rows of the facts statement by the rules, many of them piece by piece without holding up other requests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from asyncpg import Record

from services.registry.standing.eligibility.fact_rows import facts_of, loan_request_of
from services.registry.standing.eligibility.pack_rules import RulesInForce
from services.registry.standing.eligibility.rules.facts import HouseholdFacts, LoanRequest
from services.registry.standing.eligibility.rules.judging import BorrowingRules, Reason, reasons
from shared.db import Connection

# Rows read, judged and written at once: some 20 ms of the rules and a few MiB, however large the county.
PIECE: Final = 1_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row of the facts statement, and every reason against the loan that it asks for."""

    row: Record
    facts: HouseholdFacts
    loan_request: LoanRequest
    rules: BorrowingRules
    pack_id: UUID
    reasons: tuple[Reason, ...]


def rules_for(row: Mapping[str, Any], held: Mapping[str, RulesInForce]) -> RulesInForce | None:
    """Return the rules of the place where the household is registered, else of the place where it lives (MS-2)."""
    return held.get(row["village_code"]) or held.get(row["residence_code"] or "")


def judge(row: Record, held: RulesInForce, loan_request: LoanRequest | None = None) -> Judgement:
    """Return what a county's rules say about one row of facts; `loan_request` is given where all rows ask the same."""
    facts, asked = facts_of(row), loan_request or loan_request_of(row)
    against = reasons(facts, asked, held.rules, row["as_of"])
    return Judgement(row, facts, asked, held.rules, held.pack_id, against)


async def in_pieces(
    conn: Connection, statement: str, *arguments: Any, judged: Callable[[Sequence[Record]], T]
) -> AsyncIterator[T]:
    """Yield what `judged` makes of each piece of a statement's rows, all of one snapshot.

    `judged` runs in a thread, so that the service answers other requests meanwhile, and the database prepares the next
    piece at the same time. Between two pieces the connection is free for other statements.
    """
    cursor = await conn.cursor(statement, *arguments)
    rows = await cursor.fetch(PIECE)
    while rows:
        following = asyncio.create_task(cursor.fetch(PIECE))
        try:
            found = await asyncio.to_thread(judged, rows)
        finally:
            rows = await following
        yield found
