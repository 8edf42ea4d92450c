"""Lists, requests about them, standings and quotas over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import AppealListings, DecideListings, ProposeListings, ReadLists, ReadReports, RunJobs
from services.registry.standing.lists import effects, queries, report
from services.registry.standing.lists.actions import late, requests
from services.registry.standing.lists.schemas import (
    EntryProposalIn,
    LateRunOut,
    ListEffectsAnswersOut,
    ListEffectsIn,
    ListEffectsOut,
    ListingDecisionIn,
    ListingDetail,
    ListingOut,
    ListingPleaIn,
    ListingRequestOut,
    ListingState,
    ListName,
    ListReport,
    RequestKind,
    RequestState,
    VillageQuotaOut,
)
from shared.jobs import JobRunIn
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["失信名单 Lists"])


@router.get("/listings", status_code=200, response_model=PageOf[ListingOut])
async def list_listings(
    officer: ReadLists,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    list_name: ListName | None = None,
    as_of: Day | None = None,
    state: ListingState | None = None,
    household_id: UUID | None = None,
    entity_id: UUID | None = None,
) -> Any:
    """List who is or was on the dishonesty list or the blacklist, why, since when, on what proof, and what it bars."""
    found = await queries.list_listings(
        conn,
        officer,
        region=region_code,
        today=today,
        list_name=list_name,
        on=as_of,
        state=state,
        household=household_id,
        entity=entity_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/listings/effects", status_code=200, response_model=ListEffectsOut)
async def show_list_effects(
    caller: ReadLists,
    conn: Read,
    today: Today,
    household_id: UUID | None = None,
    entity_id: UUID | None = None,
    as_of: Day | None = None,
) -> ListEffectsOut:
    """Show what one household or entity is barred from on a day, by which entries, with the clause of each bar."""
    return await effects.get_profile(conn, caller, household_id, entity_id, as_of or today)


@router.post("/listing-effects", status_code=200, response_model=ListEffectsAnswersOut)
async def ask_list_effects(body: ListEffectsIn, caller: ReadLists, conn: Read) -> ListEffectsAnswersOut:
    """Answer how many households and entities stand on a day; a question, so no Idempotency-Key is needed."""
    return await effects.list_effects(conn, caller, body)


@router.get("/listings/{listing_id}", status_code=200, response_model=ListingDetail)
async def show_listing(listing_id: UUID, officer: ReadLists, conn: Read, today: Today) -> ListingDetail:
    """Show one entry with every step of it and every appeal or removal that was asked for."""
    return await queries.get_listing(conn, officer, listing_id, today)


@router.get("/listing-requests", status_code=200, response_model=PageOf[ListingRequestOut])
async def list_listing_requests(
    officer: ReadLists,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    kind: RequestKind | None = None,
    state: RequestState | None = None,
    as_of: Day | None = None,
) -> Any:
    """List proposals, appeals and removals; `late` tells those that were not decided within the term."""
    found = await queries.list_requests(
        conn,
        officer,
        region=region_code,
        as_of=as_of or today,
        kind=kind,
        state=state,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/listing-proposals", status_code=201, response_model=ListingRequestOut)
async def propose_listing(body: EntryProposalIn, officer: ProposeListings, write: Write) -> Response:
    """Propose to list a household or an entity, with reason and evidence; another officer decides (LG-22)."""
    return await write(lambda tx: requests.propose_entry(tx, officer, body))


@router.post("/listings/{listing_id}/appeals", status_code=201, response_model=ListingRequestOut)
async def appeal_listing(listing_id: UUID, body: ListingPleaIn, officer: AppealListings, write: Write) -> Response:
    """Appeal against an entry for the household, through village, township or helper; the entry holds meanwhile.

    An accepted appeal against an entry for malicious default also gives the village its quota back (FJ-12).
    """
    return await write(lambda tx: requests.file_plea(tx, officer, listing_id, "appeal", body))


@router.post("/listings/{listing_id}/removals", status_code=201, response_model=ListingRequestOut)
async def ask_listing_removal(
    listing_id: UUID, body: ListingPleaIn, officer: ProposeListings, write: Write
) -> Response:
    """Ask that an officer's entry be removed because the debt is cleared, with proof; another officer decides."""
    return await write(lambda tx: requests.file_plea(tx, officer, listing_id, "removal", body))


@router.post("/listing-requests/{request_id}/decisions", status_code=201, response_model=ListingRequestOut)
async def decide_listing_request(
    request_id: UUID, body: ListingDecisionIn, officer: DecideListings, write: Write
) -> Response:
    """Accept or reject a proposal, an appeal or a removal, with the reason; never one's own."""
    return await write(lambda tx: requests.decide_request(tx, officer, request_id, body))


@router.get("/reports/lists", status_code=200, response_model=ListReport)
async def report_lists(
    officer: ReadReports,
    conn: Read,
    region_code: RegionCode,
    period_from: Day,
    period_until: Day,
) -> ListReport:
    """Report who was listed and cleared in a period, who is listed at its end, and what became of appeals."""
    return await report.list_report(conn, officer, region_code, period_from, period_until)


@router.get("/village-quotas", status_code=200, response_model=PageOf[VillageQuotaOut])
async def list_village_quotas(officer: ReadLists, conn: Read, page: Page, region_code: RegionCode) -> Any:
    """List the villages whose loan quota was ever cut, with every cut and which were taken back (FJ-12)."""
    found = await queries.list_quotas(conn, officer, region=region_code, after=page.after, limit=page.limit + 1)
    return page_of(found, page.limit, "village_code")


@router.post("/jobs/list-late-borrowers/runs", status_code=201, response_model=LateRunOut)
async def run_list_late_borrowers(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """List who has been late for as long as the county's pack says on a business date, and still is (FJ-12)."""
    return await write(lambda tx: late.list_late(tx, officer, body))
