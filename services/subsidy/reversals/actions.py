"""Decide what was proposed to be taken back; each kind of thing is locked and taken back by its own room.

The thing is locked before the proposal, as who proposes does, so that the two never wait crosswise.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions import reversing as agreements
from services.subsidy.agreements.actions.storing import lock_agreement
from services.subsidy.dividends.actions import paying as dividends
from services.subsidy.grants.actions import taking_back as grants
from services.subsidy.linkages.actions import reversing as linkages
from services.subsidy.payees import actions as payees
from services.subsidy.payments.actions import correcting
from services.subsidy.projects.actions.recording import lock_project
from services.subsidy.projects.actions.striking import strike
from services.subsidy.proposals.actions import decide, peek
from services.subsidy.proposals.queries import get_reversal
from services.subsidy.proposals.refusals import ReversalDecided, ReversalUnknown
from services.subsidy.proposals.schemas import ReversalDecisionIn, ReversalOut, Subject
from services.subsidy.supervision.actions import measures
from services.subsidy.supervision.actions import reversing as supervision
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.db import Connection
from shared.offices import Step

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal that another person confirms, by whom and on which day."""

    row: Row
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of thing is locked, and how it is taken back once two persons want it."""

    lock: Callable[[Connection, Principal, Right, UUID], Awaitable[Any]]
    take_back: Callable[[Connection, Any, Decided], Awaitable[None]]


OF_PROJECTS: Final[Mapping[Subject, Kind]] = {
    Subject.PROJECT_STEP: Kind(
        lock_project, lambda conn, project, said: strike(conn, project, said.row["number"], said.on)
    ),
    Subject.PROJECT_MEASURE: Kind(
        measures.lock_measure, lambda conn, found, said: supervision.lower(conn, found[0], found[1], said.row["amount"])
    ),
    Subject.PROJECT_RECEIPT: Kind(
        supervision.lock_receipt,
        lambda conn, found, said: supervision.reverse_receipt(conn, found[0], found[1], said.on),
    ),
    Subject.GRANT_STANDARD: Kind(grants.lock_standard, lambda conn, found, _: grants.withdraw_standard(conn, found)),
    Subject.GRANT_LIST: Kind(
        grants.lock_list, lambda conn, found, said: grants.withdraw_list(conn, found[0], found[1], said.on)
    ),
    Subject.HOUSEHOLD_GRANT: Kind(
        grants.lock_grant,
        lambda conn, found, said: grants.take_grant_back(conn, found[0], found[1], said.row, said.by, said.on),
    ),
}
OF_AGREEMENTS: Final[Mapping[Subject, Kind]] = {
    Subject.PRINCIPAL_RECEIPT: Kind(
        agreements.lock_principal,
        lambda conn, _, said: agreements.reverse_principal(conn, said.row["subject_id"], said.by, said.on),
    ),
    Subject.DIVIDEND_PAYMENT: Kind(
        dividends.lock_payment,
        lambda conn, _, said: dividends.return_payment(conn, said.row["subject_id"], said.by, said.row["happened_on"]),
    ),
    Subject.LEASE_ENTRY: Kind(
        linkages.lock_entry,
        lambda conn, _, said: linkages.reverse_entry(conn, said.row["subject_id"], said.by, said.on),
    ),
    Subject.LEASE_SERVICE: Kind(
        linkages.lock_service, lambda conn, _, said: linkages.undo_service(conn, said.row["subject_id"], said.on)
    ),
    Subject.SECURITY: Kind(lock_agreement, lambda conn, agreement, said: agreements.release(conn, agreement, said.row)),
}


OF_SUBSIDIES: Final[Mapping[Subject, Kind]] = {
    Subject.REJECTED_TRANSFER: Kind(
        correcting.lock_rejected,
        lambda conn, found, said: correcting.accept_paid(conn, found, said.row, said.by, said.on),
    ),
}
OF_PAYEES: Final[Mapping[Subject, Kind]] = {
    Subject.SUBSIDY_PAYEE: Kind(payees.lock_in_force, lambda conn, payee, _: payees.withdraw(conn, payee)),
}


async def decide_of_projects(
    conn: Connection, officer: Principal, reversal_id: UUID, body: ReversalDecisionIn
) -> ReversalOut:
    """Take something of a project or its grants back, or let it stand; never one's own proposal (ZJ-9, ZJ-3(b)).

    Raises:
        ReversalUnknown, ReversalDecided, MakerIsChecker, DateBeforeStep; and why the thing cannot be taken back.
    """
    row = await _open(conn, OF_PROJECTS, officer, Right.PROJECTS_APPROVE, reversal_id)
    return await _decide(conn, OF_PROJECTS, officer, Right.PROJECTS_APPROVE, row, body)


async def decide_of_agreements(
    conn: Connection, officer: Principal, reversal_id: UUID, body: ReversalDecisionIn
) -> ReversalOut:
    """Take something of an agreement back, or let it stand, by the office that decides on its money.

    Raises:
        OtherOffice, ReversalUnknown, ReversalDecided, MakerIsChecker, DateBeforeStep; and why the thing cannot be
        taken back.
    """
    row = await _open(conn, OF_AGREEMENTS, officer, Right.DIVIDENDS_APPROVE, reversal_id)
    await acting_in(conn, officer, Step.DIVIDEND_APPROVAL, row["region_code"], body.decided_on)
    return await _decide(conn, OF_AGREEMENTS, officer, Right.DIVIDENDS_APPROVE, row, body)


async def decide_of_subsidies(
    conn: Connection, officer: Principal, reversal_id: UUID, body: ReversalDecisionIn
) -> ReversalOut:
    """Correct what was recorded of a subsidy's payment, or let it stand; never one's own proposal (DZ-7).

    Raises:
        ReversalUnknown, ReversalDecided, MakerIsChecker, DateBeforeStep; and why it cannot be corrected.
    """
    row = await _open(conn, OF_SUBSIDIES, officer, Right.SUBSIDIES_CONFIRM, reversal_id)
    return await _decide(conn, OF_SUBSIDIES, officer, Right.SUBSIDIES_CONFIRM, row, body)


async def decide_of_payees(
    conn: Connection, officer: Principal, reversal_id: UUID, body: ReversalDecisionIn
) -> ReversalOut:
    """Let a payee receive no more, or go on; never one's own proposal.

    Raises:
        ReversalUnknown, ReversalDecided, MakerIsChecker, DateBeforeStep, PayeeNotInForce.
    """
    row = await _open(conn, OF_PAYEES, officer, Right.SUBSIDIES_APPROVE, reversal_id)
    return await _decide(conn, OF_PAYEES, officer, Right.SUBSIDIES_APPROVE, row, body)


async def _open(
    conn: Connection, kinds: Mapping[Subject, Kind], officer: Principal, right: Right, reversal_id: UUID
) -> Row:
    row = await peek(conn, reversal_id)
    if row["subject"] not in kinds or not row["region_code"].startswith(tuple(officer.regions_for(right))):
        raise ReversalUnknown(reversal_id)
    if row["state"] != "proposed":
        raise ReversalDecided(row["state"])
    return row


async def _decide(
    conn: Connection,
    kinds: Mapping[Subject, Kind],
    officer: Principal,
    right: Right,
    row: Row,
    body: ReversalDecisionIn,
) -> ReversalOut:
    if body.decision == "confirm":
        kind = kinds[Subject(row["subject"])]
        found = await kind.lock(conn, officer, right, row["subject_id"])
        decided = await decide(conn, officer, right, kinds, row["id"], body)
        await kind.take_back(conn, found, Decided(decided, officer.subject, body.decided_on))
    else:
        await decide(conn, officer, right, kinds, row["id"], body)
    return await get_reversal(conn, row["id"])
