"""Let contracts follow what is published: each is replayed at the rates it has now, and that is published (LG-2)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.accounts.loading import Books, books_of, rate_posting
from services.lending.accounts.queries import how_it_floats
from services.lending.loans import repricing_sql as sql
from services.lending.loans.rules.contract_terms import rate_column
from services.lending.loans.rules.floating import taken_anew
from services.lending.pack_copies.actions import hold_publications, replicate_reference_rates
from services.lending.pack_copies.queries import publications
from services.lending.pack_copies.rules.series import Publication, publication_in_force, rate_in_force
from services.lending.rate_changes.queries import AT_ONCE, affected, change_of
from services.lending.rate_changes.rules.following import held_rates
from shared.dates import CHINA
from shared.db import Connection
from shared.events.received import Received
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import pack_for
from shared.policy.terms import LoanTerms
from shared.scope import Scope

_EVERYWHERE: Final = Scope.within([""])


async def take_published_rates(conn: Connection, received: Sequence[Received[ReferenceRatePublished]]) -> None:
    """Store published rates, and restate every loan whose contract rested on what they correct or precede.

    Safe to run twice: a contract that follows its publication already is left alone. Clause: LG-2.
    """
    await replicate_reference_rates(conn, received)
    newest = max(received, key=lambda message: message.occurred_at)
    today = newest.occurred_at.astimezone(CHINA).date()
    since = min(message.event.effective_from for message in received)
    async for loans in affected(conn, _EVERYWHERE, await publications(conn), since, today, locked=True):
        changes = [change_of(found, newest.event.rate_id, today) for _, found in loans if found.rates is not None]
        await restate(conn, changes)


async def reprice(conn: Connection, county_code: str, as_of: date) -> int:
    """Let a county's floating contracts take the published rate anew on every such day up to one, missed days too.

    Each day takes the rate in force on it. A day whose rate is not published keeps the rate before it until a late
    publication is followed. Return how many loans have another rate; safe to run twice. Clause: LG-2.
    """
    known: Sequence[Publication] = ()
    changed = 0
    while ids := [row["id"] for row in await conn.fetch(sql.NEXT, county_code, as_of, AT_ONCE)]:
        if not known:  # a county without such contracts keeps no publication waiting
            await hold_publications(conn)
            known = await publications(conn)
        await lock(conn, ids)
        contracts = {row["id"]: row for row in await conn.fetch(sql.CONTRACTS, county_code, as_of, ids)}
        changes, taken = [], []
        for books in await books_of(conn, contracts):
            row = contracts[books.id]
            terms = (await pack_for(conn, row["pack_id"], row["product_code"])).loan_terms
            change, repriced_on, next_on = _repriced(books, row, terms, known, as_of)
            taken.append((books.id, repriced_on, next_on))
            if change is not None:
                changes.append(change)
        await restate(conn, changes)
        await conn.execute(sql.TAKEN, *(list(column) for column in zip(*taken, strict=True)) if taken else ([], [], []))
        changed += len(changes)
    return changed


def _repriced(
    books: Books, row: Any, terms: LoanTerms, known: Sequence[Publication], as_of: date
) -> tuple[Change | None, date, date | None]:
    """Return the change of one contract's rates, if any, the last day on which they were taken anew, and the next."""
    column = rate_column(terms, row["term_months"])

    def published(day: date) -> Decimal | None:
        return rate_in_force(known, terms.rate_basis, day, column)

    signing, held = published(row["signed_on"]), held_rates(books.contract, books.postings)
    contract = how_it_floats(books, terms, signing or ZERO)
    if contract is None:
        raise AssertionError(f"Loan {books.id} is to take another rate, but its pack fixes it.")
    days = contract.between(row["next_repricing_on"], row["until"])
    last = days.days[-1]
    rates = held if signing is None else taken_anew(held, days, published)
    followed = publication_in_force(known, terms.rate_basis, last, column)
    if rates == held or followed is None:
        return None, last, contract.next_after(last)
    steps = tuple(rate_posting(new_id(), day, rate) for day, rate in rates.later)
    change = Change(books.id, RestatementCause.RATE, as_of, rates=steps, rate_id=followed.rate_id)
    return change, last, contract.next_after(last)
