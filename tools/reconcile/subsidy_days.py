"""Which interest of a loan repeats days that were paid before: the reconciliation's own reading, day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tools.reconcile.schedule import part_of_year, rate, rounded
from tools.reconcile.world import World

ONE_DAY = timedelta(days=1)
# Loans of which instalments overlap, with all that was ever published of them; money in fen.
_PUBLISHED = """
SELECT p.loan_id::text AS loan_id, p.repayment_id::text AS repayment_id, p.installment_number, p.loan_version,
  p.superseded_by, (p.amount * 100)::bigint AS amount, p.period_from, p.period_until, p.paid_on,
  p.kind = 'prepayment' AS is_prepaid, p.bank_reference, (a.principal * 100)::bigint AS principal,
  trim_scale(a.annual_rate)::text AS annual_rate, a.day_count
FROM interest_payment p JOIN subsidy_account a USING (loan_id)
WHERE p.loan_id IN (
  SELECT o.loan_id FROM interest_payment o JOIN interest_payment e ON e.loan_id = o.loan_id
    AND e.installment_number < o.installment_number AND e.period_from < o.period_until
    AND o.period_from < e.period_until)
"""
_APPLIED = """
SELECT aggregate_id::text || ' ' || aggregate_version, applied_at FROM inbox
WHERE consumer = 'subsidy-lending' AND state = 'applied' AND event_name IN ('repayment-recorded', 'loan-restated')
"""


_RATES = """
SELECT loan_id::text, from_on, trim_scale(annual_rate)::text, loan_version, superseded_by FROM account_rate
ORDER BY loan_id, from_on
"""
Steps = tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """One rate of a contract that changed, from its day on, and between which instants it was known."""

    from_on: date
    rate_percent: Fraction
    known_at: datetime | None
    known_until: datetime | None

    def is_known(self, at: datetime | None) -> bool:
        """Return whether it counted at an instant; None: whether it counts now."""
        return _is_known(self, at)


def steps(changed: Sequence[Changed], at: datetime | None) -> Steps:
    """Return a contract's rates as they were known at an instant, or none: it had one rate."""
    return tuple((each.from_on, each.rate_percent) for each in changed if each.is_known(at))


async def changed_rates(world: World) -> dict[str, list[Changed]]:
    """Return the rates of every contract that changed, with all that was ever published of them."""
    applied = await world["subsidy"].map(_APPLIED)
    found: dict[str, list[Changed]] = {}
    for loan_id, from_on, annual_rate, version, superseded_by in await world["subsidy"].rows(_RATES):
        known = (applied.get(f"{loan_id} {each}") for each in (version, superseded_by))
        found.setdefault(loan_id, []).append(Changed(from_on, rate(annual_rate), *known))
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """Interest in fen that a loan published from an instant until it published it otherwise."""

    key: tuple[str, int]
    amount: int
    first_on: date
    until: date
    place: tuple[Any, ...]
    known_at: datetime | None
    known_until: datetime | None

    def is_known(self, at: datetime | None) -> bool:
        """Return whether it counted at an instant; None: whether it counts now."""
        return _is_known(self, at)


def _is_known(each: "Published | Changed", at: datetime | None) -> bool:
    if at is None:
        return each.known_until is None
    return (each.known_at is None or each.known_at <= at) and (each.known_until is None or at < each.known_until)


@dataclass(frozen=True, slots=True)
class Crowded:
    """A loan with overlapping instalments: what the contract bears a day, and all that was published."""

    principal: int
    rate_percent: Fraction
    basis: str
    published: tuple[Published, ...]
    changed: tuple[Changed, ...] = ()

    def counted(self, at: datetime | None) -> dict[tuple[str, int], int]:
        """Return how many fen of each payment count by what was known at an instant."""
        found: dict[tuple[str, int], int] = {}
        rates = steps(self.changed, at) or ((date.min, self.rate_percent),)
        for together in _touching([each for each in self.published if each.is_known(at)]):
            seen: set[date] = set()
            given = 0
            for each in sorted(together, key=lambda one: one.place):
                seen.update(_days_of(each))
                room = self._borne(seen, rates) - given
                is_alone = len({one.key[1] for one in together}) == 1
                found[each.key] = each.amount if is_alone else max(0, min(each.amount, room))
                given += found[each.key]
        return found

    def _borne(self, days: Iterable[date], rates: Steps) -> int:
        earned = Fraction(0)
        for day in days:
            held = [percent for since, percent in rates if since <= day] or [rates[0][1]]
            earned += held[-1] * part_of_year(self.basis, day, day + ONE_DAY)
        return rounded(self.principal * earned / 100, "half_up")


async def crowded_loans(world: World) -> dict[str, Crowded]:
    """Return the loans whose instalments overlap."""
    applied, changed = await world["subsidy"].map(_APPLIED), await changed_rates(world)
    rows: dict[str, list[Any]] = {}
    for row in await world["subsidy"].rows(_PUBLISHED):
        rows.setdefault(row["loan_id"], []).append(row)
    return {loan_id: _crowded(each, applied, tuple(changed.get(loan_id, ()))) for loan_id, each in rows.items()}


def _crowded(rows: Sequence[Any], applied: dict[str, Any], changed: tuple[Changed, ...]) -> Crowded:
    loan = rows[0]
    published = tuple(
        Published(
            key=(row["repayment_id"], row["installment_number"]),
            amount=row["amount"],
            first_on=row["period_from"],
            until=row["period_until"],
            place=(row["paid_on"], row["is_prepaid"], row["bank_reference"], row["installment_number"],
                   row["repayment_id"]),
            known_at=applied.get(f"{row['loan_id']} {row['loan_version']}"),
            known_until=applied.get(f"{row['loan_id']} {row['superseded_by']}"),
        )
        for row in rows
    )  # fmt: skip
    return Crowded(loan["principal"], rate(loan["annual_rate"]), loan["day_count"], published, changed)


def _touching(published: Sequence[Published]) -> list[list[Published]]:
    groups: list[list[Published]] = []
    for each in sorted(published, key=lambda one: (one.first_on, one.until)):
        if groups and each.first_on < max(one.until for one in groups[-1]):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _days_of(published: Published) -> list[date]:
    return [
        published.first_on + timedelta(days=number)
        for number in range(max((published.until - published.first_on).days, 1))
    ]
