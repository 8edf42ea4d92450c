"""The years of an agreement: each begins on the day of the year on which it began to hold."""

from dataclasses import dataclass
from datetime import date

from shared.dates import add_months


@dataclass(frozen=True, slots=True)
class AgreementYear:
    """A year of an agreement, [first_on, until); `whole_until` is where it ends if nothing ends it before."""

    number: int
    first_on: date
    until: date
    whole_until: date

    @property
    def days(self) -> int:
        """Return how many days of the year the agreement holds."""
        return (self.until - self.first_on).days

    @property
    def whole_days(self) -> int:
        """Return how many days the whole year has, 365 or 366."""
        return (self.whole_until - self.first_on).days


def years_of(valid_from: date, valid_until: date) -> tuple[AgreementYear, ...]:
    """Return the years of [valid_from, valid_until) in order; the last one may be broken."""
    found: list[AgreementYear] = []
    while (first_on := add_months(valid_from, 12 * len(found))) < valid_until:
        whole_until = add_months(valid_from, 12 * len(found) + 12)
        found.append(AgreementYear(len(found) + 1, first_on, min(whole_until, valid_until), whole_until))
    return tuple(found)
