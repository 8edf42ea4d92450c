"""Put right entries that rested on what lending tells otherwise now: they end, never held, or hold again (LG-22)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.registry.standing.lists.actions import entries, quotas
from services.registry.standing.lists.actions.automatic import DEBT_CLEARED, LISTS, list_rules
from services.registry.standing.lists.actions.entries import Ended, Entry
from services.registry.standing.lists.rules import Lateness, is_listed_for_lateness, lateness_of
from shared.db import Connection
from shared.events.lending import DefaultLifted, DisbursementReversed, LoanRestated, RecoveryReversed

_ARREARS_PAID: Final = "欠款已还清 The arrears are paid"
_NEVER_LATE: Final = "更正后未曾逾期，列入有误 The loan was never late, as corrected; the entry was wrong"
_NO_DEFAULT: Final = "违约认定已撤销，列入有误 The default was withdrawn; the entry was wrong"
_NEVER_LENT: Final = "放款已冲正，列入有误 The disbursement was taken back; the entry was wrong"
_DEFAULT_OVER: Final = "违约认定已解除 The default stands no more"
_MALICIOUS: Final = """
SELECT k.loan_id FROM household_loan k
WHERE k.loan_id = ANY ($1::uuid[]) AND k.malicious AND k.default_lifted_on IS NULL
  AND NOT EXISTS (SELECT FROM listing l WHERE l.loan_id = k.loan_id AND l.list_name = 'blacklist'
                    AND l.clear_cause = 'appeal_accepted')
"""
_APPEALED: Final = """
SELECT l.loan_id FROM listing l JOIN unnest($1::uuid[], $2::date[]) AS a (loan_id, overdue_from) USING (loan_id)
WHERE l.list_name = 'dishonesty' AND l.clear_cause = 'appeal_accepted' AND l.listed_on >= a.overdue_from
"""


@dataclass(frozen=True, slots=True)
class Owing:
    """A loan that is not repaid, as a correction leaves it: its entry on a list, since when it is late, its default."""

    entry: Entry
    overdue_from: date | None
    in_default: bool

    @property
    def rule_on(self) -> tuple[str, date]:
        """Return the village and the day whose rule decides."""
        return self.entry[2], self.entry[3]


async def settle_restated(conn: Connection, events: Sequence[LoanRestated]) -> dict[UUID, date]:
    """Let entries follow restated loans; return the households of wrong ones, since when these seemed to hold.

    A loan that was never late has no entry over lateness and never had one; one that is late no more leaves the list;
    one that is late, or malicious and unpaid, is on it again from the day of the correction.
    """
    found = {event.loan_id: lateness_of(event.after.overdue_from, event.after.repaid_on_time) for event in events}
    wrong = [_ended(event, "dishonesty", _NEVER_LATE) for event in events if found[event.loan_id] is Lateness.NEVER]
    overturned = await entries.overturn(conn, wrong)
    closed = [Ended(event.loan_id, name, event.after.closed_on, DEBT_CLEARED)
              for event in events for name in LISTS if event.after.closed_on is not None]  # fmt: skip
    paid = [_ended(event, "dishonesty", _ARREARS_PAID)
            for event in events if found[event.loan_id] is Lateness.OVER and event.after.closed_on is None]  # fmt: skip
    await entries.end(conn, [*closed, *paid])
    await _list_again(conn, [_of_restated(event) for event in events if event.after.closed_on is None])
    return overturned


async def settle_lifted(conn: Connection, events: Sequence[DefaultLifted]) -> dict[UUID, date]:
    """Let entries follow lifted defaults; return the households of wrong ones, since when these seemed to hold.

    A default that was withdrawn as wrong gives its village the quota back. One that was cured costs it all the same.
    """
    withdrawn = [event for event in events if event.cause == "withdrawn"]
    over = [Ended(event.loan_id, "blacklist", event.lifted_on, _DEFAULT_OVER)
            for event in events if event.cause != "withdrawn"]  # fmt: skip
    paid = [Ended(event.loan_id, "dishonesty", event.lifted_on, _ARREARS_PAID)
            for event in events if event.cause == "cured"]  # fmt: skip
    await entries.end(conn, [*over, *paid])
    wrong = [Ended(event.loan_id, "blacklist", event.lifted_on, _NO_DEFAULT) for event in withdrawn]
    overturned = await entries.overturn(conn, wrong)
    for event in sorted(withdrawn, key=lambda each: (each.village_code, each.loan_id)):
        await quotas.restore_withdrawn(conn, event)
    return overturned


async def settle_reversed(conn: Connection, events: Sequence[DisbursementReversed]) -> dict[UUID, date]:
    """End entries over loans that never stood as wrong; return the households, since when these seemed to hold."""
    wrong = [Ended(event.loan_id, name, event.reversed_on, _NEVER_LENT) for event in events for name in LISTS]
    return await entries.overturn(conn, wrong)


async def settle_reopened(conn: Connection, events: Sequence[RecoveryReversed]) -> None:
    """List households again whose loan seemed recovered and is not, from the day its recovery was taken back."""
    await _list_again(conn, [_of_reversed(event) for event in events])


def _of_restated(event: LoanRestated) -> Owing:
    entry = event.loan_id, event.household_id, event.village_code, event.restated_on
    return Owing(entry, event.after.overdue_from, event.after.state in ("defaulted", "compensated"))


def _of_reversed(event: RecoveryReversed) -> Owing:
    entry = event.loan_id, event.household_id, event.village_code, event.reversed_on
    return Owing(entry, event.overdue_from, in_default=True)


def _ended(event: LoanRestated, name: str, reason: str) -> Ended:
    return Ended(event.loan_id, name, event.restated_on, reason)


async def _list_again(conn: Connection, loans: Sequence[Owing]) -> None:
    rules = await list_rules(conn, [loan.rule_on for loan in loans])
    late = [(loan.entry, loan.rule_on, loan.overdue_from) for loan in loans if loan.overdue_from is not None]
    appealed = _ids(await conn.fetch(_APPEALED, [entry[0] for entry, *_ in late], [since for *_, since in late]))
    entered = [
        entry
        for entry, rule_on, since in late
        if entry[0] not in appealed and is_listed_for_lateness(rules[rule_on], since, rule_on[1])
    ]
    await entries.enter(conn, entered, "dishonesty", "overdue")
    malicious = _ids(await conn.fetch(_MALICIOUS, [loan.entry[0] for loan in loans if loan.in_default]))
    blacklisted = [
        loan.entry for loan in loans if loan.entry[0] in malicious and rules[loan.rule_on].malicious_to_blacklist
    ]
    await entries.enter(conn, blacklisted, "blacklist", "malicious")


def _ids(rows: Iterable[Sequence[UUID]]) -> set[UUID]:
    return {row[0] for row in rows}
