"""Filed applications on their way into the database: one set-based insert, and the events of those refused."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import orjson

from services.lending.applications.rules import admission
from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import ApplicationBatchIn, LoanRequestIn
from services.lending.clients import Eligibility
from shared import outbox
from shared.access import Principal
from shared.db import Connection
from shared.events.lending import ApplicationRefused
from shared.policy.in_force import ConfirmedPack
from shared.regions import county_of
from shared.rules.reasons import Reason


@dataclass(slots=True)
class Filing:
    """One application on its way into the database."""

    id: UUID
    loan_request: LoanRequestIn
    found: Eligibility
    state: State
    loan_round: int
    reasons: list[Reason]
    branch_id: UUID | None = None

    @property
    def is_refused(self) -> bool:
        """Tell whether it is refused as it is filed."""
        return self.state is State.REFUSED


_INSERT = """
INSERT INTO application (id, batch_id, household_id, household_number, household_version, village_code, township_code,
  county_code, bank_code, amount, term_months, industry, purpose, grade, credit_limit, loan_round, state, state_from,
  pack_id, pack_version, documents, document_digests, eligibility, reasons, filed_on, filed_by, version, mode,
  entity_id, borrower_member_id, branch_id)
SELECT n.id, $23, n.household_id, n.household_number, n.household_version, n.village_code, $24,
  $25, $26, n.amount, n.term_months, n.industry, n.purpose, n.grade, n.credit_limit, n.loan_round, n.state, $29,
  $27, $28, coalesce((SELECT array_agg(code) FROM jsonb_array_elements_text(n.documents::jsonb) AS code), '{}'),
  n.digests::jsonb, n.eligibility::jsonb, n.reasons::jsonb, $29, $30,
  CASE WHEN n.state = 'refused' THEN 1 ELSE 0 END,
  n.mode, n.entity_id, n.borrower_member_id, n.branch_id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::numeric[], $7::int[], $8::text[],
  $9::text[], $10::text[], $11::numeric[], $12::int[], $13::text[], $14::text[], $15::text[], $16::text[],
  $17::text[], $18::int[], $19::text[], $20::uuid[], $21::uuid[], $22::uuid[])
  AS n (id, household_id, household_number, household_version, village_code, amount, term_months, industry,
        purpose, grade, credit_limit, loan_round, state, documents, digests, eligibility, reasons, place, mode,
          entity_id,
        borrower_member_id, branch_id)
ORDER BY n.place
ON CONFLICT (household_id) WHERE state NOT IN ('disbursed', 'refused', 'withdrawn') DO NOTHING
RETURNING id
"""


async def insert(
    conn: Connection,
    officer: Principal,
    body: ApplicationBatchIn,
    pack: ConfirmedPack,
    batch_id: UUID,
    filings: Sequence[Filing],
) -> None:
    """Insert the applications; one that another filing overtook is kept as refused."""
    inserted = await _insert_rows(conn, officer, body, pack, batch_id, filings)
    overtaken = [filing for filing in filings if filing.id not in inserted]
    for filing in overtaken:
        filing.state, filing.reasons = State.REFUSED, [admission.APPLICATION_OPEN]
    if overtaken:
        await _insert_rows(conn, officer, body, pack, batch_id, overtaken)


def _json(value: object) -> str:
    # An array of jsonb would take lists inside it for further dimensions.
    return orjson.dumps(value).decode()


async def _insert_rows(
    conn: Connection,
    officer: Principal,
    body: ApplicationBatchIn,
    pack: ConfirmedPack,
    batch_id: UUID,
    filings: Sequence[Filing],
) -> set[UUID]:
    found = [filing.found for filing in filings]
    loan_requests = [filing.loan_request for filing in filings]
    rows = await conn.fetch(
        _INSERT,
        [filing.id for filing in filings],
        [answer.household_id for answer in found],
        [answer.household_number for answer in found],
        [answer.household_version for answer in found],
        [answer.village_code for answer in found],
        [loan_request.amount for loan_request in loan_requests],
        [loan_request.term_months for loan_request in loan_requests],
        [loan_request.industry for loan_request in loan_requests],
        [loan_request.purpose for loan_request in loan_requests],
        [answer.grade for answer in found],
        [answer.credit_limit for answer in found],
        [filing.loan_round for filing in filings],
        [str(filing.state) for filing in filings],
        [_json(loan_request.document_codes) for loan_request in loan_requests],
        [_json(loan_request.document_digests) for loan_request in loan_requests],
        [_json(answer.answer) for answer in found],
        [_json([asdict(reason) for reason in filing.reasons]) for filing in filings],
        list(range(len(filings))),
        [str(loan_request.mode) for loan_request in loan_requests],
        [loan_request.entity_id for loan_request in loan_requests],
        [loan_request.borrower_member_id for loan_request in loan_requests],
        [filing.branch_id for filing in filings],
        batch_id,
        body.township_code,
        county_of(body.township_code),
        body.bank_code,
        pack.pack_id,
        pack.pack_version,
        body.filed_on,
        officer.subject,
    )
    return {row["id"] for row in rows}


async def record_refusals(conn: Connection, on: date, refused: Sequence[Filing]) -> None:
    """Record the event of each refusal."""
    await outbox.record_many(
        conn,
        [
            outbox.RecordedEvent(
                ApplicationRefused(
                    application_id=filing.id,
                    household_id=filing.found.household_id,
                    village_code=filing.found.village_code,
                    amount=filing.loan_request.amount,
                    refused_on=on,
                    stage="filing",
                    reasons=[reason.code for reason in filing.reasons],
                ),
                aggregate_id=filing.id,
                aggregate_version=1,
                region_code=filing.found.village_code,
            )
            for filing in refused
        ],
    )
