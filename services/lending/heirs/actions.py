"""Record who inherits of a borrower who died: one person of the bank proposes, another confirms."""

from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.heirs.queries import HEIRS
from services.lending.heirs.refusals import HeirPapersMissing, HeirReplaced, OtherDayOfDeath
from services.lending.heirs.rules import missing_papers
from services.lending.heirs.schemas import HeirIn, HeirOut
from services.lending.loans.heirs_sql import stands
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_LOAN: Final = f"""
SELECT l.bank_code, l.disbursed_on, coalesce(
  (SELECT max(r.died_on) FROM default_report r WHERE r.loan_id = l.id AND r.withdrawn_on IS NULL),
  (SELECT max(h.died_on) FROM heir_record h
   WHERE h.loan_id = l.id AND h.id IS DISTINCT FROM $3 AND h.inheritance <> 'not_heir' AND {stands("h")})) AS died_on
FROM loan l WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[]) AND l.cancelled_on IS NULL
"""  # noqa: S608 - our own text
_REPLACEABLE: Final = f"""
SELECT EXISTS (SELECT FROM heir_record h WHERE h.id = $1 AND h.loan_id = $2 AND {stands("h")}
  AND NOT EXISTS (SELECT FROM heir_record o WHERE o.replaces = h.id AND o.state = 'proposed'))
"""  # noqa: S608 - our own text
_PROPOSE: Final = """
INSERT INTO heir_record (id, loan_id, heir_name, relation, died_on, inheritance, estate_limit, papers, replaces, reason,
  proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def propose_heir(conn: Connection, officer: Principal, loan_id: UUID, body: HeirIn) -> HeirOut:
    """Propose a record of an heir.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, DateBeforeStep, HeirPapersMissing, OtherDayOfDeath,
        HeirReplaced
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.PURSUITS_RECORD)
    await lock(conn, [loan_id])  # in a statement of its own, so that the next one sees what others proposed
    loan = await conn.fetchrow(_LOAN, loan_id, regions, body.replaces)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    ensure_not_before("died_on", body.died_on, "disbursed_on", loan["disbursed_on"])
    if missing := missing_papers(body.inheritance, {paper.kind for paper in body.papers}):
        raise HeirPapersMissing(missing)
    if loan["died_on"] is not None and loan["died_on"] != body.died_on:
        raise OtherDayOfDeath(body.died_on, loan["died_on"])
    if body.replaces is not None and not await conn.fetchval(_REPLACEABLE, body.replaces, loan_id):
        raise HeirReplaced(body.replaces)
    heir_id, papers = new_id(), [paper.model_dump() for paper in body.papers]
    who = (body.heir_name, body.relation, body.died_on, str(body.inheritance), body.estate_limit, papers, body.replaces)
    await conn.execute(_PROPOSE, heir_id, loan_id, *who, body.reason, body.proposed_on, officer.subject)
    return await HEIRS.one(conn, heir_id, _scope(officer))


async def decide_heir(conn: Connection, officer: Principal, heir_id: UUID, body: DecisionIn) -> HeirOut:
    """Confirm or refuse a record; confirmed, it holds and takes the place of the one that it replaces.

    Raises: OrganisationMissing, HeirUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    scope = _scope(officer)
    await take_up(conn, HEIRS, officer, heir_id, body, scope)
    await decide(conn, HEIRS, officer, heir_id, body)
    return await HEIRS.one(conn, heir_id, scope)


async def withdraw_heir(conn: Connection, officer: Principal, heir_id: UUID, body: CorrectionWithdrawalIn) -> HeirOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, HeirUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, HEIRS, officer, heir_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.PURSUITS_RECORD)
