"""The figures of an account on a day: what each instalment owes and received, and what each receipt paid."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.lending.accounts.rules.postings import Contract, Posting, RestDays
from services.lending.loans.rules.rates import Rates
from services.lending.loans.rules.schedule import NOTHING
from services.lending.loans.rules.surcharge import surcharge_of, surcharges_paid
from shared.policy.vocabulary import DueKind

KINDS: Final = (DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)


@dataclass(slots=True)
class Due:
    """One instalment: what it asks for and what it received so far, in yuan; what was remitted it asks for no more.

    `penalty_until` is the day up to which, not including it, its penalty is accrued; `late_after` the last day on which
    it could be met without being late.
    """

    number: int
    period_from: date
    due_on: date
    days: int
    principal: Decimal
    interest: Decimal
    met_on: date
    late_after: date
    penalty_until: date
    signed: bool = True  # of the contract; else put in place of what a prepayment cancelled
    of_misuse: bool = False  # asks for what a misuse adds to the contract's rate, and for nothing else
    penalty: Decimal = NOTHING
    compound: Decimal = NOTHING  # of the penalty, interest on unpaid interest at the contract's rate: paid first
    principal_paid: Decimal = NOTHING
    interest_paid: Decimal = NOTHING
    penalty_paid: Decimal = NOTHING
    principal_remitted: Decimal = NOTHING
    interest_remitted: Decimal = NOTHING
    penalty_remitted: Decimal = NOTHING
    compound_paid: Decimal = NOTHING
    compound_remitted: Decimal = NOTHING
    cancelled_on: date | None = None

    def unpaid(self, kind: DueKind) -> Decimal:
        """Return what one kind still lacks."""
        match kind:
            case DueKind.PENALTY:
                return self.penalty - self.penalty_paid
            case DueKind.INTEREST:
                return self.interest - self.interest_paid
            case DueKind.PRINCIPAL:
                return self.principal - self.principal_paid

    @property
    def overdue_base(self) -> Decimal:
        """Return the principal and interest that are unpaid; penalty never bears penalty."""
        return self.interest - self.interest_paid + self.principal - self.principal_paid

    @property
    def is_open(self) -> bool:
        """Return whether anything is unpaid."""
        return self.cancelled_on is None and (self.overdue_base > 0 or self.penalty > self.penalty_paid)

    @property
    def paid(self) -> Decimal:
        """Return what it received."""
        return self.principal_paid + self.interest_paid + self.penalty_paid

    def remit(self, kind: DueKind, amount: Decimal) -> None:
        """Ask for an amount of one kind no more."""
        match kind:
            case DueKind.PENALTY:
                compound = min(amount, self.compound - self.compound_paid)
                self.compound, self.compound_remitted = self.compound - compound, self.compound_remitted + compound
                self.penalty, self.penalty_remitted = self.penalty - amount, self.penalty_remitted + amount
            case DueKind.INTEREST:
                self.interest, self.interest_remitted = self.interest - amount, self.interest_remitted + amount
            case DueKind.PRINCIPAL:
                self.principal, self.principal_remitted = self.principal - amount, self.principal_remitted + amount

    def receive(self, kind: DueKind, amount: Decimal) -> None:
        """Count an amount (negative: take it back) as paid."""
        match kind:
            case DueKind.PENALTY:
                self.penalty_paid += amount
                self.compound_paid += min(amount, self.compound - self.compound_paid)
            case DueKind.INTEREST:
                self.interest_paid += amount
            case DueKind.PRINCIPAL:
                self.principal_paid += amount


@dataclass(frozen=True, slots=True)
class Accrual:
    """Penalty interest of one instalment for [`period_from`, `until`), on the amount overdue then.

    `compound` is what of it is interest on unpaid interest at the contract's rate.
    """

    number: int
    period_from: date
    until: date
    overdue: Decimal
    amount: Decimal
    compound: Decimal


@dataclass(frozen=True, slots=True)
class Remission:
    """An amount of one kind that an instalment asks for no more (减免), by whose decision; None: within tolerance."""

    number: int
    on: date
    kind: DueKind
    amount: Decimal
    decided_by: UUID | None = None  # the posting
    surcharge: Decimal = NOTHING  # in an amount of penalty


@dataclass(slots=True)
class Receipt:
    """What one receipt paid: by instalment and kind; what it did not pay is held (挂账) or was refunded."""

    posting: Posting
    parts: dict[int, dict[DueKind, Decimal]] = field(default_factory=dict)
    compound: dict[int, Decimal] = field(default_factory=dict)  # of the penalty, by instalment
    held: Decimal = NOTHING
    refunded: Decimal = NOTHING
    principal_left: Decimal = NOTHING  # principal outstanding after it

    def of(self, kind: DueKind) -> dict[int, Decimal]:
        """Return what it paid of one kind by instalment."""
        return {number: part[kind] for number, part in self.parts.items() if kind in part}

    def total(self, kind: DueKind) -> Decimal:
        """Return what it paid of one kind."""
        return sum(self.of(kind).values(), NOTHING)

    def give(self, number: int, kind: DueKind, amount: Decimal) -> None:
        """Count an amount (negative: take it back) for an instalment."""
        part = self.parts.setdefault(number, {})
        part[kind] = part.get(kind, NOTHING) + amount
        if part[kind] == 0:
            del part[kind]
            if not part:
                del self.parts[number]

    def pay(self, due: Due, kind: DueKind, amount: Decimal) -> None:
        """Pay up to an amount of one kind from what is held."""
        share = min(self.held, amount)
        if share > 0:
            self.held -= share
            self.give(due.number, kind, share)
            before = due.compound_paid
            due.receive(kind, share)
            if due.compound_paid > before:
                self.compound[due.number] = self.compound.get(due.number, NOTHING) + due.compound_paid - before

    @property
    def at_penalty_rate(self) -> dict[int, Decimal]:
        """Return what it paid of penalty at the penalty rate, by instalment: there is a surcharge in it."""
        of_penalty = self.of(DueKind.PENALTY).items()
        return {number: paid - self.compound.get(number, NOTHING) for number, paid in of_penalty}


@dataclass(slots=True)
class Misuse:
    """Principal used for another purpose (挪用): the due that asks for what it adds, and what was used as agreed.

    What is repaid repays the misused part first (Civil Code, Article 560: the heavier burden goes first). `until` is
    the first day on which nothing is misused any more.
    """

    due: Due
    as_agreed: Decimal
    until: date | None = None


@dataclass(slots=True)
class Account:
    """A loan after its postings, on the day it was computed for."""

    contract: Contract
    rest_days: RestDays
    dues: list[Due]
    as_of: date
    rates: Rates
    receipts: list[Receipt] = field(default_factory=list)
    accruals: list[Accrual] = field(default_factory=list)
    remissions: list[Remission] = field(default_factory=list)
    closed_on: date | None = None
    was_late: bool = False
    defaulted_on: date | None = None  # a confirmed default that is not cured
    cured_on: date | None = None  # nothing that had fallen due was unpaid any more
    misuses: list[Misuse] = field(default_factory=list)  # one after the other
    refund_missing: Decimal = NOTHING  # refunded, and no longer held since a receipt was taken back: owed by the payee

    @property
    def misuse(self) -> Misuse | None:
        """Return the misuse that goes on."""
        return self.misuses[-1] if self.misuses and self.misuses[-1].until is None else None

    @property
    def live(self) -> Iterable[Due]:
        """Return the instalments in force."""
        return (due for due in self.dues if due.cancelled_on is None)

    @property
    def term_ends_on(self) -> date:
        """Return the last due day in force, when unpaid interest turns to the penalty rate; cancelled: the first."""
        planned = (due.due_on for due in self.live if not due.of_misuse)
        return max(planned, default=self.contract.disbursed_on)

    @property
    def penalty_rate(self) -> Decimal:
        """Return the yearly rate in percent that overdue amounts bear after the last change."""
        return self.rates.last * self.contract.penalty_multiplier

    def surcharge_due(self, due: Due) -> Decimal:
        """Return the surcharge in an instalment's penalty; the rest is interest at the contract's rate."""
        return self._surcharge(due, due.penalty - due.compound)

    def surcharge_asked(self, due: Due) -> Decimal:
        """Return the surcharge in an instalment's penalty before anything of it was remitted."""
        at_penalty_rate = due.penalty + due.penalty_remitted - due.compound - due.compound_remitted
        return self._surcharge(due, at_penalty_rate)

    def surcharge_paid(self, due: Due) -> Decimal:
        """Return the surcharge in what was paid of an instalment's penalty."""
        return self._surcharge(due, due.penalty_paid - due.compound_paid)

    def _surcharge(self, due: Due, penalty: Decimal) -> Decimal:
        """Return the surcharge in a penalty: all of what a misuse adds, a part of what lateness does."""
        return penalty if due.of_misuse else surcharge_of(penalty, self.contract.penalty_multiplier)

    def surcharge_unpaid(self, day: date) -> Decimal:
        """Return the surcharge in the penalty that is unpaid of what fell due by a day."""
        fallen = [due for due in self.live if due.due_on <= day]
        return sum((self.surcharge_due(due) - self.surcharge_paid(due) for due in fallen), NOTHING)

    @property
    def surcharges(self) -> dict[UUID, Decimal]:
        """Return the surcharge that each receipt paid."""
        added = {due.number for due in self.dues if due.of_misuse}
        parts = [receipt.at_penalty_rate for receipt in self.receipts]
        late = [{number: paid for number, paid in part.items() if number not in added} for part in parts]
        paid = surcharges_paid(late, self.contract.penalty_multiplier)
        return {
            receipt.posting.id: surcharge + sum((part[number] for number in added & part.keys()), NOTHING)
            for receipt, surcharge, part in zip(self.receipts, paid, parts, strict=True)
        }

    def remit(self, due: Due, kind: DueKind, amount: Decimal, on: date, decided_by: UUID | None = None) -> None:
        """Let an instalment ask for an amount of one kind no more."""
        if amount > 0:
            before = self.surcharge_due(due)
            due.remit(kind, amount)
            surcharge = before - self.surcharge_due(due)
            self.remissions.append(Remission(due.number, on, kind, amount, decided_by, surcharge))

    def remitted(self, kind: DueKind) -> Decimal:
        """Return what was remitted of one kind."""
        return sum((each.amount for each in self.remissions if each.kind is kind), NOTHING)

    def small_differences(self, day: date) -> Decimal:
        """Return what was remitted on a day as it was within the contract's tolerance."""
        small = (each.amount for each in self.remissions if each.decided_by is None and each.on == day)
        return sum(small, NOTHING)

    @property
    def surcharge_remitted(self) -> Decimal:
        """Return the surcharge in the penalty that was remitted."""
        return sum((each.surcharge for each in self.remissions), NOTHING)

    def paid(self, kind: DueKind) -> Decimal:
        """Return what was paid of one kind."""
        return sum((receipt.total(kind) for receipt in self.receipts), NOTHING)

    @property
    def principal_outstanding(self) -> Decimal:
        """Return the principal that is not repaid."""
        return sum((due.principal - due.principal_paid for due in self.live), NOTHING)

    @property
    def interest_charged(self) -> Decimal:
        """Return all interest of the schedule in force."""
        return sum((due.interest for due in self.live), NOTHING)

    @property
    def penalty_accrued(self) -> Decimal:
        """Return all penalty interest so far."""
        return sum((due.penalty for due in self.live), NOTHING)

    @property
    def held(self) -> Decimal:
        """Return the money received that pays nothing yet (挂账)."""
        return sum((receipt.held for receipt in self.receipts), NOTHING)

    def arrears(self, day: date) -> Decimal:
        """Return what fell due by a day and is unpaid, penalty as accrued so far."""
        return sum(
            (due.overdue_base + due.penalty - due.penalty_paid for due in self.live if due.due_on <= day), NOTHING
        )

    def overdue_from(self, day: date) -> date | None:
        """Return the day since which the loan is overdue, as a day after `late_after` shows it; None: it is not."""
        late = [due.met_on for due in self.live if due.late_after < day and due.overdue_base > 0]
        return date.fromordinal(min(late).toordinal() + 1) if late else None

    def receipt(self, posting_id: UUID) -> Receipt:
        """Return what one posting paid."""
        return next(receipt for receipt in self.receipts if receipt.posting.id == posting_id)
