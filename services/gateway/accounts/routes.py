"""Accounts over HTTP: who am I, people, API clients, grants."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.access import Caller, ManagePeople, ReadPeople
from services.gateway.accounts import actions, queries
from services.gateway.accounts.schemas import (
    PEOPLE_ASKED_MAX,
    AccountsCreated,
    ApiClientBody,
    EndedGrant,
    GrantAnswer,
    GrantsAdded,
    GrantsBody,
    Me,
    PeopleAnswer,
    PeopleBody,
)
from shared.access import RIGHTS, Right
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["accounts 账号"])

AskedFor = Annotated[
    list[UUID],
    Query(default_factory=list, json_schema_extra={"minItems": 1, "maxItems": PEOPLE_ASKED_MAX}),
]


@router.get("/me", response_model=Me)
async def read_me(caller: Caller) -> Me:
    """Return who the caller is and what the caller may do."""
    rights = sorted(str(right) for right in RIGHTS if caller.has(right))
    grants = [GrantAnswer(role=grant.role, region=grant.region) for grant in caller.grants]
    return Me(subject=caller.subject, name=caller.name, organisation=caller.organisation, grants=grants, rights=rights)


@router.get("/people", response_model=PeopleAnswer, status_code=200)
async def look_up_people(ids: AskedFor, reader: ReadPeople, conn: Read) -> PeopleAnswer:
    """Return the account holders behind the ids on records, in the order asked; ids of no account are named unknown.

    The names of those who decide are no secret among officers, banks and insurers (LG-44).
    """
    return await queries.look_up_people(conn, ids)


@router.post("/people", response_model=AccountsCreated, status_code=201)
async def create_people(body: PeopleBody, admin: ManagePeople, write: Write, request: Request) -> Response:
    """Create people with their grants, all or none; only roles the caller may hand out, inside the caller's region."""
    people = await actions.hashed_people(request.app.state.hasher, admin, body.people)
    return await write(lambda tx: actions.create_accounts(tx, admin.name, people))


@router.post("/api-clients", response_model=AccountsCreated, status_code=201)
async def create_api_client(body: ApiClientBody, admin: ManagePeople, write: Write, request: Request) -> Response:
    """Create one API client of a bank or insurer with its grants."""
    client = await actions.hashed_client(request.app.state.hasher, admin, body)
    return await write(lambda tx: actions.create_accounts(tx, admin.name, [client]))


@router.post("/grants", response_model=GrantsAdded, status_code=201)
async def add_grants(body: GrantsBody, admin: ManagePeople, write: Write) -> Response:
    """Give an account further grants, for example on the successor of a region that was merged or split."""
    return await write(lambda tx: actions.add_grants(tx, admin, body))


@router.get("/ended-grants", status_code=200, response_model=PageOf[EndedGrant])
async def list_ended_grants(admin: ManagePeople, conn: Read, page: Page, today: Today) -> Any:
    """List grants on regions that were merged or split, with the successors to choose from, until one was granted.

    Listed are grants on the regions of which the caller manages people.

    A region that got another code one to one needs no decision: its officers go on with the new code.
    """
    after = page.after_as(queries.GrantPlace.read)
    scope = admin.regions_for(Right.PEOPLE_MANAGE)
    found = await queries.list_ended_grants(conn, scope, today, after, page.limit + 1)
    return page_of(found, page.limit, "place")
