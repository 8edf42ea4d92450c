"""Named reads: the loans whose contract is not what publications say, and what these would do to them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, previews
from services.lending.accounts.actions.storing import Replayed
from services.lending.accounts.loading import Books, books_of, rate_posting
from services.lending.accounts.queries import how_it_floats
from services.lending.loans.schemas import LoanState
from services.lending.pack_copies.queries import publications
from services.lending.pack_copies.rules.series import Publication
from services.lending.rate_changes.rules.following import Followed, Published, follow, held_rates, published_rate
from services.lending.rate_changes.schemas import RateConsequenceOut, RateConsequencesIn, RateConsequencesOut
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import pack_for
from shared.policy.terms import LoanTerms
from shared.scope import Scope, seen

AT_ONCE: Final = 500  # loans replayed together: a few megabytes
NEVER_SENT: Final = UUID(int=0)  # stands for a publication that is not confirmed yet
_GROUPS: Final = """
SELECT DISTINCT pack_id, product_code, term_months, signed_on FROM loan
WHERE (signed_on >= $1 OR repriced_on >= $1) AND cancelled_on IS NULL
"""
# Loans whose contract may not be what the series says: another rate than that of their group, one that changed, or one
# that was taken anew.
_CANDIDATES: Final = f"""
SELECT l.id, g.place::int AS place, l.repriced_on FROM loan l
JOIN unnest($3::uuid[], $4::text[], $5::int[], $6::date[], $7::numeric[])
  WITH ORDINALITY AS g (pack_id, product_code, term_months, signed_on, annual_rate, place)
  ON (l.pack_id, l.product_code, l.term_months, l.signed_on) = (g.pack_id, g.product_code, g.term_months, g.signed_on)
WHERE {seen("l.village_code", "l.bank_code")} AND l.cancelled_on IS NULL AND (l.signed_rate <> g.annual_rate
  OR l.repriced_on IS NOT NULL OR EXISTS (SELECT FROM loan_rate r WHERE r.loan_id = l.id AND r.replaced_on IS NULL))
ORDER BY l.id
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class _Group:
    """Contracts of one pack, product, term and day, and the published rate they rest on."""

    row: tuple[UUID, str, int, date]
    terms: LoanTerms
    published: Decimal


async def affected(
    conn: Connection, scope: Scope, known: Sequence[Publication], since: date, today: date, *, locked: bool = False
) -> AsyncIterator[list[tuple[Books, Followed]]]:
    """Yield the loans signed since a day whose contract is not what these publications say, many at once, by id."""
    groups = await _groups(conn, known, since)
    rows = [(*group.row, group.published + group.terms.rate_margin) for group in groups]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
    candidates = await conn.fetch(_CANDIDATES, scope.regions, scope.banks, *columns)
    group_of = {row["id"]: (groups[row["place"] - 1], row["repriced_on"]) for row in candidates}
    ids = list(group_of)
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        if locked:
            await lock(conn, chunk)
        found = [(books, _follow(books, *group_of[books.id], known, today)) for books in await books_of(conn, chunk)]
        yield [(books, each) for books, each in found if each is not None]


async def consequences(conn: Connection, scope: Scope, body: RateConsequencesIn) -> RateConsequencesOut:
    """Return what publications would do to the loans in the scope if they were confirmed on a day. Clause: LG-2."""
    known = [*await publications(conn), *await _would_be(conn, body)]
    since = min(each.effective_from for each in body.publications)
    items: list[RateConsequenceOut] = []
    async for loans in affected(conn, scope, known, since, body.as_of):
        changes = [change_of(each, NEVER_SENT, body.as_of) for _, each in loans if each.rates is not None]
        after = {each.books.id: each for each in await previews(conn, changes)}
        items += [_consequence(books, each, after.get(books.id)) for books, each in loans]
    changed = [each for each in items if each.kept_because is None]
    page = [each for each in items if body.after is None or each.loan_id > body.after][: body.limit]
    return RateConsequencesOut(
        loan_count=len(changed),
        kept_count=len(items) - len(changed),
        interest_before=sum((each.interest_before for each in changed), ZERO),
        interest_after=sum((each.interest_after for each in changed), ZERO),
        penalty_before=sum((each.penalty_before for each in changed), ZERO),
        penalty_after=sum((each.penalty_after for each in changed), ZERO),
        items=page,
        next=page[-1].loan_id if page and page[-1] is not items[-1] else None,
    )


def change_of(found: Followed, rate_id: UUID, today: date) -> Change:
    """Return the change that a loan's new rates are; they follow a publication."""
    later = found.rates.later if found.rates else ()
    rates = tuple(rate_posting(new_id(), day, rate) for day, rate in later)
    return Change(found.loan_id, RestatementCause.RATE, today, rates=rates, rate_id=rate_id)


async def _would_be(conn: Connection, body: RateConsequencesIn) -> list[Publication]:
    newest: dict[tuple[str, date], int] = {}
    for each in await publications(conn):
        key = each.basis, each.effective_from
        newest[key] = max(newest.get(key, 0), each.revision)
    return [
        Publication(
            NEVER_SENT,
            str(each.basis),
            each.effective_from,
            newest.get((str(each.basis), each.effective_from), 0) + 1,
            each.up_to_1y,
            each.over_1y_to_5y,
            each.over_5y,
        )
        for each in body.publications
    ]


async def _groups(conn: Connection, known: Sequence[Publication], since: date) -> list[_Group]:
    terms: dict[tuple[UUID, str], LoanTerms] = {}
    groups = []
    for pack_id, product_code, term_months, signed_on in await conn.fetch(_GROUPS, since):
        if (pack_id, product_code) not in terms:
            terms[pack_id, product_code] = (await pack_for(conn, pack_id, product_code)).loan_terms
        loan_terms = terms[pack_id, product_code]
        published = published_rate(known, loan_terms, term_months, signed_on)
        if published is not None:
            groups.append(_Group((pack_id, product_code, term_months, signed_on), loan_terms, published))
    return groups


def _follow(
    books: Books, group: _Group, repriced_on: date | None, known: Sequence[Publication], today: date
) -> Followed | None:
    contract, (_, _, term_months, _) = books.contract, group.row
    how = None if repriced_on is None else how_it_floats(books, group.terms, group.published)
    published = Published(
        group.published,
        how and how.between(contract.disbursed_on, repriced_on or today),
        lambda day: published_rate(known, group.terms, term_months, day),
    )
    held = held_rates(contract, books.postings)
    return follow(books.loan, held, published, group.terms, contract.disbursed_on, today)


def _consequence(books: Books, found: Followed, after: Replayed | None) -> RateConsequenceOut:
    loan, account = books.loan, after.account if after else None
    return RateConsequenceOut(
        loan_id=books.id,
        contract_number=loan["contract_number"],
        bank_code=loan["bank_code"],
        village_code=loan["village_code"],
        state=LoanState(after.position.state if after else loan["state"]),
        rate_before=loan["annual_rate"],
        rate_after=account.rates.last if account else loan["annual_rate"],
        interest_before=loan["interest_charged"],
        interest_after=account.interest_charged if account else loan["interest_charged"],
        penalty_before=loan["penalty_accrued"],
        penalty_after=account.penalty_accrued if account else loan["penalty_accrued"],
        held_after=account.held if account else loan["held"],
        kept_because=found.kept_because,
    )
