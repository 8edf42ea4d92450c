"""Implementing entities and the households bound to them, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import (
    AssessEntities,
    BindEntities,
    CheckEntities,
    ConfirmEntities,
    DetermineEntities,
    ReadEntities,
    RegisterEntities,
)
from services.registry.standing.entities import queries
from services.registry.standing.entities.actions import bindings, determinations, entities, public_records
from services.registry.standing.entities.schemas import (
    AssessmentDecisionIn,
    AssessmentIn,
    AssessmentOut,
    BindingIn,
    BindingOut,
    BindingTerminationIn,
    ConditionCheckIn,
    DeterminationIn,
    EntityCorrectionIn,
    EntityDetail,
    EntityIn,
    EntityKind,
    EntityOut,
    EntityState,
    EntityTerminationIn,
    PublicRecordIn,
    PublicRecordWithdrawalIn,
)
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Cipher, Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["实施主体 Implementing entities"])


@router.get("/implementing-entities", status_code=200, response_model=PageOf[EntityOut])
async def list_entities(
    officer: ReadEntities,
    cipher: Cipher,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    kind: EntityKind | None = None,
    state: EntityState | None = None,
    credit_code: Annotated[str | None, Query(max_length=18)] = None,
    as_of: Day | None = None,
) -> Any:
    """List implementing entities with what is missing, what they can still carry, and what stands against more."""
    found = await queries.list_entities(
        conn,
        officer,
        cipher,
        region=region_code,
        kind=kind,
        state=state,
        credit_code=credit_code,
        as_of=as_of or today,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/implementing-entities", status_code=201, response_model=EntityDetail)
async def register_entity(body: EntityIn, officer: RegisterEntities, cipher: Cipher, write: Write) -> Response:
    """Register an enterprise, cooperative, family farm or large grower by its unified social credit code (SX-4)."""
    return await write(lambda tx: entities.register_entity(tx, officer, cipher, body))


@router.get("/implementing-entities/{entity_id}", status_code=200, response_model=EntityDetail)
async def show_entity(
    entity_id: UUID, officer: ReadEntities, cipher: Cipher, conn: Read, today: Today, as_of: Day | None = None
) -> EntityDetail:
    """Show one entity with its conditions, checks, assessments and the capacity that is left."""
    return await queries.get_entity(conn, officer, cipher, entity_id, as_of or today)


@router.post("/implementing-entities/{entity_id}/corrections", status_code=201, response_model=EntityDetail)
async def correct_entity(
    entity_id: UUID, body: EntityCorrectionIn, officer: RegisterEntities, cipher: Cipher, write: Write
) -> Response:
    """Put an entity's name, representative or account right; what stood there before stays on file."""
    return await write(lambda tx: entities.correct_entity(tx, officer, cipher, entity_id, body))


@router.post("/implementing-entities/{entity_id}/terminations", status_code=201, response_model=EntityDetail)
async def end_entity(
    entity_id: UUID, body: EntityTerminationIn, officer: RegisterEntities, cipher: Cipher, write: Write
) -> Response:
    """Enter that an entity does not act as one any more; no household may be bound to it on that day."""
    return await write(lambda tx: entities.end_entity(tx, officer, cipher, entity_id, body))


@router.post("/implementing-entities/{entity_id}/conditions", status_code=201, response_model=EntityDetail)
async def check_entity_condition(
    entity_id: UUID, body: ConditionCheckIn, officer: CheckEntities, cipher: Cipher, write: Write
) -> Response:
    """Record whether one of the pack's conditions is met, on what evidence and for how long (SX-4)."""
    return await write(lambda tx: entities.check_condition(tx, officer, cipher, entity_id, body))


@router.post("/implementing-entities/{entity_id}/public-records", status_code=201, response_model=EntityDetail)
async def record_entity_public_record(
    entity_id: UUID, body: PublicRecordIn, officer: RegisterEntities, cipher: Cipher, write: Write
) -> Response:
    """Put a permit or a penalty from the public credit platform beside the entity (ZJ-8)."""
    return await write(lambda tx: public_records.record_public_record(tx, officer, cipher, entity_id, body))


@router.post("/entity-public-records/{record_id}/withdrawals", status_code=201, response_model=EntityDetail)
async def withdraw_entity_public_record(
    record_id: UUID, body: PublicRecordWithdrawalIn, officer: CheckEntities, cipher: Cipher, write: Write
) -> Response:
    """Withdraw a permit or penalty that was recorded wrongly, with the reason; another officer does it."""
    return await write(lambda tx: public_records.withdraw_public_record(tx, officer, cipher, record_id, body))


@router.post("/implementing-entities/{entity_id}/determinations", status_code=201, response_model=EntityDetail)
async def determine_entity(
    entity_id: UUID, body: DeterminationIn, officer: DetermineEntities, cipher: Cipher, write: Write
) -> Response:
    """Say, as the county, a bank or an insurer, whether the entity is to be an implementing entity (SX-10)."""
    return await write(lambda tx: determinations.determine_entity(tx, officer, cipher, entity_id, body))


@router.post("/implementing-entities/{entity_id}/assessments", status_code=201, response_model=AssessmentOut)
async def propose_entity_assessment(
    entity_id: UUID, body: AssessmentIn, officer: AssessEntities, write: Write
) -> Response:
    """Propose how many households' loans and how much money an entity can carry; another officer confirms (SX-4)."""
    return await write(lambda tx: entities.propose_assessment(tx, officer, entity_id, body))


@router.post("/entity-assessments/{assessment_id}/decisions", status_code=201, response_model=AssessmentOut)
async def decide_entity_assessment(
    assessment_id: UUID, body: AssessmentDecisionIn, officer: ConfirmEntities, write: Write
) -> Response:
    """Confirm or reject what another officer proposed; a confirmed assessment caps bindings from that day on."""
    return await write(lambda tx: entities.decide_assessment(tx, officer, assessment_id, body))


@router.get("/entity-bindings", status_code=200, response_model=PageOf[BindingOut])
async def list_entity_bindings(
    officer: ReadEntities,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    entity_id: UUID | None = None,
    household_id: UUID | None = None,
    only_open: bool = False,
    as_of: Day | None = None,
) -> Any:
    """List which households are or were bound to which entity; those of an entity on the blacklist are flagged."""
    found = await queries.list_bindings(
        conn,
        officer,
        region=region_code,
        entity=entity_id,
        household=household_id,
        as_of=as_of or today,
        only_open=only_open,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/entity-bindings", status_code=201, response_model=BindingOut)
async def bind_household(body: BindingIn, officer: BindEntities, write: Write) -> Response:
    """Bind a household to an entity by a help agreement, or refuse with every reason in words (SX-4, LG-22, LG-28)."""
    return await write(lambda tx: bindings.bind_household(tx, officer, body))


@router.post("/entity-bindings/{binding_id}/terminations", status_code=201, response_model=BindingOut)
async def end_entity_binding(
    binding_id: UUID, body: BindingTerminationIn, officer: BindEntities, write: Write
) -> Response:
    """End a help agreement from a day on; its place in the entity's capacity becomes free."""
    return await write(lambda tx: bindings.end_binding(tx, officer, binding_id, body))
