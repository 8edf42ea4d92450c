"""File applications (申请受理): ask registry, add lending's own reasons, keep the refused with them (DZ-4, XX-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from services.lending.applications import filing_sql, queries
from services.lending.applications.refusals import BatchFilingNotAllowed, ChangedMeanwhile, HouseholdUnknown
from services.lending.applications.rules import admission, approval
from services.lending.applications.rules.admission import Exposure
from services.lending.applications.rules.approval import State
from services.lending.applications.rules.consent import ensure_consent
from services.lending.applications.schemas.applications import (
    ApplicationBatchIn,
    ApplicationDetail,
    ApplicationIn,
    FiledBatch,
    LoanRequestIn,
    PapersIn,
    ReasonOut,
    RefusedRequest,
)
from services.lending.clients import Eligibility, Household, ask_eligibility, ask_households
from services.lending.lenders.refusals import LenderNotRegistered
from services.lending.lenders.responsible_sql import BANKS_OF_VILLAGES
from services.lending.lenders.rules.nearness import Branch, nearest
from shared import outbox
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.db import Connection
from shared.events.lending import ApplicationRefused
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import current_pack
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import NOT_STATED, Consequence, LenderKind
from shared.regions import county_of, township_of
from shared.rules.reasons import Condition, Reason, bears, weighed
from shared.scope import scope_of
from shared.web.writes import Writer

COUNTY_DIGITS = 6
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Answer:
    """What registry said of one loan request, and what lending's own books showed of its household then."""

    found: Eligibility
    exposure: Exposure


@dataclass(slots=True)
class _Filing:
    """One application on its way into the database."""

    id: UUID
    loan_request: LoanRequestIn
    found: Eligibility
    loan_round: int
    reasons: list[Reason]
    conditions: list[Condition]
    responsible_bank: str | None
    state: State = State.REFUSED
    branch_id: UUID | None = None

    @property
    def is_refused(self) -> bool:
        return self.state is State.REFUSED


@dataclass(frozen=True, slots=True)
class _Lender:
    kind: LenderKind
    branches: tuple[Branch, ...]


async def ask_about_batch(registry: PeerClient, write: Writer, body: ApplicationBatchIn) -> list[Answer]:
    """Ask registry once about all households of a batch, unless it cannot be filed whatever registry answers.

    Raises:
        OutsideRegion: the township is not the officer's.
        LenderNotRegistered: nobody lends in the county under this bank's code.
        HouseholdUnknown: some are on no register or elsewhere; nothing was filed.
        ProductUnknown: the county has no such product; nothing was filed.
        PeerUnavailable: registry did not answer in time; nothing was filed.
    """
    write.caller.ensure_region(Right.APPLICATIONS_FILE, body.township_code)
    county_code = county_of(body.township_code)
    async with write.database.connection() as conn:
        await _lender(conn, body.bank_code, county_code, body.filed_on)
    return await ask(registry, write, county_code, body, body.items)


async def ask_about_one(registry: PeerClient, write: Writer, body: ApplicationIn) -> list[Answer]:
    """Ask registry about one household; its number is that of the officer's county, if the officer has only one.

    Raises:
        HouseholdUnknown, ProductUnknown, PeerUnavailable: nothing was filed.
    """
    counties = {county_of(region) for region in write.caller.regions_for(Right.APPLICATIONS_FILE)}
    only = next(iter(counties)) if len(counties) == 1 else ""
    return await ask(registry, write, only if len(only) == COUNTY_DIGITS else None, body, [body])


async def ask(
    registry: PeerClient,
    write: Writer,
    county_code: str | None,
    body: ApplicationBatchIn | ApplicationIn,
    loan_requests: Sequence[LoanRequestIn],
    regions: Sequence[str] | None = None,
) -> list[Answer]:
    """Ask registry about loan requests, within `regions` or those in which the officer files. Raises: as above."""
    # Before the transaction, and not again for a request that has its answer. Registry answers only for the regions in
    # which the officer files; it judges with what lending's books show of each household.
    if await write.is_answered():
        return []
    regions = regions or write.caller.regions_for(Right.APPLICATIONS_FILE)
    names = [_named(loan_request) for loan_request in loan_requests]
    known = _all_known(names, await ask_households(registry, county_code, regions, names))
    async with write.database.connection() as conn:
        if body.product_code is not None:  # registry would answer the same, as a peer's refusal
            (await current_pack(conn, known[0].village_code, body.filed_on)).product(body.product_code)
        exposures = await queries.exposures(conn, [household.household_id for household in known])
    held = [exposures.get(household.household_id, Exposure()) for household in known]
    questions = [
        _question(loan_request, body, household, exposure)
        for loan_request, household, exposure in zip(loan_requests, known, held, strict=True)
    ]
    answers = _all_known(names, await ask_eligibility(registry, body.filed_on, regions, questions))
    return [Answer(found, exposure) for found, exposure in zip(answers, held, strict=True)]


def _named(loan_request: LoanRequestIn) -> dict[str, str]:
    if loan_request.household_number:
        return {"household_number": loan_request.household_number}
    return {"household_id": str(loan_request.household_id)}


def _name_of(loan_request: LoanRequestIn) -> str:
    return next(iter(_named(loan_request).values()))


def _all_known(names: Sequence[Mapping[str, str]], found: Sequence[Found | None]) -> list[Found]:
    known = [each for each in found if each is not None]
    if len(known) < len(names):
        raise HouseholdUnknown(
            [next(iter(name.values())) for name, each in zip(names, found, strict=True) if each is None]
        )
    return known


def _question(
    loan_request: LoanRequestIn, body: ApplicationBatchIn | ApplicationIn, household: Household, exposure: Exposure
) -> dict[str, object]:
    optional = {
        "entity_id": loan_request.entity_id,
        "borrower_member_id": loan_request.borrower_member_id,
        "product_code": body.product_code,
        "industry": None if loan_request.industry == NOT_STATED else loan_request.industry,
    }
    return {
        "household_id": str(household.household_id),
        "amount": f"{loan_request.amount:.2f}",
        "term_months": loan_request.term_months,
        "purpose": loan_request.purpose,
        "bank_code": body.bank_code,
        "mode": str(loan_request.mode),
        **loan_request.statement.model_dump(mode="json", exclude={"consent"}, exclude_none=True),
        "exposure": {
            "open_loans": exposure.open_loans,
            "owed": f"{exposure.owed:.2f}",
            "under_way": f"{exposure.under_way:.2f}",
        },
        **{name: str(value) for name, value in optional.items() if value is not None},
    }


async def _lender(conn: Connection, bank_code: str, county_code: str, on: date) -> _Lender:
    rows = await conn.fetch(filing_sql.LENDER, bank_code, county_code, on)
    if not rows:
        raise LenderNotRegistered(bank_code, county_code)
    kind, *_ = rows[0]
    return _Lender(LenderKind(kind), tuple(Branch(*branch) for _, *branch in rows if branch[0] is not None))


async def file_batch(
    conn: Connection, officer: Principal, body: ApplicationBatchIn, answers: Sequence[Answer]
) -> FiledBatch:
    """File a township's applications: those who may borrow are `filed`, the others refused with every reason.

    Raises:
        OutsideRegion: the township is not the officer's.
        NoPackInForce: no pack is in force on the day of filing.
        BatchFilingNotAllowed: the pack has them filed one by one.
        ConsentMissing: the pack asks for every household's consent, and one's is not recorded.
        LenderNotRegistered: nobody lends under this bank's code.
        ChangedMeanwhile: a household came to owe more since registry was asked.
    """
    officer.ensure_region(Right.APPLICATIONS_FILE, body.township_code)
    pack = (await current_pack(conn, body.township_code, body.filed_on)).product(body.product_code)
    if not pack.approval_chain.batch_filing:
        raise BatchFilingNotAllowed(county_of(body.township_code))
    return await _file(conn, officer.subject, body, answers, pack)


async def file_one(
    conn: Connection, officer: Principal, body: ApplicationIn, answers: Sequence[Answer]
) -> ApplicationDetail:
    """File one application, as a batch of one, and return it as it stands: filed, or refused with every reason.

    Raises:
        NoPackInForce, ConsentMissing, LenderNotRegistered, ChangedMeanwhile: as for a batch.
    """
    application_id = await file_for(conn, officer.subject, body, answers)
    return await queries.get_application(conn, scope_of(officer, Right.APPLICATIONS_FILE), application_id)


async def file_for(conn: Connection, filed_by: str, body: ApplicationIn, answers: Sequence[Answer]) -> UUID:
    """File one application in the name of who took it, and return its id. Raises: as `file_one`."""
    (answer,) = answers
    village_code = answer.found.village_code
    pack = (await current_pack(conn, village_code, body.filed_on)).product(body.product_code)
    shared: dict[str, Any] = body.model_dump(include={"bank_code", "product_code", "filed_on"})
    batch = ApplicationBatchIn(township_code=township_of(village_code), items=[body], **shared)
    filed = await _file(conn, filed_by, batch, answers, pack)
    application_id: UUID = await conn.fetchval("SELECT id FROM application WHERE batch_id = $1", filed.id)
    return application_id


async def _file(
    conn: Connection, filed_by: str, body: ApplicationBatchIn, answers: Sequence[Answer], pack: ConfirmedPack
) -> FiledBatch:
    if pack.approval_chain.consent_required:
        ensure_consent({_name_of(item): item.statement.consented_on for item in body.items}, body.filed_on)
    # One filing at a time in a township: what its households and villages have is read and then added to.
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('filing/' || $1, 0))", body.township_code)
    filings = await _judged(conn, body, answers, pack)
    batch_id, county_code = new_id(), county_of(body.township_code)
    bound_to = (pack.pack_id, pack.pack_version, pack.product_code)
    shared = (body.township_code, county_code, body.bank_code, *bound_to, body.filed_on)
    await conn.execute(filing_sql.BATCH, batch_id, *shared, filed_by, len(filings))
    filed = await _insert(conn, filings, batch_id, *shared, filed_by)
    # Whatever another filing overtook is kept as refused.
    overtaken = [filing for filing in filings if filing.id not in filed]
    for filing in overtaken:
        filing.state, filing.reasons = State.REFUSED, [admission.APPLICATION_OPEN]
    await _insert(conn, overtaken, batch_id, *shared, filed_by)
    await _record_refusals(conn, body.filed_on, [filing for filing in filings if filing.is_refused])
    return _filed(batch_id, pack, filings)


async def _judged(
    conn: Connection, body: ApplicationBatchIn, answers: Sequence[Answer], pack: ConfirmedPack
) -> list[_Filing]:
    households = [answer.found.household_id for answer in answers]
    villages = [answer.found.village_code for answer in answers]
    exposures, rounds = await queries.exposures(conn, households), await queries.loan_rounds(conn, households)
    quotas = await queries.quotas_cut(conn, villages)
    headrooms = {village: admission.headroom(quota, body.filed_on) for village, quota in quotas.items()}
    lender = await _lender(conn, body.bank_code, county_of(body.township_code), body.filed_on)
    said = pack.pack.eligibility_rules().consequences
    answering = dict(await conn.fetch(BANKS_OF_VILLAGES, villages, body.filed_on))
    filings = []
    ids = sorted(new_id() for _ in body.items)  # lists and hand-overs keep the order of filing
    for application_id, loan_request, answer in zip(ids, body.items, answers, strict=True):
        found, amount, responsible = answer.found, loan_request.amount, answering.get(answer.found.village_code)
        exposure, headroom = exposures.get(found.household_id, Exposure()), headrooms.get(found.village_code)
        if exposure.has_outgrown(answer.exposure):
            raise ChangedMeanwhile
        own = (
            admission.other_township(found.village_code, body.township_code),
            admission.lender_kind_not_admitted(lender.kind, pack.pack.lending.lender_kinds),
            admission.bank_not_responsible(body.bank_code, responsible, pack.pack.lending.responsible_banks),
            admission.branch_not_of_bank(loan_request.branch_id, lender.branches),
            admission.forest_right_not_on_file(loan_request.statement.security, digests_of(loan_request)),
            admission.APPLICATION_OPEN if exposure.applications else None,
            admission.village_quota_cut(amount, headroom),
        )
        refused, conditions = weighed((reason for reason in own if reason is not None), said)
        reasons, granted_if = [*found.reasons, *refused], [*found.conditions, *conditions]
        loan_round = rounds.get(found.household_id, 0) + 1
        filing = _Filing(application_id, loan_request, found, loan_round, reasons, granted_if, responsible)
        filings.append(filing)
        if reasons:
            continue
        filing.branch_id = loan_request.branch_id or _nearest(lender, found.village_code)
        asks = bears(filing.conditions, Consequence.WITH_APPROVAL)
        filing.state = approval.path(pack.approval_chain, pack.public_notice_rule, amount, asks_office=asks)[0]
        # What was just filed counts for the rest of the batch.
        exposures[found.household_id] = replace(exposure, applications=1)
        if headroom is not None:
            headrooms[found.village_code] = replace(headroom, used=headroom.used + amount)
    return filings


def _nearest(lender: _Lender, village_code: str) -> UUID | None:
    branch = nearest(lender.branches, village_code)
    return None if branch is None else branch.id


async def _insert(conn: Connection, filings: Sequence[_Filing], *shared: Any) -> set[UUID]:
    rows = [_row(place, filing) for place, filing in enumerate(filings)]
    return {row["id"] for row in await conn.fetch(filing_sql.APPLICATIONS, rows, *shared)} if rows else set()


def _row(place: int, filing: _Filing) -> dict[str, Any]:
    loan_request, found = filing.loan_request, filing.found
    return {
        "place": place,
        "id": filing.id,
        "household_id": found.household_id,
        "household_number": found.household_number,
        "household_version": found.household_version,
        "village_code": found.village_code,
        "amount": loan_request.amount,
        "term_months": loan_request.term_months,
        "industry": loan_request.industry,
        "purpose": loan_request.purpose,
        "grade": found.grade,
        "credit_limit": found.credit_limit,
        "loan_round": filing.loan_round,
        "state": filing.state,
        "documents": codes_of(loan_request),
        "document_digests": digests_of(loan_request),
        "eligibility": found.answer,
        "reasons": [asdict(reason) for reason in filing.reasons],
        "conditions": [{**asdict(each.reason), "consequence": each.consequence} for each in filing.conditions],
        "mode": loan_request.mode,
        "entity_id": loan_request.entity_id or found.entity_id,
        "borrower_member_id": loan_request.borrower_member_id,
        "branch_id": filing.branch_id,
        "responsible_bank_code": filing.responsible_bank,
        "statement": loan_request.statement.model_dump(mode="json"),
    }


def codes_of(papers: PapersIn) -> list[str]:
    """Return the codes of papers, each once, in the order given."""
    return list(dict.fromkeys(paper.code for paper in papers.documents))


def digests_of(papers: PapersIn) -> dict[str, str]:
    """Return the digests of the papers that have one, by code."""
    return {paper.code: paper.sha256 for paper in papers.documents if paper.sha256}


async def _record_refusals(conn: Connection, on: date, refused: Sequence[_Filing]) -> None:
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


def _filed(batch_id: UUID, pack: ConfirmedPack, filings: Sequence[_Filing]) -> FiledBatch:
    refused = [filing for filing in filings if filing.is_refused]
    filed = [filing for filing in filings if not filing.is_refused]
    return FiledBatch(
        id=batch_id,
        pack_version=pack.pack_version,
        product_code=pack.product_code,
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


def _total(filings: Sequence[_Filing]) -> Decimal:
    return sum((filing.loan_request.amount for filing in filings), ZERO)
