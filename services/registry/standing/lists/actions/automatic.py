"""List late and malicious borrowers, clear them when they have paid, and cut their village's quota (FJ-12, LG-22)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.standing.lists.actions import entries
from services.registry.standing.lists.actions.quotas import cut_quota
from services.registry.standing.lists.rules import is_listed_for_lateness
from shared.db import Connection
from shared.events.lending import DefaultConfirmed, LoanClosed, LoanOverdue
from shared.policy.terms import ListRule

DEBT_CLEARED: Final = "债务已清 The debt is cleared"
LISTS: Final = ("dishonesty", "blacklist")


async def list_late_borrowers(conn: Connection, events: Sequence[LoanOverdue]) -> None:
    """Put households on the dishonesty list once they are as late as the pack says (FJ-12)."""
    rules = await list_rules(conn, [(event.village_code, event.noticed_on) for event in events])
    late = [
        event
        for event in events
        if is_listed_for_lateness(rules[event.village_code, event.noticed_on], event.overdue_from, event.noticed_on)
    ]
    listed = [(event.loan_id, event.household_id, event.village_code, event.noticed_on) for event in late]
    await entries.enter(conn, listed, "dishonesty", "overdue")


async def list_malicious_defaulters(conn: Connection, events: Sequence[DefaultConfirmed]) -> None:
    """Put malicious defaulters on the blacklist and cut the quota of the whole village (FJ-12, LG-22)."""
    malicious = [event for event in events if event.malicious]
    rules = await list_rules(conn, [(event.village_code, event.confirmed_on) for event in malicious])
    listed = [
        (event.loan_id, event.household_id, event.village_code, event.confirmed_on)
        for event in malicious
        if rules[event.village_code, event.confirmed_on].malicious_to_blacklist
    ]
    await entries.enter(conn, listed, "blacklist", "malicious")
    for event in sorted(malicious, key=lambda each: (each.village_code, each.loan_id)):
        share = rules[event.village_code, event.confirmed_on].malicious_village_quota_cut
        if share is not None:
            await cut_quota(conn, event, share)


async def clear_repaid(conn: Connection, events: Sequence[LoanClosed]) -> None:
    """Take entries off the lists when nothing is owed any more on their loan (LG-22)."""
    cleared = [entries.Ended(event.loan_id, name, event.closed_on, DEBT_CLEARED) for event in events for name in LISTS]
    await entries.end(conn, cleared)


async def list_rules(conn: Connection, asked: Sequence[tuple[str, date]]) -> dict[tuple[str, date], ListRule]:
    """Return the rule that held in each village on each day; one read a day, and a batch has few days."""
    rules: dict[tuple[str, date], ListRule] = {}
    for on in sorted({day for _, day in asked}):
        packs = await get_packs_in_force(conn, {village for village, day in asked if day == on}, on)
        rules |= {(village, on): found.pack.list_rule() for village, found in packs.items()}
    return rules
