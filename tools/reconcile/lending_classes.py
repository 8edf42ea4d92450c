"""Every month's classification of loans derived anew: days past due, the pack's class for them, and what officers set.

A classification stays as it was found, so each is derived from what was known when its run was made (LG-43).
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from tools.reconcile.checks import check
from tools.reconcile.contract_terms import contract_of, known_days
from tools.reconcile.findings import Findings
from tools.reconcile.loan_books import Booked, Books, books_of
from tools.reconcile.loan_life import LoanLife
from tools.reconcile.packs import Pack
from tools.reconcile.world import World

WORST_LAST: Final = ("normal", "special_mention", "substandard", "doubtful", "loss")
RUN_LASTS: Final = timedelta(minutes=10)  # what is booked while a run is on may be in it or not
WHAT: Final = "days past due, fen outstanding, class by rule, its ground, class, decision of officers"
MISUSED_AT_BEST: Final = "special_mention"  # where a pack says nothing

_RUNS: Final = "SELECT county_code, classified_on, run_at, id::text FROM class_run ORDER BY county_code, classified_on"
_CLASSES: Final = """
SELECT loan_id::text, classified_on, days_past_due, (principal_outstanding * 100)::bigint, by_rule, rule_ground,
  loan_class, review_id::text
FROM loan_class ORDER BY loan_id, classified_on
"""
_REVIEWS: Final = """
SELECT loan_id::text, decided_on, decided_at, loan_class, id::text FROM class_review WHERE state = 'confirmed'
ORDER BY loan_id, decided_on, decided_at
"""
# Since when a loan is written off, and the moments at which that was decided and taken back.
_WRITTEN_OFF: Final = """
SELECT v.loan_id::text, v.decided_on, v.decided_at, w.decided_at
FROM write_off v LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed'
WHERE v.state = 'confirmed'
"""
_STAMPS: Final = "SELECT id::text, recorded_at FROM repayment"
_LENT: Final = "SELECT loan_id::text, recorded_at FROM disbursement"
_ENDED: Final = """
SELECT l.id::text, l.compensated_on, l.compensated_at, l.principal_compensated + l.interest_compensated AS owed, (
    SELECT array_agg((r.recorded_at, r.reversed_at, r.recovered_on, r.amount) ORDER BY r.loan_version)
    FROM recovery r WHERE r.loan_id = l.id) AS recoveries
FROM loan l WHERE l.compensated_on IS NOT NULL
"""
_CANCELLED: Final = "SELECT id::text, cancelled_at FROM loan WHERE cancelled_at IS NOT NULL"
# The figures of a run are its loans' together, published once, and no month between the first and the last is left out.
_TOTALS: Final = """
SELECT r.id, v.what, v.expected, v.found
FROM class_run r
LEFT JOIN (
  SELECT run_id, sum(loans) AS loans, sum(amount) AS amount,
    jsonb_object_agg(loan_class, jsonb_build_array(loans, amount)) AS classes
  FROM (SELECT run_id, loan_class, count(*) AS loans, sum(principal_outstanding) AS amount FROM loan_class
    GROUP BY 1, 2) c GROUP BY 1
) l ON l.run_id = r.id
LEFT JOIN outbox e ON e.event_name = 'loans-classified' AND e.aggregate_id = r.id
CROSS JOIN LATERAL (
  SELECT jsonb_object_agg(c->>'loan_class', jsonb_build_array((c->>'loans')::bigint,
    (c->>'principal_outstanding')::numeric)) AS classes FROM jsonb_array_elements(r.classes) AS c
) t
CROSS JOIN LATERAL (
  SELECT max(o.classified_on) AS day FROM class_run o
  WHERE o.county_code = r.county_code AND o.classified_on < r.classified_on
) b
CROSS JOIN LATERAL (VALUES
  ('loans classified', coalesce(l.loans, 0)::text, r.loans::text),
  ('principal outstanding', coalesce(l.amount, 0.00)::text, r.principal_outstanding::text),
  ('loans and principal by class', l.classes::text, t.classes::text),
  ('loans published', r.loans::text, e.data->>'loans'),
  ('principal published', r.principal_outstanding::text, e.data->>'principal_outstanding'),
  ('last day of a month', '1', date_part('day', r.classified_on + 1)::text),
  ('month before', CASE WHEN b.day IS NULL THEN NULL ELSE date_trunc('month', r.classified_on)::date - 1 END::text,
    b.day::text)
) AS v (what, expected, found)
"""

Row = tuple[int, int, str, str | None, str, str | None]  # as `WHAT` says


@dataclass(frozen=True, slots=True)
class Review:
    """A class that two officers set from a day on; None lifts it."""

    on: date
    at: datetime
    loan_class: str | None
    id: str


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """A write-off from a day on, decided at a moment; `until`: when it was taken back."""

    on: date
    at: datetime
    until: datetime | None

    def holds(self, month: date, moment: datetime) -> bool:
        """Return whether it held on a day by what was known at a moment."""
        return self.on <= month and _before(self.at, moment) and not _before(self.until, moment)


@dataclass(slots=True)
class Known:
    """One loan month after month, by what was known at a moment; its account goes on where nothing came between."""

    books: Books
    stamps: Mapping[str, datetime]
    life: LoanLife | None = None
    fed: set[str] = field(default_factory=set)
    until: date = date.min
    own_days: Mapping[date, bool] = field(default_factory=dict)

    def at(self, month: date, moment: datetime, pack: Pack) -> LoanLife:
        """Return the loan at the end of a day by what was booked before a moment."""
        booked = [each for each in self.books.booked if each.posting.on <= month]
        counting = [each.posting for each in booked if self._counts(each, moment)]
        ids = {posting.id for posting in counting}
        fresh = [posting for posting in counting if posting.id not in self.fed]
        own_days, before = known_days(self.books.loan, moment), self.own_days
        changed = own_days != before or not self.fed <= ids or any(posting.on <= self.until for posting in fresh)
        if self.life is None or changed:
            self.life, fresh = LoanLife(contract_of(pack, self.books.loan, moment)), counting
        self.own_days = own_days
        self.fed, self.until = ids, month
        return self.life.live(fresh, month)

    def _counts(self, each: Booked, moment: datetime) -> bool:
        booked_at = self.stamps.get(each.posting.id, each.at)
        gone = each.reversed_on is not None and (each.reversed_at is None or each.reversed_at < moment)
        return not gone and (booked_at is None or booked_at < moment)


@check("L12", "五级分类", "Each month's class of every loan follows from its postings, the pack and the officers")
async def classes(world: World, found: Findings) -> None:
    """Compare every classification with one derived from what was known when it was made."""
    lending = world["lending"]
    await found.sql(lending, _TOTALS)
    runs: dict[str, list[Any]] = {}
    for run in await lending.rows(_RUNS):
        runs.setdefault(run[0], []).append(run)
    derived = _Derived(
        world,
        dict(await lending.map(_STAMPS)),
        dict(await lending.map(_LENT)),
        {row[0]: Ended(*tuple(row)[1:]) for row in await lending.rows(_ENDED)},
        dict(await lending.map(_CANCELLED)),
        await _reviews(lending.rows(_REVIEWS)),
        await _written_off(lending.rows(_WRITTEN_OFF)),
    )
    loans = {books.id: books async for books in books_of(lending)}
    async for loan_id, rows in _by_loan(lending.each(_CLASSES)):
        if loan_id not in loans:
            found.differ(loan_id, "classified loans", None, "no such loan")
            continue
        books = loans.pop(loan_id)
        derived.compare(found, books, runs.get(books.loan["county_code"], ()), rows)
    for books in loans.values():
        derived.compare(found, books, runs.get(books.loan["county_code"], ()), {})


@dataclass(frozen=True, slots=True)
class Ended:
    """A loan that others compensated: when, how much, and what came back of it, taken back since or not."""

    on: date
    at: datetime
    owed: Decimal
    recoveries: Sequence[tuple[datetime, datetime | None, date, Decimal]] | None

    @property
    def moments(self) -> list[datetime | None]:
        """Return when any of it was booked or taken back."""
        return [self.at, *(each for row in self.recoveries or () for each in row[:2])]

    def is_recovered(self, day: date, moment: datetime) -> bool:
        """Return whether by what was booked before a moment the loan was closed, on a day at the latest."""
        counted = [row for row in self.recoveries or () if row[0] < moment and not _before(row[1], moment)]
        return sum((row[3] for row in counted), Decimal(0)) == self.owed and counted[-1][2] <= day


class _Derived:
    """Derives classifications of one loan after the other."""

    def __init__(self, world: World, stamps: Mapping[str, datetime], lent: Mapping[str, datetime],
                 ended: Mapping[str, Ended], cancelled: Mapping[str, datetime],
                 reviews: Mapping[str, Sequence[Review]],
                 written_off: Mapping[str, Sequence[WrittenOff]]) -> None:  # fmt: skip
        self.packs, self.stamps, self.lent, self.ended, self.reviews = world.packs, stamps, lent, ended, reviews
        self.cancelled, self.written_off = cancelled, written_off
        self.bands = cache(self._bands)

    def compare(self, found: Findings, books: Books, runs: Sequence[Any], there: Mapping[date, Row]) -> None:
        """Compare what each run of the loan's county says of it."""
        known = Known(books, self.stamps)
        for _, month, run_at, _ in runs:
            if month < books.loan["disbursed_on"]:
                continue
            expected = self.row(known, month, run_at)
            if expected != there.get(month) and self._came_meanwhile(books, run_at):
                expected = self.row(known, month, run_at + RUN_LASTS)
            found.equal(f"{books.id} {month}", WHAT, _text(expected), _text(there.get(month)))
        strange = there.keys() - {run[1] for run in runs}
        found.holds(books.id, "months that no run classified", not strange, None, sorted(strange))

    def row(self, known: Known, month: date, moment: datetime) -> Row | None:
        """Return what a run made at a moment says of a loan on a day; None: not lent, closed or cancelled."""
        loan = known.books.loan
        lent_at, cancelled_at = self.lent.get(known.books.id), self.cancelled.get(known.books.id)
        if not _before(lent_at, moment) or _before(cancelled_at, moment):
            return None
        ended = self.ended.get(known.books.id)
        is_compensated = ended is not None and ended.on <= month and ended.at < moment
        pack = self.packs.of(loan["pack_id"]).product(loan["product_code"])
        life = known.at(month, moment, pack)
        if is_compensated:
            if ended is not None and ended.is_recovered(month, moment):
                return None
        elif life.closed_on is not None:
            return None
        since = life.overdue_since(month)
        days = (month - since).days + 1 if since else 0
        owed = life.outstanding - (loan["principal_compensated"] if is_compensated else 0)
        bands = self.bands(loan["pack_id"], loan["product_code"], month)
        by_rule, ground = next(name for least, name in bands if days >= least), None
        at_best = str(self.packs.corrected(pack, month)("repayment.misused_class", MISUSED_AT_BEST))
        if life.misuse is not None and _is_worse(at_best, by_rule):
            by_rule, ground = at_best, "misused"
        if any(each.holds(month, moment) for each in self.written_off.get(known.books.id, ())):
            by_rule, ground = WORST_LAST[-1], "written_off"
        review = self._review(known.books.id, month, moment)
        if review is None or review.loan_class is None or not _is_worse(review.loan_class, by_rule):
            return days, owed, by_rule, ground, by_rule, None
        return days, owed, by_rule, ground, review.loan_class, review.id

    def _bands(self, pack_id: str, product_code: str | None, month: date) -> list[tuple[int, str]]:
        pack = self.packs.corrected(self.packs.of(pack_id).product(product_code), month)
        bands = [(int(band["days_overdue_min"]), str(band["loan_class"])) for band in pack("repayment.class_bands")]
        return sorted(bands, reverse=True)

    def _review(self, loan_id: str, month: date, moment: datetime) -> Review | None:
        held = [each for each in self.reviews.get(loan_id, ()) if each.on <= month and each.at < moment]
        return held[-1] if held else None

    def _came_meanwhile(self, books: Books, run_at: datetime) -> bool:
        moments = [
            self.lent.get(books.id),
            self.cancelled.get(books.id),
            *(self.ended[books.id].moments if books.id in self.ended else ()),
            *(each.at for each in self.reviews.get(books.id, ())),
            *(at for at, _, _ in books.loan["own_days"]),
            *(at for each in self.written_off.get(books.id, ()) for at in (each.at, each.until)),
            *(moment for each in books.booked
              for moment in (self.stamps.get(each.posting.id, each.at), each.reversed_at)),
        ]  # fmt: skip
        return any(run_at <= moment < run_at + RUN_LASTS for moment in moments if moment is not None)


def _is_worse(one: str, other: str) -> bool:
    return WORST_LAST.index(one) > WORST_LAST.index(other)


async def _reviews(rows: Any) -> dict[str, list[Review]]:
    found: dict[str, list[Review]] = {}
    for loan_id, *review in await rows:
        found.setdefault(loan_id, []).append(Review(*review))
    return found


async def _written_off(rows: Any) -> dict[str, list[WrittenOff]]:
    found: dict[str, list[WrittenOff]] = {}
    for loan_id, *decided in await rows:
        found.setdefault(loan_id, []).append(WrittenOff(*decided))
    return found


async def _by_loan(rows: AsyncIterator[Any]) -> AsyncIterator[tuple[str, dict[date, Row]]]:
    """Yield the rows of one loan after the other, by month."""
    last, found = "", dict[date, Row]()
    async for loan_id, month, *row in rows:
        if loan_id != last and found:
            yield last, found
            found = {}
        last, found[month] = loan_id, tuple(row)
    if found:
        yield last, found


def _before(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment < other


def _text(row: Iterable[object] | None) -> str | None:
    return None if row is None else ", ".join("–" if value is None else str(value) for value in row)
