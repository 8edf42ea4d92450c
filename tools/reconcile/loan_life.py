"""One loan's life worked out anew from its contract and what happened to it: penalty, allocation, early money."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from tools.reconcile.loan_parts import Charge, Contract, Due, GivenUp, Posting, Receipt, met_on
from tools.reconcile.schedule import Row, counted_days, interest, part_of_year, plan, rounded


@dataclass(slots=True)
class LoanLife:
    """The loan as it stands after the postings seen so far; amounts in fen."""

    contract: Contract
    dues: list[Due] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    closed_on: date | None = None
    defaulted_on: date | None = None
    was_late: bool = False
    owed_back: int = 0  # given back, and not there any more
    rates: tuple[tuple[date, Fraction], ...] = ()  # in percent a year, each from its day on
    misuse: Due | None = None  # what stands for the misuse that goes on
    used_well: int = 0

    def __post_init__(self) -> None:
        """Draw up the schedule of the contract."""
        signed = self.contract
        self.rates = ((date.min, signed.rate_percent),)
        rows = plan(signed.principal, self.rates, signed.basis, signed.method, signed.disbursed_on,
                    signed.due_on, signed.rounding)  # fmt: skip
        self.dues = [_due(number, row) for number, row in enumerate(rows, 1)]

    def live(self, postings: Iterable[Posting], until: date) -> "LoanLife":
        """Go through what happened, in the order of the postings' own content, and let held money pay until a day."""
        for (day, _), together in groupby(
            sorted(postings, key=lambda posting: posting.key), lambda posting: posting.key[:2]
        ):
            self._reach(day)
            self._round_off(day - timedelta(days=1))
            self._charge(day)
            same = list(together)
            match same[0].kind:
                case "rate":
                    for posting in same:
                        self._change_rate(day, posting.rate_percent)
                case "default":
                    self.was_late, self.defaulted_on = True, day
                    if any(posting.calls_in for posting in same):
                        self.call_in(day)
                case "refund":
                    self._give_back(sum(posting.amount for posting in same))
                case "misuse":
                    self._misuse(day, sum(posting.amount for posting in same))
                case "misuse_ended":
                    self._end_misuse(day)
                case "remission":
                    for posting in same:
                        self._give_up(posting)
                    self._look(day)
                case _:
                    self._receive(same)
        self._reach(until)
        self._round_off(until)
        return self

    def call_in(self, day: date) -> None:
        """Let everything that is lent fall due on a day, with the interest of the days until then."""
        coming = self._coming(day)
        if coming and self.closed_on is None:
            self._replace(coming, [self._up_to_now(coming, day)], day)

    @property
    def state(self) -> str:
        """Return where the loan stands, as far as its own postings say."""
        return "closed" if self.closed_on else "defaulted" if self.defaulted_on else "active"

    @property
    def held(self) -> int:
        """Return the money that pays nothing yet."""
        return sum(receipt.left for receipt in self.receipts)

    @property
    def outstanding(self) -> int:
        """Return the principal that is not paid."""
        return sum(due.principal - due.principal_paid for due in self.in_force())

    @property
    def interest_charged(self) -> int:
        """Return all interest of the schedule in force."""
        return sum(due.interest for due in self.in_force())

    def in_force(self) -> Iterator[Due]:
        """Return the instalments that no prepayment replaced."""
        return (due for due in self.dues if due.cancelled_on is None)

    def overdue_since(self, day: date) -> date | None:
        """Return the day after the oldest unpaid due was to be met, once its grace is over before `day`."""
        late = [
            met_on(due.due_on, self.contract.own_days)
            for due in self.in_force()
            if due.unpaid and self._grace_ends(due) < day
        ]
        return min(late) + timedelta(days=1) if late else None

    def fallen_due(self, day: date) -> tuple[int, int, int]:
        """Return what fell due until a day and is unpaid: interest, penalty charged until then, and its surcharge."""
        self._charge(day)
        dues = [due for due in self.in_force() if due.due_on <= day]
        surcharge = sum(
            self._extra(due, due.penalty - due.compound) - self._extra(due, due.penalty_paid - due.compound_paid)
            for due in dues
        )
        return sum(due.lacks("interest") for due in dues), sum(due.lacks("penalty") for due in dues), surcharge

    def arrears(self, day: date) -> int:
        """Return everything that fell due until a day and is unpaid, with the penalty charged until then."""
        self._charge(day)
        return sum(due.owed for due in self._owing(day))

    def payoff(self, day: date) -> int:
        """Return what ends the loan on a day: its arrears, and for what is to come the interest of the days used."""
        coming = self._coming(day)
        rest = self._up_to_now(coming, day) if coming else None
        ahead = sum(due.interest_paid for due in coming)
        return max(0, self.arrears(day) + (rest.principal + rest.interest - ahead if rest else 0) - self.held)

    def surcharges(self) -> dict[str, int]:
        """Return what each receipt paid of the surcharge; those of an instalment add up to that of their sum."""
        paid, found = dict[int, int](), dict[str, int]()
        by_number = {due.number: due for due in self.dues}
        for receipt in self.receipts:
            found[receipt.id] = 0
            for number, (penalty, _, _) in receipt.parts.items():
                before = paid.get(number, 0)
                paid[number] = before + penalty - receipt.compound.get(number, 0)
                due = by_number[number]
                found[receipt.id] += self._extra(due, paid[number]) - self._extra(due, before)
        return found

    def _extra(self, due: Due, penalty: int) -> int:
        """Return what of a due's penalty is beyond interest at the contract's rate; for misuse all of it is."""
        return penalty if due.is_of_misuse else self._surcharge(penalty)

    def _surcharge(self, penalty: int) -> int:
        """Return what of a penalty is more than interest at the contract's rate, which is rounded half up."""
        times = max(self.contract.multiplier, Fraction(1))
        return penalty - (2 * penalty * times.denominator + times.numerator) // (2 * times.numerator)

    def _grace_ends(self, due: Due) -> date:
        return met_on(due.due_on + timedelta(days=self.contract.grace_days), self.contract.own_days)

    def _reach(self, day: date) -> None:
        """Let money that is held pay what falls due until a day, on each day on which something does."""
        if not self.held:
            return
        for falls_on in sorted({due.due_on for due in self._owing(day) if not due.is_of_misuse}):
            if self.held and self.closed_on is None:
                self._charge(falls_on)
                self._pay(self._owing(falls_on), self.receipts)
                self._look(falls_on)

    def _charge(self, day: date) -> None:
        two_rates = self.contract.late_interest == "contract_rate_then_penalty_rate"
        end = max(due.due_on for due in self.in_force() if not due.is_of_misuse) if two_rates else date.min
        for due in self.in_force():
            start = max(due.charged_until, self._grace_ends(due))
            if due.unpaid and due.due_on <= day and start < day:
                self.was_late = True
                turn = min(max(start, end), day)
                self._charge_days(due, start, turn, with_surcharge=False)
                self._charge_days(due, turn, day, with_surcharge=True)
        self._charge_misuse(day)

    def _misuse(self, day: date, amount: int) -> None:
        """Let so much of what is lent be misused from a day on; what is paid back is paid back of it first."""
        lent = self.outstanding
        if lent:
            self._end_misuse(day)
            number = max(due.number for due in self.dues) + 1
            self.misuse = Due(number, day, day, 0, 0, 0, day, signed=False, is_of_misuse=True)
            self.dues.append(self.misuse)
            self.used_well = lent - min(amount, lent)

    def _end_misuse(self, day: date) -> None:
        if self.misuse is not None:
            self.misuse.used_well_from, self.misuse = day, None

    def _charge_misuse(self, day: date) -> None:
        """Charge what misused principal bears above the contract's rate, or where it is late above the penalty rate."""
        bad = self.outstanding - self.used_well
        if self.misuse is None or bad <= 0 or self.misuse.charged_until >= day:
            return
        signed, start, left, weighed = self.contract, self.misuse.charged_until, bad, Fraction(0)
        for due in sorted(self.in_force(), key=lambda due: (due.due_on, due.number)):
            share = min(left, due.lacks("principal"))
            left -= share
            turn = min(max(start, self._grace_ends(due)), day)
            for times, since, until in ((Fraction(1), start, turn), (signed.multiplier, turn, day)):
                heavier = max(signed.misuse_multiplier - times, Fraction(0))
                weighed += share * heavier * part_of_year(signed.basis, since, until)
        amount = rounded(weighed * self.rates[-1][1] / 100, signed.rounding)
        self.charges.append(Charge(self.misuse.number, start, day, bad, amount, 0))
        self.misuse.penalty, self.misuse.charged_until = self.misuse.penalty + amount, day

    def _charge_days(self, due: Due, start: date, until: date, *, with_surcharge: bool) -> None:
        """Charge one stretch of days on principal, and on interest that is late, with or without the surcharge."""
        signed, rate = self.contract, self.rates[-1][1]
        late = 0 if signed.late_interest == "nothing" else due.lacks("interest")
        owed = due.lacks("principal") + late
        if start < until and owed:
            harsh = owed if with_surcharge else owed - late
            penalty = interest(harsh, rate * signed.multiplier, signed.basis, start, until, signed.rounding)
            compound = 0 if with_surcharge else interest(late, rate, signed.basis, start, until, signed.rounding)
            self.charges.append(Charge(due.number, start, until, owed, penalty + compound, compound))
            due.penalty, due.compound, due.charged_until = (
                due.penalty + penalty + compound,
                due.compound + compound,
                until,
            )

    def _owing(self, day: date) -> list[Due]:
        dues = [due for due in self.in_force() if due.due_on <= day and due.owed]
        return sorted(dues, key=lambda due: (due.due_on, due.number))

    def _pay(self, dues: Iterable[Due], receipts: Sequence[Receipt], kinds: Sequence[str] | None = None) -> None:
        for due in dues:
            for kind in kinds or self.contract.order:
                for receipt in receipts:
                    receipt.pay(due, kind)

    def _give_up(self, posting: Posting) -> None:
        left = posting.amount
        for due in self._owing(posting.on):
            left -= self._let_go(due, posting.on, posting.gives_up, left, posting.id)

    def _let_go(self, due: Due, day: date, kind: str, most: int, decided_by: str | None = None) -> int:
        before = self._extra(due, due.penalty - due.compound)
        amount = due.give_up(kind, most)
        if amount:
            surcharge = before - self._extra(due, due.penalty - due.compound)
            self.given_up.append(GivenUp(due.number, day, kind, amount, decided_by, surcharge))
        return amount

    def _is_small(self, due: Due) -> bool:
        has_paid = due.principal_paid + due.interest_paid + due.penalty_paid > 0
        return has_paid and not due.is_of_misuse and 0 < due.owed <= self.contract.small

    def _round_off(self, day: date) -> None:
        """Give up, on its day, the small rest of what was paid ahead and fell due until a day."""
        for due in self._owing(day):
            if self.closed_on is None and self._is_small(due):
                self._look(due.due_on)

    def _look(self, day: date) -> None:
        """Give up small rests; close the loan on which nothing is owed, end a default when nothing that fell due is."""
        for due in self._owing(day):
            if self._is_small(due):
                for kind in due.given_up:
                    self._let_go(due, day, kind, due.lacks(kind))
        if self.outstanding <= self.used_well:
            self._end_misuse(day)
        if self.closed_on is None and not any(due.owed for due in self.in_force()):
            self.closed_on = day
        if not self._owing(day):
            self.defaulted_on = None

    def _receive(self, postings: Sequence[Posting]) -> None:
        """Use the money of one day and kind as one sum; what each brought pays in the order of the references."""
        day, before = postings[0].on, self.outstanding
        fresh = [Receipt(posting.id, day, posting.amount) for posting in postings]
        self.receipts += fresh
        if self.closed_on is None:
            self._pay(self._owing(day), [receipt for receipt in self.receipts if receipt.left])
            self._pay_early(fresh, is_prepayment=postings[0].kind == "prepayment")
            self._look(day)
        for receipt in fresh:
            before -= sum(principal for _, _, principal in receipt.parts.values())
            receipt.outstanding = before

    def _pay_early(self, fresh: Sequence[Receipt], *, is_prepayment: bool) -> None:
        day, window = fresh[0].on, fresh[0].on + timedelta(days=self.contract.window_days)
        coming = self._coming(day)
        money = sum(receipt.left for receipt in fresh)
        if not money or not coming:
            return
        now = self._up_to_now(coming, day)
        ahead = sum(due.interest_paid for due in coming)
        is_allowed = is_prepayment and self.contract.may_replan
        if (
            is_allowed or coming[-1].due_on <= window
        ) and self.held + ahead + self.contract.small >= now.principal + now.interest:
            self._replace(coming, [now], day)
            self._pay([now], self.receipts)
            return
        part = money - max(now.interest - ahead, 0)
        rows = self._planned(coming, day, now.principal - part) if is_allowed and 0 < part < now.principal else None
        if rows is None:
            self._pay((due for due in coming if due.due_on <= window), fresh, ("interest",))
            return
        now.principal = part
        self._replace(coming, [now, *(_due(now.number + place, row, day) for place, row in enumerate(rows, 1))], day)
        self._pay([now], fresh)

    def _up_to_now(self, coming: Sequence[Due], day: date) -> Due:
        """Return one instalment for all that is to come, with the interest of the days that were really used."""
        signed, start = self.contract, min(due.period_from for due in coming)
        balance = sum(due.principal for due in coming)
        used = interest(balance, self.rates, signed.basis, start, day, signed.rounding)
        row = Row(start, day, counted_days(signed.basis, start, day), balance, used)
        return _due(max(due.number for due in self.dues) + 1, row, day)

    def _coming(self, day: date) -> list[Due]:
        return sorted((due for due in self.in_force() if due.due_on > day), key=lambda due: (due.due_on, due.number))

    def _planned(self, coming: Sequence[Due], start: date, balance: int) -> Sequence[Row] | None:
        signed, later = self.contract, tuple(due.due_on for due in coming)
        try:
            return plan(balance, self.rates, signed.basis, signed.method, start, later, signed.rounding)
        except ValueError:  # no instalment of a level plan may be less than its interest
            return None

    def _change_rate(self, day: date, percent: Fraction) -> None:
        """Let a rate hold from a day on, and plan what is to come at the rate of each of its days."""
        self.rates = (*(each for each in self.rates if each[0] < day), (day, percent))
        coming = self._coming(day)
        if self.closed_on is not None or not coming:
            return
        balance = sum(due.principal for due in coming)
        is_level = self.contract.method == "equal_installment"
        rows = self._planned(coming, coming[0].period_from, balance) if is_level else None
        rows = rows or self._at_new_rates(coming, balance)
        if [(row.principal, row.interest) for row in rows] != [(due.principal, due.interest) for due in coming]:
            first = max(due.number for due in self.dues) + 1
            self._replace(coming, [_due(first + place, row, day) for place, row in enumerate(rows)], day)

    def _at_new_rates(self, coming: Sequence[Due], balance: int) -> list[Row]:
        """Return what is to come with its principal as it was planned, and the interest of each period anew."""
        signed, rows = self.contract, []
        for due in coming:
            bears = signed.method != "bullet" or due is coming[-1]
            anew = interest(balance, self.rates, signed.basis, due.period_from, due.due_on, signed.rounding)
            rows.append(Row(due.period_from, due.due_on, due.days, due.principal, anew if bears else due.interest))
            balance -= due.principal
        return rows

    def _replace(self, coming: Sequence[Due], rows: Sequence[Due], day: date) -> None:
        """Put rows in place of what was to come; interest that was paid ahead goes over to them, oldest money first."""
        numbers = [due.number for due in coming]
        for due in coming:
            due.cancelled_on, due.interest_paid = day, 0
        self.dues += rows
        for receipt in self.receipts:
            for number in sorted(set(numbers) & receipt.parts.keys()):
                _, moved, _ = receipt.parts.pop(number)
                receipt.left += moved
                for row in rows:
                    moved -= receipt.pay(row, "interest", moved)

    def _give_back(self, amount: int) -> None:
        """Take what is refunded from the money that came last; what is not there is owed by who got it."""
        for receipt in reversed(self.receipts):
            share = min(receipt.left, amount)
            receipt.left, receipt.given_back, amount = receipt.left - share, receipt.given_back + share, amount - share
        self.owed_back += amount


def _due(number: int, row: Row, replacing_on: date | None = None) -> Due:
    return Due(number, row.period_from, row.due_on, row.days, row.principal, row.interest, row.due_on,
               signed=replacing_on is None)  # fmt: skip
