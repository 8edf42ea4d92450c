"""File applications (申请受理): ask registry, add lending's own reasons, keep the refused with them (DZ-4, XX-2)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.lending.applications import queries
from services.lending.applications.actions.filed_rows import Filing, insert, record_refusals
from services.lending.applications.refusals import ApplicationUnknown, BatchFilingNotAllowed, HouseholdUnknown
from services.lending.applications.rules import admission, approval
from services.lending.applications.rules.admission import Exposure, LoanRequest
from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import (
    ApplicationBatchIn,
    ApplicationDetail,
    ApplicationIn,
    DocumentsIn,
    FiledBatch,
    LoanRequestIn,
    ReasonOut,
    RefusedRequest,
)
from services.lending.clients import Eligibility, ask_eligibility
from services.lending.lenders.queries import Lender, ensure_registered, lender_in
from services.lending.lenders.rules.nearness import nearest
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import current_pack
from shared.policy.in_force import ConfirmedPack
from shared.policy.sourced import Sourced
from shared.regions import county_of, township_of
from shared.rules.reasons import Reason
from shared.scope import scope_of
from shared.web.writes import Writer

COUNTY_DIGITS = 6


async def ask_registry(
    registry: PeerClient,
    write: Writer,
    bank_code: str,
    as_of: date,
    loan_requests: Sequence[LoanRequestIn],
    county_code: str | None,
) -> list[Eligibility]:
    """Ask registry once about all households of a request, before the transaction begins.

    Registry answers only for the regions in which the officer files. `county_code` settles a household number that
    several counties use. A request that was answered already is not asked again: it gets its stored answer.

    Raises:
        HouseholdUnknown: some are on no register or elsewhere; nothing was filed.
        PeerUnavailable: registry did not answer in time; nothing was filed.
    """
    if await write.is_answered():
        return []
    regions = write.caller.regions_for(Right.APPLICATIONS_FILE)
    questions = [_question(loan_request, bank_code) for loan_request in loan_requests]
    answers = await ask_eligibility(registry, as_of, county_code, regions, questions)
    known = [found for found in answers if found is not None]
    if len(known) < len(answers):
        raise HouseholdUnknown(
            [_named(loan_request) for loan_request, found in zip(loan_requests, answers, strict=True) if found is None]
        )
    return known


async def ensure_fileable(write: Writer, body: ApplicationBatchIn) -> None:
    """Refuse a batch that cannot be filed whatever registry answers, before registry is asked.

    Raises:
        OutsideRegion: the township is not the officer's.
        LenderNotRegistered: nobody lends in the county under this bank's code.
    """
    write.caller.ensure_region(Right.APPLICATIONS_FILE, body.township_code)
    async with write.database.connection() as conn:
        await ensure_registered(conn, body.bank_code, county_of(body.township_code))


def own_county(officer: Principal) -> str | None:
    """Return the one county in which the officer files, or None when that is not certain."""
    counties = {county_of(region) for region in officer.regions_for(Right.APPLICATIONS_FILE)}
    only = next(iter(counties)) if len(counties) == 1 else ""
    return only if len(only) == COUNTY_DIGITS else None


def _named(loan_request: LoanRequestIn) -> str:
    return loan_request.household_number or str(loan_request.household_id)


def _question(loan_request: LoanRequestIn, bank_code: str) -> dict[str, Any]:
    named = {"household_number": loan_request.household_number} if loan_request.household_number else {}
    optional = {"entity_id": loan_request.entity_id, "borrower_member_id": loan_request.borrower_member_id}
    return {
        **(named or {"household_id": str(loan_request.household_id)}),
        "amount": f"{loan_request.amount:.2f}",
        "term_months": loan_request.term_months,
        "industry": loan_request.industry,
        "purpose": loan_request.purpose,
        "bank_code": bank_code,
        "mode": str(loan_request.mode),
        **{name: str(value) for name, value in optional.items() if value is not None},
    }


async def file_batch(
    conn: Connection, officer: Principal, body: ApplicationBatchIn, answers: Sequence[Eligibility]
) -> FiledBatch:
    """File a township's applications: those who may borrow are `filed`, the others refused with every reason.

    Raises:
        OutsideRegion: the township is not the officer's.
        NoPackInForce: no pack is in force on the day of filing.
        BatchFilingNotAllowed: the pack has them filed one by one.
        LenderNotRegistered: nobody lends under this bank's code.
    """
    officer.ensure_region(Right.APPLICATIONS_FILE, body.township_code)
    pack = await current_pack(conn, body.township_code, body.filed_on)
    if not pack.approval_chain.batch_filing:
        raise BatchFilingNotAllowed(county_of(body.township_code))
    return await _file(conn, officer, body, answers, pack)


async def file_one(
    conn: Connection, officer: Principal, body: ApplicationIn, answers: Sequence[Eligibility]
) -> ApplicationDetail:
    """File one application, as a batch of one, and return it as it stands: filed, or refused with every reason.

    Raises:
        NoPackInForce: no pack is in force on the day of filing.
    """
    (found,) = answers
    village_code = found.village_code
    pack = await current_pack(conn, village_code, body.filed_on)
    batch = ApplicationBatchIn(
        township_code=township_of(village_code), bank_code=body.bank_code, filed_on=body.filed_on, items=[body]
    )
    filed = await _file(conn, officer, batch, answers, pack)
    application_id = await conn.fetchval("SELECT id FROM application WHERE batch_id = $1", filed.id)
    return await queries.get_application(conn, scope_of(officer, Right.APPLICATIONS_FILE), application_id)


async def add_documents(
    conn: Connection, officer: Principal, application_id: UUID, body: DocumentsIn
) -> ApplicationDetail:
    """Put papers on file that came in after the filing (LG-11, FJ-4a).

    Raises:
        ApplicationUnknown: there is none in the officer's regions, or it has ended.
    """
    scope = scope_of(officer, Right.APPLICATIONS_FILE)
    changed = await conn.fetchval(
        "UPDATE application SET documents = (SELECT array_agg(DISTINCT code ORDER BY code) "
        "FROM unnest(documents || $3::text[]) AS code), document_digests = document_digests || $4::jsonb "
        "WHERE id = $1 AND village_code ^@ ANY($2::text[]) AND state NOT IN ('disbursed', 'refused', 'withdrawn') "
        "RETURNING id",
        application_id,
        scope.regions,
        body.document_codes,
        body.document_digests,
    )
    if changed is None:
        raise ApplicationUnknown(application_id)
    return await queries.get_application(conn, scope, application_id)


async def _file(
    conn: Connection, officer: Principal, body: ApplicationBatchIn, answers: Sequence[Eligibility], pack: ConfirmedPack
) -> FiledBatch:
    # One filing at a time in a township: what its households and villages have is read and then added to.
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('filing/' || $1, 0))", body.township_code)
    filings = await _admitted(conn, body, answers, pack)
    batch_id = new_id()
    await conn.execute(
        "INSERT INTO application_batch (id, township_code, county_code, bank_code, pack_id, pack_version, filed_on, "
        "filed_by, application_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        batch_id,
        body.township_code,
        county_of(body.township_code),
        body.bank_code,
        pack.pack_id,
        pack.pack_version,
        body.filed_on,
        officer.subject,
        len(body.items),
    )
    await insert(conn, officer, body, pack, batch_id, filings)
    await record_refusals(conn, body.filed_on, [filing for filing in filings if filing.is_refused])
    return _answer(batch_id, pack, filings)


async def _admitted(
    conn: Connection, body: ApplicationBatchIn, answers: Sequence[Eligibility], pack: ConfirmedPack
) -> list[Filing]:
    have = await queries.exposures(
        conn, [found.household_id for found in answers], [found.village_code for found in answers], body.filed_on
    )
    lender = await lender_in(conn, body.bank_code, body.township_code, body.filed_on)
    terms = admission_terms(pack)
    filings = []
    ids = sorted(new_id() for _ in body.items)  # lists and hand-overs keep the order of filing
    for application_id, loan_request, found in zip(ids, body.items, answers, strict=True):
        filing = Filing(application_id, loan_request, found, State.REFUSED, 1, list(found.reasons))
        filings.append(filing)
        filing.loan_round = have.rounds.get(found.household_id, 0) + 1
        if township_of(found.village_code) != body.township_code:
            filing.reasons.append(_other_township(found.village_code, body.township_code))
        asked = _asked(loan_request, found, body.filed_on, lender)
        exposure = have.by_household.get(found.household_id, Exposure())
        headroom = have.headrooms.get(found.village_code)
        codes = {reason.code for reason in filing.reasons}
        own = admission.reasons_against(asked, exposure, headroom, terms)
        filing.reasons += [reason for reason in own if reason.code not in codes]
        if filing.reasons:
            continue
        filing.branch_id = loan_request.branch_id or _nearest_branch(lender, found.village_code)
        filing.state = approval.path(pack.approval_chain, pack.public_notice_rule, loan_request.amount)[0]
        # What was just filed counts for the rest of the batch.
        have.by_household[found.household_id] = Exposure(
            exposure.open_applications + 1, exposure.open_loans, exposure.owed + loan_request.amount
        )
        if headroom is not None:
            have.headrooms[found.village_code] = admission.QuotaHeadroom(
                headroom.limit, headroom.used + loan_request.amount
            )
    return filings


def admission_terms(pack: ConfirmedPack) -> admission.Terms:
    """Return the pack's terms that admission needs, with the clauses its values come from or follow."""
    sections = (pack.pack.lending, pack.pack.purposes, pack.pack.entities)
    values = {name: getattr(section, name) for section in sections for name in type(section).model_fields}
    clauses = {
        name: ", ".join(value.clause or value.after or ())
        for name, value in values.items()
        if isinstance(value, Sourced)
    }
    return admission.Terms(pack.loan_terms, pack.purpose_rule, pack.pack.entity_rules(), clauses)


def _nearest_branch(lender: Lender, village_code: str) -> UUID | None:
    branch = nearest(lender.branches, village_code)
    return None if branch is None else branch.id


def _asked(loan_request: LoanRequestIn, found: Eligibility, filed_on: date, lender: Lender) -> LoanRequest:
    return LoanRequest(
        found.household_id,
        found.village_code,
        loan_request.amount,
        loan_request.term_months,
        loan_request.industry,
        loan_request.purpose,
        found.credit_limit,
        filed_on,
        loan_request.mode,
        loan_request.entity_id,
        lender.kind,
        loan_request.branch_id is None or any(branch.id == loan_request.branch_id for branch in lender.branches),
    )


def _other_township(village_code: str, township_code: str) -> Reason:
    return Reason(
        "other-township",
        "MS-2",
        f"该户在{village_code}村,不属于申报乡镇{township_code},请向所在乡镇申请。",
        f"The household lives in village {village_code}, not in township {township_code}; apply in its own township.",
    )


def _answer(batch_id: UUID, pack: ConfirmedPack, filings: Sequence[Filing]) -> FiledBatch:
    refused = [filing for filing in filings if filing.is_refused]
    filed = [filing for filing in filings if not filing.is_refused]
    return FiledBatch(
        id=batch_id,
        pack_version=pack.pack_version,
        filed_count=len(filed),
        filed_amount=_total(filed),
        refused_count=len(refused),
        refused_amount=_total(refused),
        refusals=[
            RefusedRequest(
                application_id=filing.id,
                household_number=filing.found.household_number,
                reasons=[ReasonOut(**asdict(reason)) for reason in filing.reasons],
            )
            for filing in refused
        ],
    )


def _total(filings: Sequence[Filing]) -> Decimal:
    return sum((filing.loan_request.amount for filing in filings), ZERO)
