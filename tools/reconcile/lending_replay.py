"""Every loan replayed from its postings and compared with what lending booked (L2, L5b, L6, L10, and figures of L7).

A loan's postings are what the bank received and refunded and the defaults that were confirmed; everything else about it
must follow from them, whatever was booked first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from tools.reconcile.checks import check
from tools.reconcile.contract_terms import (
    RATES,
    RateOfTheDay,
    contract_of,
    expected_terms,
    follows,
    found_terms,
    rate_of_the_day,
    repricing_days,
    right_rate,
)
from tools.reconcile.findings import Findings
from tools.reconcile.loan_books import UNKNOWN, Books, Confirmed, books_of
from tools.reconcile.loan_life import LoanLife
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import rate
from tools.reconcile.world import World

TOPICS: Final = ("L2", "L5", "L6", "L7", "L10")
FROM_BEFORE: Final = 9  # rank of the last posting of loans that were booked before postings were ordered
FIGURES: Final = (
    "number, from, due, days, principal, interest, cancelled, principal paid, interest paid, penalty, penalty paid, "
    "of the contract, remitted of penalty, interest, principal; compound, of it paid, remitted; of misuse, until"
)
GIVEN_UP: Final = ("penalty", "interest", "principal")
POSITION: Final = "state, closed, defaulted, ever late, fen outstanding, held, refunded but not there, last posting"


@check("L2", "还款计划", "Terms from the pack and the published rate; every schedule worked out anew, to the fen")
async def schedules(world: World, found: Findings) -> None:
    """Compare contract terms and instalments with those worked out from pack, rate, amount and dates."""
    await take(world, found, "L2")


@check("L5b", "还款分配", "What every repayment pays, holds and had refunded follows from the loan's postings alone")
async def allocation(world: World, found: Findings) -> None:
    """Compare each repayment's parts with an allocation of its own."""
    await take(world, found, "L5")


@check("L6", "罚息", "Penalty = overdue × rate × the pack's multiplier × days, without gaps or overlaps")
async def penalty(world: World, found: Findings) -> None:
    """Compare every booked penalty with one worked out from instalments, payments and the pack."""
    await take(world, found, "L6")


@check("L10", "账户状态", "State, closing, default, lateness, held money and order key follow from the loan's postings")
async def positions(world: World, found: Findings) -> None:
    """Compare where each loan stands with what its postings say."""
    await take(world, found, "L10")


async def take(world: World, found: Findings, topic: str) -> None:
    """Add what the replay of all loans found about one topic."""
    mine = (await world.once("replay", lambda: _replayed(world)))[topic]
    found.compared, found.differing = found.compared + mine.compared, found.differing + mine.differing
    found.listed += mine.listed


async def _replayed(world: World) -> dict[str, Findings]:
    topics = {topic: Findings() for topic in TOPICS}
    published = [tuple(row) for row in await world["subsidy"].rows(RATES)]
    rates: dict[tuple[Any, ...], RateOfTheDay] = {}
    async for books in books_of(world["lending"]):
        loan = books.loan
        pack = world.packs.of(loan["pack_id"]).product(loan["product_code"])
        key = (loan["pack_id"], loan["product_code"], loan["term_months"], loan["signed_on"])
        if key not in rates:
            rates[key] = rate_of_the_day(pack, loan["term_months"], loan["signed_on"], published)
        expected = expected_terms(pack, loan, rates[key])
        topics["L2"].equal(loan["id"], "terms of the contract", expected, found_terms(loan))
        if loan["cancelled_on"] is not None:
            _compare_cancelled(topics["L10"], books)
            continue
        contract = contract_of(pack, loan)
        life = LoanLife(contract).live(books.postings, books.until)
        _compare_rate(topics["L2"], books, life, pack, contract.due_on, rates[key], published)
        _compare_dues(topics["L2"], books, life)
        _compare_receipts(topics["L5"], books, life)
        _compare_charges(topics["L6"], books, life)
        _compare_position(topics["L10"], books, life)
        for confirmed in books.confirmed:
            known = LoanLife(contract_of(pack, loan, confirmed.at)).live(books.known_before(confirmed), confirmed.on)
            causes = world.packs.corrected(pack, confirmed.on)("repayment.accelerating_causes") or ()
            calls_in = confirmed.has_notice and confirmed.cause in causes
            topics["L7"].equal(confirmed.id, "all that is lent falls due", calls_in, confirmed.calls_in)
            if calls_in:
                known.call_in(confirmed.on)
            _compare_default(topics["L7"], confirmed, known)
    return topics


def _compare_cancelled(found: Findings, books: Books) -> None:
    """Compare a loan whose disbursement was taken back with one on which nothing stands."""
    loan = books.loan
    found.equal(books.id, "postings and penalties of a cancelled loan", 0, len(books.postings) + len(books.charges))
    found.equal(books.id, "interest of the schedule in force, fen", 0, loan["interest_charged"])
    in_force = sum(row[6] is None or any(row[7:11]) for row in books.dues)
    found.equal(books.id, "instalments in force, or with money, of a cancelled loan", 0, in_force)
    there = tuple(loan[name] for name in ("state", "defaulted_on", "overdue_from", "was_late", "outstanding", "held"))
    found.equal(books.id, "where a cancelled loan stands", _text(("cancelled", None, None, False, 0, 0)), _text(there))


def _compare_rate(
    found: Findings,
    books: Books,
    life: LoanLife,
    pack: Pack,
    due: Sequence[date],
    county: RateOfTheDay,
    published: Sequence[tuple[Any, ...]],
) -> None:
    loan, last = books.loan, life.rates[-1][1]
    found.equal(books.id, "rate in force", last, rate(loan["annual_rate"]))
    ended = min(filter(None, (loan["closed_on"], loan["compensated_on"])), default=date.max)
    until = books.marked_until or date.min
    days = [day for day in repricing_days(pack, loan, due) if day <= until and day < ended]
    if books.was_run:
        found.equal(books.id, "rate taken anew last", max(days, default=None), loan["repriced_on"])
    taken = [day for day in days if loan["repriced_on"] is not None and day <= loan["repriced_on"]]
    right = right_rate(pack, loan, county, taken, published)
    found.holds(books.id, "rate as it was published", follows(pack, loan, right, last), right, last)


def _compare_dues(found: Findings, books: Books, life: LoanLife) -> None:
    loan = books.loan
    expected = {due.number: due.figures() for due in life.dues}
    there = {row[0]: row for row in books.dues}
    if expected == there:
        found.compared += len(expected)
    else:
        for number in sorted(expected.keys() | there.keys()):
            found.equal(f"{loan['id']} {number}", FIGURES, _text(expected.get(number)), _text(there.get(number)))
    found.equal(loan["id"], "interest of the schedule in force, fen", life.interest_charged, loan["interest_charged"])
    in_force = [row for row in there.values() if row[6] is None]
    found.equal(loan["id"], "scheduled principal, fen", loan["principal"], sum(row[4] + row[14] for row in in_force))
    _compare_given_up(found, books, life)


def _compare_given_up(found: Findings, books: Books, life: LoanLife) -> None:
    expected = [
        (each.number, each.on, *(each.amount if each.kind == kind else 0 for kind in GIVEN_UP), each.decided_by)
        for each in life.given_up
    ]
    what = "remitted: instalment, day, fen of penalty, interest, principal, decision"
    found.equal(books.id, what, _rows(expected), _rows(books.given_up))
    surcharge = sum(each.surcharge for each in life.given_up)
    found.equal(books.id, "surcharge in the penalty remitted, fen", surcharge, books.loan["surcharge_remitted"])


def _compare_receipts(found: Findings, books: Books, life: LoanLife) -> None:
    expected = {receipt.id: receipt.figures() for receipt in life.receipts}
    found.same_maps("fen by instalment (penalty, interest, principal); held, refunded, principal left", expected,
                    books.receipts)  # fmt: skip
    found.same_maps("surcharge in what a repayment paid of penalty, fen", life.surcharges(), books.surcharges)


def _compare_charges(found: Findings, books: Books, life: LoanLife) -> None:
    expected, there = ({each[:3]: each[3:] for each in rows} for rows in (_charged(life), books.charges))
    if expected.keys() == there.keys() and len(there) == len(books.charges):
        found.same_maps(f"{books.id}: fen overdue, fen of penalty, of it compound", expected, there)
    else:
        what = "penalty booked: instalment, from, until, fen overdue, fen of penalty, of it compound"
        found.equal(books.id, what, _rows(_charged(life)), _rows(books.charges))


def _charged(life: LoanLife) -> list[tuple[Any, ...]]:
    return sorted((c.number, c.period_from, c.period_until, c.overdue, c.amount, c.compound) for c in life.charges)


def _compare_position(found: Findings, books: Books, life: LoanLife) -> None:
    loan, is_compensated = books.loan, books.loan["claim_id"] is not None
    state = loan["state"] if is_compensated and life.state == "defaulted" else life.state
    expected = (
        state,
        loan["closed_on"] if is_compensated else life.closed_on,
        life.defaulted_on,
        life.was_late,
        life.outstanding - loan["principal_compensated"],
        life.held,
        life.owed_back,
        books.last_key,
    )
    key = (loan["last_value_on"], loan["last_rank"], loan["last_reference"])
    is_from_before = loan["last_rank"] == FROM_BEFORE and key >= books.last_key
    there = (
        *(loan[name] for name in ("state", "closed_on", "defaulted_on", "was_late", "outstanding", "held",
                                  "refund_missing")),
        books.last_key if is_from_before else key,
    )  # fmt: skip
    found.equal(loan["id"], POSITION, _text(expected), _text(there))
    if not is_compensated:
        _compare_overdue(found, books, life)


def _compare_overdue(found: Findings, books: Books, life: LoanLife) -> None:
    """Compare since when a loan is overdue; one that was not marked since its last posting need not be yet."""
    since, what = books.loan["overdue_from"], "overdue since"
    expected: date | None = None if life.closed_on else life.overdue_since(books.until)
    if since is None and books.marked_until != books.until and life.defaulted_on is None:
        expected = None
    found.equal(books.id, what, expected, since)


def _compare_default(found: Findings, confirmed: Confirmed, life: LoanLife) -> None:
    interest, penalty, surcharge = life.fallen_due(confirmed.on)
    known = UNKNOWN if confirmed.figures[-1] == UNKNOWN else surcharge
    expected = (life.overdue_since(confirmed.on), life.outstanding, interest, penalty, known)
    what = "overdue since, fen outstanding, interest, penalty and its surcharge when it was confirmed"
    found.equal(confirmed.id, what, _text(expected), _text(confirmed.figures))


def _rows(rows: Iterable[tuple[Any, ...]]) -> str:
    return "; ".join(_text(row) or "" for row in rows)


def _text(figures: tuple[Any, ...] | None) -> str | None:
    return None if figures is None else ", ".join("–" if value is None else str(value) for value in figures)
