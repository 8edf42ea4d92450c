"""Taking a recovery back (追偿冲正): proposed by one person of the bank, confirmed by another, never by deleting.

The recovery stays on the books with its reference, which stands for it for ever; it pays nothing any more, and those
that stand pay what they would have paid without it. A loan that it had closed is compensated again. The fund hears
`recovery-reversed` and takes its parts back; money that it had got of it is owed back to the bank.
"""

from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.defaults.queries import RECOVERY_REVERSALS
from services.lending.defaults.refusals import LoanRecoveryUnknown, RecoveryReversalOnFile
from services.lending.defaults.schemas import RecoveryReversalIn, RecoveryReversalOut
from services.lending.loans.postings_sql import UNRECOVERED
from services.lending.loans.rules.recovery_split import split_recoveries
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import CountedRecovery, RecoveryReversed
from shared.ids import new_id
from shared.money import ZERO
from shared.scope import Scope, organisation_of

_RECOVERY: Final = """
SELECT r.id, r.loan_id, r.recovered_on FROM recovery r JOIN loan l ON l.id = r.loan_id
WHERE r.id = $1 AND r.loan_id = $2 AND r.bank_code = $3 AND l.village_code ^@ ANY ($4::text[])
"""
_ON_FILE: Final = """
SELECT id, state FROM recovery_reversal WHERE recovery_id = $1 AND state IN ('proposed', 'confirmed')
"""
_PROPOSE: Final = """
INSERT INTO recovery_reversal (id, recovery_id, loan_id, cause, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOAN: Final = """
SELECT id, household_id, village_code, bank_code, claim_id, state, overdue_from, allocation_order,
  principal_compensated, interest_compensated, principal_recovered, interest_recovered FROM loan WHERE id = $1
"""
_COUNTED: Final = """
SELECT id, recovered_on, amount FROM recovery WHERE loan_id = $1 AND reversed_on IS NULL AND id <> $2
ORDER BY loan_version
"""
_TAKEN_BACK: Final = """
UPDATE recovery SET reversed_on = $2, reversed_at = clock_timestamp(), principal = 0, interest = 0 WHERE id = $1
"""
_PAYS: Final = """
UPDATE recovery r SET principal = n.principal, interest = n.interest
FROM unnest($1::uuid[], $2::numeric[], $3::numeric[]) AS n (id, principal, interest)
WHERE r.id = n.id AND r.principal <> n.principal
"""


async def propose_recovery_reversal(
    conn: Connection, officer: Principal, loan_id: UUID, recovery_id: UUID, body: RecoveryReversalIn
) -> RecoveryReversalOut:
    """Propose that a recovery be taken back; any of a loan's may be, not only the last.

    Raises: OrganisationMissing, LoanRecoveryUnknown, RecoveryReversalOnFile, DateBeforeStep.
    """
    scope = _scope(officer)
    await lock(conn, [loan_id])
    found = await conn.fetchrow(_RECOVERY, recovery_id, loan_id, organisation_of(officer), scope.regions)
    if found is None:
        raise LoanRecoveryUnknown(recovery_id)
    if (earlier := await conn.fetchrow(_ON_FILE, recovery_id)) is not None:
        raise RecoveryReversalOnFile(earlier["id"], earlier["state"])
    ensure_not_before("proposed_on", body.proposed_on, "recovered_on", found["recovered_on"])
    reversal_id = new_id()
    said = recovery_id, loan_id, body.cause, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, reversal_id, *said)
    return await RECOVERY_REVERSALS.one(conn, reversal_id, scope)


async def decide_recovery_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn
) -> RecoveryReversalOut:
    """Confirm or refuse it by another person; confirmed, the recovery pays nothing and its loan owes it again.

    Raises: OrganisationMissing, RecoveryReversalUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    scope = _scope(officer)
    proposal = await take_up(conn, RECOVERY_REVERSALS, officer, reversal_id, body, scope)
    if body.decision == "confirm":
        await lock(conn, [proposal["loan_id"]])
        await _take_back(conn, proposal, body)
    await decide(conn, RECOVERY_REVERSALS, officer, reversal_id, body)
    return await RECOVERY_REVERSALS.one(conn, reversal_id, scope)


async def withdraw_recovery_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> RecoveryReversalOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, RecoveryReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, RECOVERY_REVERSALS, officer, reversal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


async def _take_back(conn: Connection, proposal: Any, body: DecisionIn) -> None:
    loan: Any = await conn.fetchrow(_LOAN, proposal["loan_id"])
    counted = await conn.fetch(_COUNTED, loan["id"], proposal["recovery_id"])
    compensated = loan["principal_compensated"], loan["interest_compensated"]
    parts = split_recoveries([row["amount"] for row in counted], *compensated, loan["allocation_order"])
    principal, interest = (sum((part[kind] for part in parts), ZERO) for kind in (0, 1))
    await conn.execute(_TAKEN_BACK, proposal["recovery_id"], body.decided_on)
    await conn.execute(_PAYS, [row["id"] for row in counted], [part[0] for part in parts], [part[1] for part in parts])
    stands: Any = await conn.fetchrow(UNRECOVERED, loan["id"], principal, interest)
    event = RecoveryReversed(
        loan_id=loan["id"],
        household_id=loan["household_id"],
        village_code=loan["village_code"],
        bank_code=loan["bank_code"],
        claim_id=loan["claim_id"],
        recovery_id=proposal["recovery_id"],
        amount=proposal["amount"],
        principal=loan["principal_recovered"] - principal,
        interest=loan["interest_recovered"] - interest,
        recovered_on=proposal["recovered_on"],
        cause=proposal["cause"],
        reversed_on=body.decided_on,
        counted=[
            CountedRecovery(
                recovery_id=row["id"], recovered_on=row["recovered_on"], principal=part[0], interest=part[1]
            )
            for row, part in zip(counted, parts, strict=True)
        ],
        reopened=loan["state"] == "closed",
        overdue_from=loan["overdue_from"],
    )
    await outbox.record(
        conn, event, aggregate_id=loan["id"], aggregate_version=stands["version"], region_code=loan["village_code"]
    )
