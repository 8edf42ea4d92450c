"""A loan account as a patient clerk keeps it: one day after the other, by hand (decision 17).

The clerk opens the book every morning. What is held pays what falls due that day; then the day's postings are entered,
kind by kind, another rate first, each kind as one sum; in the evening a small lack of what has fallen due is let go.
Interest is counted day by day and rounded once for every stretch of days. Nothing here knows in which order anything
was booked. `accounts.replay` and the statement that books a repayment must agree with the clerk to the fen. Clauses:
FJ-11, SX-5; Civil Code, Articles 203, 530, 677.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.loans.rules.day_count import RuleRefused
from services.lending.loans.rules.rates import Rates
from services.lending.loans.rules.schedule import Installment, in_fen, installments
from shared.policy.vocabulary import DueKind, RepaymentMethod
from spec.account_book import ONE_DAY, ZERO, Money, Row, interest, part_of_a_year, total

FEN = Decimal("0.01")


class Clerk:
    """The book of one loan, kept up to a day."""

    def __init__(self, contract: Contract, postings: Iterable[Posting], rest: RestDays, as_of: date) -> None:
        self.contract, self.rest = contract, rest
        self.rates = Rates(contract.annual_rate)
        self.rows = [self._row(each) for each in contract.schedule]
        self.money: list[Money] = []
        self.closed_on: date | None = None
        self.defaulted_on: date | None = None
        self.was_late = False
        self.refund_missing = ZERO
        self.fine: Row | None = None  # while money is misused
        self.rightly_used = ZERO
        rank = list(PostingKind).index
        in_order = sorted(postings, key=lambda each: (each.value_on, rank(each.kind), each.reference.encode()))
        by_day = {day: list(of_day) for day, of_day in groupby(in_order, key=lambda each: each.value_on)}
        day = contract.disbursed_on
        while day <= as_of:
            self._open(day)
            for kind, together in groupby(by_day.get(day, ()), key=lambda each: each.kind):
                self._charge_penalty(day)
                self._enter(kind, list(together), day)
            self._shut(day)
            day += ONE_DAY

    @property
    def valid(self) -> list[Row]:
        """Return the rows that are not struck out, in the order of their days."""
        return sorted((row for row in self.rows if not row.struck_out), key=lambda row: (row.due_on, row.number))

    @property
    def drawer(self) -> Decimal:
        """Return what is held."""
        return sum((each.drawer for each in self.money), ZERO)

    @property
    def surcharges(self) -> dict[UUID, Decimal]:
        """Return what of the penalty that each sum paid goes beyond interest at the contract's rate.

        The clerk keeps two columns for each row, the penalty paid so far and the contract's part of it to the fen, and
        enters what either grows by.
        """
        fines = {row.number for row in self.rows if row.is_fine}
        times, so_far = max(self.contract.penalty_multiplier, Decimal(1)), dict[int, Decimal]()
        found: dict[UUID, Decimal] = {}
        for each in self.money:
            found[each.posting.id] = ZERO
            for (number, kind), went in each.went.items():
                if kind is DueKind.PENALTY and number in fines:
                    found[each.posting.id] += went
                elif kind is DueKind.PENALTY:
                    before, went = so_far.get(number, ZERO), went - each.mild.get(number, ZERO)
                    so_far[number] = before + went
                    grew = [(paid / times).quantize(FEN, ROUND_HALF_UP) for paid in (before, before + went)]
                    found[each.posting.id] += went - (grew[1] - grew[0])
        return found

    def _row(self, planned: Installment, number: int | None = None) -> Row:
        return Row(
            number=planned.number if number is None else number,
            since=planned.period_from,
            due_on=planned.due_on,
            late_after=self.rest.late_after(planned.due_on, self.contract.grace_days),
            asks={DueKind.PENALTY: ZERO, DueKind.INTEREST: planned.interest, DueKind.PRINCIPAL: planned.principal},
        )

    def _due(self, day: date) -> list[Row]:
        return [row for row in self.valid if row.due_on <= day and row.lacks(*DueKind) > 0]

    def _open(self, day: date) -> None:
        """Morning: what is held pays what falls due, the oldest money first."""
        falls_due = any(not row.is_fine for row in self._due(day))
        if self.closed_on is None and self.drawer > 0 and falls_due:
            self._charge_penalty(day)
            self._pay_due([each for each in self.money if each.drawer > 0], day)

    def _shut(self, day: date) -> None:
        """Evening: a small lack of what has fallen due is let go, on the day it fell due."""
        if self.closed_on is None:
            for row in self._due(day):
                if self._is_small(row):
                    self._rule_off(row.due_on)

    def _charge_penalty(self, day: date) -> None:
        for row in self.valid:
            overdue = row.lacks(DueKind.INTEREST, DueKind.PRINCIPAL)
            since = max(row.penalty_until, row.late_after)
            if overdue > 0 and row.due_on <= day and since < day:
                self.was_late, row.penalty_until, turn = True, day, self._turn(since)
                if since < turn < day:
                    self._charge_row(row, since, turn, in_term=True)
                    since = turn
                self._charge_row(row, since, day, in_term=since < turn)
        self._charge_fine(day)

    def _charge_fine(self, day: date) -> None:
        """Add, day by day, what misused money bears beyond what it is charged already; rounded once."""
        fine, terms = self.fine, self.contract
        lent = total(row.lacks(DueKind.PRINCIPAL) for row in self.valid)
        if fine is None or fine.penalty_until >= day or lent <= self.rightly_used:
            return
        exact = Fraction(0)
        for number in range((day - fine.penalty_until).days):
            today, left = fine.penalty_until + timedelta(days=number), lent - self.rightly_used
            for row in self.valid:
                part = min(left, row.lacks(DueKind.PRINCIPAL))
                left -= part
                charged = terms.penalty_multiplier if row.due_on <= today and row.late_after <= today else Decimal(1)
                times = max(charged, terms.misuse_multiplier) - charged
                exact += Fraction(part * self.rates.last * times) / 100 * part_of_a_year(today, terms.day_count)
        fine.asks[DueKind.PENALTY] += in_fen(exact, terms.rounding)
        fine.penalty_until = day

    def _misuse(self, amount: Decimal, day: date) -> None:
        """Open a row for the fine; what is repaid from now on is of the misused money first."""
        lent = total(row.lacks(DueKind.PRINCIPAL) for row in self.valid)
        if lent > 0 and amount > 0:
            number, asks = max(row.number for row in self.rows) + 1, dict.fromkeys(DueKind, ZERO)
            self.fine = Row(number, day, day, day, asks, penalty_until=day, is_fine=True)
            self.rows.append(self.fine)
            self.rightly_used = max(ZERO, lent - amount)

    def _turn(self, since: date) -> date:
        """Return the day from which late interest bears the penalty rate: the last due day, else the first day late."""
        two_rates = self.contract.unpaid_interest_bears == "contract_rate_then_penalty_rate"
        return max(row.due_on for row in self.valid if not row.is_fine) if two_rates else since

    def _charge_row(self, row: Row, begin: date, end: date, *, in_term: bool) -> None:
        terms, rate = self.contract, self.rates.last
        late = ZERO if terms.unpaid_interest_bears == "nothing" else row.lacks(DueKind.INTEREST)
        mild, hard = (late, ZERO) if in_term else (ZERO, late)
        hard += row.lacks(DueKind.PRINCIPAL)
        grows = interest(mild, Rates(rate), begin, end, terms.day_count, terms.rounding)
        row.mild += grows
        row.asks[DueKind.PENALTY] += grows + interest(
            hard, Rates(rate * terms.penalty_multiplier), begin, end, terms.day_count, terms.rounding
        )

    def _enter(self, kind: PostingKind, postings: Sequence[Posting], day: date) -> None:
        if kind is PostingKind.RATE:
            for posting in postings:
                self._change_rate(posting.annual_rate or ZERO, day)
        elif kind is PostingKind.DEFAULT:
            self.was_late, self.defaulted_on = True, day
            if any(posting.accelerates for posting in postings):
                self._call_in(day)
        elif kind in (PostingKind.MISUSE_ENDED, PostingKind.MISUSE):
            self.fine = None
            self._misuse(total(each.amount for each in postings if each.kind is PostingKind.MISUSE), day)
        elif kind is PostingKind.REMISSION:
            for posting in postings:
                left = posting.amount
                for row in self._due(day):
                    left -= row.let_go(posting.remits or DueKind.PENALTY, left)
            self._rule_off(day)
        elif kind is PostingKind.REFUND:
            for posting in postings:
                self._hand_back(posting.amount)
        else:
            received = [Money(posting, posting.amount) for posting in postings]
            self.money.extend(received)
            if self.closed_on is None:
                self._pay_due([each for each in self.money if each.drawer > 0], day)
                self._pay_ahead(received, kind, day)
                self._rule_off(day)

    def _call_in(self, day: date) -> None:
        """Ask for all that is lent on one day: one row, with interest for the days used, for all that was coming."""
        coming = [row for row in self.valid if row.due_on > day]
        if self.closed_on is None and coming:
            principal = total(row.asks[DueKind.PRINCIPAL] for row in coming)
            row = self._today(coming, day, self._interest_used(coming, day), principal)
            row.late_after = self.rest.late_after(day, self.contract.grace_days)
            self._strike_out(coming, [row])
            if self.drawer > 0:
                self._pay_due([each for each in self.money if each.drawer > 0], day)

    def _change_rate(self, rate: Decimal, day: date) -> None:
        """Work out anew what is to come: each day at its rate, principal as before or in equal instalments again."""
        self.rates = self.rates.changed(day, rate)
        coming, terms = [row for row in self.valid if row.due_on > day], self.contract
        if self.closed_on is not None or not coming:
            return
        left = total(row.asks[DueKind.PRINCIPAL] for row in coming)
        days, since = tuple(row.due_on for row in coming), min(row.since for row in coming)
        plan = [(row.asks[DueKind.PRINCIPAL], bears) for row, bears in zip(coming, self._anew(coming), strict=True)]
        if terms.repayment_method is RepaymentMethod.EQUAL_INSTALLMENT:
            with suppress(RuleRefused):
                level = installments(
                    left, self.rates, terms.day_count, terms.repayment_method, since, days, terms.rounding
                )
                plan = [(each.principal, each.interest) for each in level]
        if plan == [(row.asks[DueKind.PRINCIPAL], row.asks[DueKind.INTEREST]) for row in coming]:
            return
        number = max(row.number for row in self.rows) + 1
        rows = [
            Row(
                number + place,
                row.since,
                row.due_on,
                row.late_after,
                {DueKind.PENALTY: ZERO, DueKind.INTEREST: bears, DueKind.PRINCIPAL: principal},
            )
            for place, (row, (principal, bears)) in enumerate(zip(coming, plan, strict=True))
        ]
        self._strike_out(coming, rows)

    def _anew(self, coming: Sequence[Row]) -> list[Decimal]:
        """Return the interest of each row on what is still lent in its days; a bullet loan pays it at its end."""
        terms, found = self.contract, []
        left = total(row.asks[DueKind.PRINCIPAL] for row in coming)
        for row in coming:
            waits = terms.repayment_method is RepaymentMethod.BULLET and row is not coming[-1]
            amount = interest(left, self.rates, row.since, row.due_on, terms.day_count, terms.rounding)
            found.append(row.asks[DueKind.INTEREST] if waits else amount)
            left -= row.asks[DueKind.PRINCIPAL]
        return found

    def _hand_back(self, amount: Decimal) -> None:
        for each in reversed(self.money):
            share = min(each.drawer, amount)
            each.drawer, each.refunded, amount = each.drawer - share, each.refunded + share, amount - share
        self.refund_missing += amount

    def _pay_due(self, money: Sequence[Money], day: date) -> None:
        """Pay what has fallen due, the oldest row in full before the next, kind by kind as the contract says."""
        for row in self._due(day):
            self._fill(row, money, self.contract.allocation_order)
        self._rule_off(day)

    def _fill(self, row: Row, money: Sequence[Money], kinds: Iterable[DueKind]) -> None:
        for kind in kinds:
            for each in money:
                each.give(row, kind, row.lacks(kind))

    def _rule_off(self, day: date) -> None:
        """Let small lacks go; close the book when nothing is unpaid, lift a default when nothing that fell due is."""
        for row in self._due(day):
            if self._is_small(row):
                for kind in DueKind:
                    row.let_go(kind, row.lacks(kind))
        if self.closed_on is None and all(row.lacks(*DueKind) == 0 for row in self.valid):
            self.closed_on = day
        if self.defaulted_on is not None and not self._due(day):
            self.defaulted_on = None

    def _is_small(self, row: Row) -> bool:
        return not row.is_fine and any(row.got.values()) and row.lacks(*DueKind) <= self.contract.tolerance

    def _pay_ahead(self, received: Sequence[Money], kind: PostingKind, day: date) -> None:
        """Use what is left after arrears: it ends the loan, repays a part, pays interest in the window, or is held."""
        coming, left = [row for row in self.valid if row.due_on > day], sum((each.drawer for each in received), ZERO)
        if left == 0 or not coming:
            return
        window = day + timedelta(days=self.contract.early_payment_window_days)
        prepays = kind is PostingKind.PREPAYMENT and self.contract.prepayment_allowed
        used, principal = self._interest_used(coming, day), total(row.asks[DueKind.PRINCIPAL] for row in coming)
        ahead = total(row.got[DueKind.INTEREST] for row in coming)
        if (
            prepays or coming[-1].due_on <= window
        ) and self.drawer >= principal + used - ahead - self.contract.tolerance:
            self._plan_anew(coming, self._today(coming, day, used, principal), (), self.money)
        elif not (prepays and self._repay_part(coming, received, left - max(ZERO, used - ahead), used, day)):
            for row in coming:
                if row.due_on <= window:
                    self._fill(row, received, [DueKind.INTEREST])

    def _repay_part(
        self, coming: Sequence[Row], received: Sequence[Money], part: Decimal, used: Decimal, day: date
    ) -> bool:
        left, terms = total(row.asks[DueKind.PRINCIPAL] for row in coming) - part, self.contract
        if part <= 0 or left <= 0:
            return False
        days = tuple(row.due_on for row in coming)
        try:
            plan = installments(left, self.rates, terms.day_count, terms.repayment_method, day, days, terms.rounding)
        except RuleRefused:
            return False
        self._plan_anew(coming, self._today(coming, day, used, part), plan, received)
        return True

    def _interest_used(self, coming: Sequence[Row], day: date) -> Decimal:
        terms, since = self.contract, min(row.since for row in coming)
        principal = total(row.asks[DueKind.PRINCIPAL] for row in coming)
        return interest(principal, self.rates, since, day, terms.day_count, terms.rounding)

    def _today(self, coming: Sequence[Row], day: date, used: Decimal, principal: Decimal) -> Row:
        asks = {DueKind.PENALTY: ZERO, DueKind.INTEREST: used, DueKind.PRINCIPAL: principal}
        number = max(row.number for row in self.rows) + 1
        return Row(number, min(row.since for row in coming), day, day, asks, penalty_until=day)

    def _plan_anew(
        self, coming: Sequence[Row], today: Row, plan: Sequence[Installment], money: Sequence[Money]
    ) -> None:
        """Strike out what was coming; what was paid ahead for it pays the new rows, the rest returns to the drawer."""
        rows = [today, *(self._row(each, today.number + place) for place, each in enumerate(plan, start=1))]
        self._strike_out(coming, rows)
        self._fill(today, money, self.contract.allocation_order)

    def _strike_out(self, coming: Sequence[Row], rows: Sequence[Row]) -> None:
        for old in coming:
            old.struck_out, old.got = True, dict.fromkeys(DueKind, ZERO)
        self.rows.extend(rows)
        struck = {old.number for old in coming}
        for each in self.money:
            for number, kind in sorted(each.went):
                if number in struck:
                    back = each.went.pop((number, kind))
                    each.drawer += back
                    for row in rows:
                        back -= each.give(row, DueKind.INTEREST, min(back, row.lacks(DueKind.INTEREST)))
