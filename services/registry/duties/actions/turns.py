"""Turns of a duty that returns, for a place, a loan or an entity: under which packs, in which rhythm."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.duties.pack_rules import Duty
from shared.policy.in_force import ConfirmedPack
from shared.rules.periods import Period, RuleFrom, periods

Rules = Mapping[str, Sequence[tuple[date, ConfirmedPack]]]  # by place: the packs in force from a day on, in order


@dataclass(frozen=True, slots=True)
class Turns:
    """A duty that returns: what holds of it from a day on, and its rhythm."""

    duties: Mapping[date, tuple[Duty, UUID]]
    rules: tuple[RuleFrom, ...]

    def through(self, begins_on: date, last_day: date) -> Iterator[tuple[Duty, UUID, Period]]:
        """Yield each turn that opens from `begins_on` to `last_day`, with the duty and the pack that held then."""
        for period in periods(begins_on, self.rules, last_day):
            duty, pack_id = next(
                self.duties[day] for day in sorted(self.duties, reverse=True) if day <= period.opens_on
            )
            yield duty, pack_id, period


def turns_of(stated: Sequence[tuple[date, UUID, tuple[Duty, ...]]]) -> Iterator[Turns]:
    """Yield each series that any of the packs has, with its rhythm from pack to pack."""
    for series in sorted({duty.series for _, _, duties in stated for duty in duties}):
        by_day = {
            day: (next((each for each in duties if each.series == series), None), pack_id)
            for day, pack_id, duties in stated
        }
        rules = tuple(RuleFrom(day, duty.every if duty else None) for day, (duty, _) in by_day.items())
        yield Turns({day: (duty, pack_id) for day, (duty, pack_id) in by_day.items() if duty}, rules)


def turn_row(duty: Duty, pack_id: UUID, period: Period, region_code: str) -> dict[str, Any]:
    """Return a turn as it is stored."""
    return {
        "region_code": region_code,
        "kind": duty.kind,
        "series": duty.series,
        "offices": list(duty.offices),
        "pictures": duty.pictures,
        "opens_on": period.opens_on.isoformat(),
        "due_on": period.due_on.isoformat(),
        "pack_id": str(pack_id),
    }
