"""What is shown of write-offs and of their withdrawals, and which of them lost their ground."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import account_as_of
from services.lending.classes.queries import classes_before_write_off
from services.lending.proposals.queries import Proposals, ProposalsAsked
from services.lending.write_offs.refusals import WriteOffUnknown, WriteOffWithdrawalUnknown
from services.lending.write_offs.rules.grounds import ground_of
from services.lending.write_offs.schemas import WriteOffOut, WriteOffWithdrawalOut
from shared.access import Principal
from shared.db import Connection
from shared.policy.copies import pack_in_effect
from shared.policy.vocabulary import LoanClass, WriteOffGround
from shared.scope import Scope, seen

# What came since: repayments and recoveries of the loan from the day on which it was written off, while that stands.
WRITE_OFFS: Final = Proposals(
    "write_off",
    WriteOffOut,
    WriteOffUnknown,
    """v.ground, v.amount, v.owed, v.papers, l.state AS loan_state, w.decided_on AS reversed_on,
  CASE WHEN v.state = 'confirmed' AND w.id IS NULL THEN
    (SELECT coalesce(sum(r.amount - r.held - r.refunded), 0.00) FROM repayment r
      WHERE r.loan_id = l.id AND r.paid_on >= v.decided_on AND r.reversed_on IS NULL)
    + (SELECT coalesce(sum(c.amount), 0.00) FROM recovery c
      WHERE c.loan_id = l.id AND c.recovered_on >= v.decided_on AND c.reversed_on IS NULL)
  ELSE 0.00 END AS recovered_since""",
    "LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed' "
    "JOIN loan l ON l.id = v.loan_id",
)
WRITE_OFF_WITHDRAWALS: Final = Proposals(
    "write_off_withdrawal",
    WriteOffWithdrawalOut,
    WriteOffWithdrawalUnknown,
    "v.write_off_id, o.amount",
    "JOIN write_off o ON o.id = v.write_off_id JOIN loan l ON l.id = o.loan_id",
)
# Whether anything that counts by the day of the decision became known after it; else the ground is as it was found.
_CHANGED: Final = """
EXISTS (SELECT FROM repayment r WHERE r.loan_id = l.id AND r.paid_on <= v.decided_on
  AND (r.recorded_at > v.decided_at OR r.reversed_at > v.decided_at))
OR EXISTS (SELECT FROM remission m LEFT JOIN remission_reversal b ON b.remission_id = m.id
  WHERE m.loan_id = l.id AND m.value_on <= v.decided_on AND greatest(m.decided_at, b.decided_at) > v.decided_at)
OR EXISTS (SELECT FROM misuse m LEFT JOIN misuse_termination e ON e.misuse_id = m.id
  LEFT JOIN misuse_reversal b ON b.misuse_id = m.id WHERE m.loan_id = l.id AND m.from_on <= v.decided_on
  AND greatest(m.decided_at, e.decided_at, b.decided_at) > v.decided_at)
OR EXISTS (SELECT FROM loan_rate c WHERE c.loan_id = l.id AND c.from_on <= v.decided_on
  AND (c.recorded_at > v.decided_at OR c.replaced_at > v.decided_at))
OR EXISTS (SELECT FROM class_review c WHERE c.loan_id = l.id AND c.decided_on <= v.decided_on
  AND c.decided_at > v.decided_at)
OR EXISTS (SELECT FROM rest_day d JOIN installment i ON i.due_on = d.day OR i.due_on + l.grace_days = d.day
  WHERE i.loan_id = l.id AND d.region_code IN ('', l.county_code) AND d.known_at > v.decided_at)
OR EXISTS (SELECT FROM former_rest_day d JOIN installment i ON i.due_on = d.day OR i.due_on + l.grace_days = d.day
  WHERE i.loan_id = l.id AND d.region_code IN ('', l.county_code) AND d.replaced_at > v.decided_at)
"""
_STANDING: Final = f"""
SELECT v.id, v.loan_id, v.decided_on, l.pack_id, l.product_code, l.compensated_on
FROM write_off v JOIN loan l ON l.id = v.loan_id
WHERE {seen("l.village_code", "l.bank_code")} AND v.state = 'confirmed' AND v.decided_on <= $3 AND NOT EXISTS (
  SELECT FROM write_off_withdrawal w WHERE w.write_off_id = v.id AND w.state = 'confirmed')
  AND ($4::uuid[] IS NULL OR v.id = ANY ($4)) AND ({_CHANGED})
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Groundless:
    """A write-off that stands, and had none of the grounds of its county on the day it was decided, as known now."""

    write_off_id: UUID
    loan_id: UUID
    decided_on: date


async def groundless(
    conn: Connection, scope: Scope, as_of: date, among: Collection[UUID] | None = None
) -> list[Groundless]:
    """Return the write-offs of a scope, decided by a day, whose ground fell away; `among`: only of some of them.

    Those are looked at of which something became known after the decision. Raises: PackNotReplicated.
    """
    by_day: defaultdict[date, list[Any]] = defaultdict(list)
    asked = scope.regions, scope.banks, as_of, None if among is None else list(among)
    for row in await conn.fetch(_STANDING, *asked):
        by_day[row["decided_on"]].append(row)
    found = []
    for day, rows in sorted(by_day.items()):
        grounds = await _grounds_on(conn, rows, day)
        found += [Groundless(row["id"], row["loan_id"], day) for row in rows if grounds[row["id"]] is None]
    return found


async def _grounds_on(conn: Connection, rows: Iterable[Any], on: date) -> dict[UUID, WriteOffGround | None]:
    rows = list(rows)
    signed = {(row["pack_id"], row["product_code"]) for row in rows}
    classes = await classes_before_write_off(conn, signed, [row["loan_id"] for row in rows], on)
    allowed = {each: (await pack_in_effect(conn, each[0], on, each[1])).loan_terms.write_off_grounds for each in signed}
    states = await _states_on(conn, rows, on)
    return {
        row["id"]: ground_of(
            states[row["loan_id"]],
            classes.get(row["loan_id"], LoanClass.NORMAL),
            allowed[row["pack_id"], row["product_code"]],
        )
        for row in rows
    }


async def _states_on(conn: Connection, rows: Iterable[Any], on: date) -> dict[UUID, str]:
    """Return where loans stood on a day by what is known now, as far as a ground asks for it."""
    borne = {row["loan_id"] for row in rows if row["compensated_on"] is not None and row["compensated_on"] <= on}
    books = await books_of(conn, [row["loan_id"] for row in rows if row["loan_id"] not in borne])
    accounts = {each.id: account_as_of(each, on) for each in books}
    own = {loan_id: "defaulted" if account.defaulted_on else "active" for loan_id, account in accounts.items()}
    return {**dict.fromkeys(borne, "compensated"), **own}


async def write_offs_page(
    conn: Connection, officer: Principal, asked: ProposalsAsked, *, only_groundless: bool
) -> dict[str, Any]:
    """Return a page of write-offs, each with whether its ground is gone. Raises: OutsideRegion, CursorInvalid."""
    scope, among = asked.scope_for(officer), None
    if only_groundless:
        among = {each.write_off_id for each in await groundless(conn, scope, date.max)}
    page = await WRITE_OFFS.page(conn, officer, asked, among)
    shown = among if among is not None else [each.id for each in page["items"]]
    gone = {each.write_off_id for each in await groundless(conn, scope, date.max, shown)}
    items = [each.model_copy(update={"ground_gone": each.id in gone}) for each in page["items"]]
    return {**page, "items": items}
