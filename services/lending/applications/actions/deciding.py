"""Decisions of the review stages (审批): village check, township, county centre, joint review (FJ-4, LG-12)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.lending.applications.actions.rows import (
    LockedApplication,
    ensure_on_or_after,
    enter_states,
    lock_batch,
    pack_of,
    refuse,
    state_after,
    states_of,
)
from services.lending.applications.refusals import (
    AlreadyDecided,
    DocumentsMissing,
    NotInBatch,
    OfficeAmbiguous,
    SamePersonTwice,
    StageNotInChain,
    VillageCheckFailed,
    WrongStage,
)
from services.lending.applications.rules import approval
from services.lending.applications.rules.approval import State, Transition
from services.lending.applications.schemas.applications import BatchDecisionIn, DecidedBatch, DecisionIn, SignatureIn
from services.lending.loans.refusals import ApplicationUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.money import ZERO
from shared.offices import STEP_OF_STAGE, OtherOffice, offices_in_whose_name, right_of
from shared.policy.in_force import ConfirmedPack
from shared.policy.terms import ApprovalStep
from shared.policy.vocabulary import ApprovalLevel, Office
from shared.scope import scope_of


async def decide_batch(conn: Connection, officer: Principal, batch_id: UUID, body: BatchDecisionIn) -> DecidedBatch:
    """Record one office's decision on a batch's applications at one stage and move those that are decided.

    Refusals come in this order: scope, stage, office, selection, maker, person, date, checks, papers.

    Raises:
        RightMissing, ActsInTheCounty, BatchUnknown, StageNotInChain, OtherOffice, OfficeAmbiguous, NotInBatch,
        WrongStage, AlreadyDecided, MakerIsChecker, SamePersonTwice, DateBeforeStep, VillageCheckFailed,
        DocumentsMissing.
    """
    regions = _regions(officer, body.level)
    rows = await lock_batch(conn, batch_id, regions)
    pack = await pack_of(conn, rows)
    step = _step(pack, body.level)
    office = _office(officer, rows, step, pack, body.office)
    earlier = await _earlier(conn, batch_id, body.level)
    chosen = _chosen(rows, body, step, office, earlier)
    _ensure_may_decide(officer, chosen, body, earlier)
    if body.decision == "approve":
        _ensure_checks_passed(pack, chosen, body)
    checks = body.checks.model_dump() if body.checks else None
    signed_by = officer.subject, body.decided_on, body.note, checks
    await record_decisions(conn, chosen, DecisionSaid(body.stage, office, body.decision, *signed_by))
    advanced: dict[LockedApplication, State] = {}
    if body.decision == "refuse":
        await refuse(conn, chosen, body.decided_on, body.stage, _reason(body))
    else:
        for row in chosen:
            signed = earlier.get(row.id, {}).keys() | {office}
            if all(signer in signed for signer in step.signers):
                advanced[row] = state_after(pack, row, Transition.APPROVE)
        await enter_states(conn, advanced, body.decided_on)
    signed = set().union(*(earlier.get(row.id, {}).keys() for row in chosen)) | {office}
    return DecidedBatch(
        batch_id=batch_id,
        stage=body.stage,
        office=office,
        decision=body.decision,
        decided_count=len(chosen),
        amount=sum((row.amount for row in chosen), ZERO),
        advanced_count=len(advanced),
        refused_count=len(chosen) if body.decision == "refuse" else 0,
        waiting_for=[signer for signer in step.signers if signer not in signed] if body.decision == "approve" else [],
        states=await states_of(conn, batch_id, regions),
    )


async def decide_one(conn: Connection, officer: Principal, application_id: UUID, body: DecisionIn) -> DecidedBatch:
    """Record one office's decision on one application; the same rules as for a batch.

    Raises:
        ApplicationUnknown: there is none in the officer's regions for this stage.
    """
    batch_id = await conn.fetchval(
        "SELECT batch_id FROM application WHERE id = $1 AND village_code ^@ ANY($2::text[])",
        application_id,
        _regions(officer, body.level),
    )
    if batch_id is None:
        raise ApplicationUnknown(application_id)
    given = body.model_dump(exclude_unset=True)
    return await decide_batch(conn, officer, batch_id, BatchDecisionIn(**given, only=(application_id,)))


async def sign_batch(conn: Connection, officer: Principal, batch_id: UUID, body: SignatureIn) -> DecidedBatch:
    """Sign the joint review for one office; the last of the pack's offices to sign makes it approved (FJ-4)."""
    signed = BatchDecisionIn.model_validate(
        {
            "stage": "joint_review",
            "decision": "approve",
            "decided_on": body.signed_on,
            "office": body.office,
            "note": body.note,
            "except": body.except_,
            "only": body.only,
        }
    )
    return await decide_batch(conn, officer, batch_id, signed)


def _step(pack: ConfirmedPack, level: ApprovalLevel) -> ApprovalStep:
    for step in pack.approval_chain.steps:
        if step.level is level:
            return step
    raise StageNotInChain(level)


def _regions(officer: Principal, level: ApprovalLevel) -> list[str]:
    """Return where the officer decides at the stage, or else sees applications, to be refused by name."""
    right = right_of(STEP_OF_STAGE[level])
    own = officer.regions_for(right)
    seen = own or [view.region for view in scope_of(officer, Right.APPLICATIONS_READ).views if view.bank is None]
    if not seen:
        officer.ensure_has(right)
    return seen


def _office(
    officer: Principal,
    rows: Sequence[LockedApplication],
    step: ApprovalStep,
    pack: ConfirmedPack,
    named: Office | None,
) -> Office:
    regions = {row.region_code for row in rows}
    offices = offices_in_whose_name(officer, STEP_OF_STAGE[step.level], regions, pack.pack)
    if named is not None and named not in offices:
        raise OtherOffice(STEP_OF_STAGE[step.level], step.signers)
    if named is None and len(offices) > 1:
        raise OfficeAmbiguous(offices)
    return named or offices[0]


async def _earlier(conn: Connection, batch_id: UUID, stage: ApprovalLevel) -> dict[UUID, dict[str, str]]:
    """Return who decided at this stage before: application -> office -> officer."""
    rows = await conn.fetch(
        "SELECT d.application_id, d.office, d.officer FROM decision d JOIN application a ON a.id = d.application_id "
        "WHERE a.batch_id = $1 AND d.stage = $2",
        batch_id,
        str(stage),
    )
    earlier: dict[UUID, dict[str, str]] = {}
    for row in rows:
        earlier.setdefault(row["application_id"], {})[row["office"]] = row["officer"]
    return earlier


def _chosen(
    rows: Sequence[LockedApplication],
    body: BatchDecisionIn,
    step: ApprovalStep,
    office: Office,
    earlier: Mapping[UUID, Mapping[str, str]],
) -> list[LockedApplication]:
    state = approval.STATE_OF_STAGE[step.level]
    named = rows if body.only is None else [row for row in rows if row.id in set(body.only)]
    _ensure_in_batch(rows, {*body.except_, *(body.only or ())})
    left_out = set(body.except_)
    meant = [row for row in named if row.id not in left_out]
    decided = [row for row in meant if office in earlier.get(row.id, {})]
    waiting = [row for row in meant if row.state is state and office not in earlier.get(row.id, {})]
    if not waiting or (body.only is not None and len(waiting) < len(meant)):
        if decided:
            raise AlreadyDecided(step.level, office, len(decided))
        raise WrongStage(step.level, _count_states(meant))
    return waiting


def _ensure_in_batch(rows: Sequence[LockedApplication], named: Collection[UUID]) -> None:
    missing = set(named) - {row.id for row in rows}
    if missing:
        raise NotInBatch(missing)


def _count_states(rows: Sequence[LockedApplication]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts


def _ensure_may_decide(
    officer: Principal,
    chosen: Sequence[LockedApplication],
    body: BatchDecisionIn,
    earlier: Mapping[UUID, Mapping[str, str]],
) -> None:
    if any(row.filed_by == officer.subject for row in chosen):
        raise MakerIsChecker(officer.subject)
    if any(officer.subject in earlier.get(row.id, {}).values() for row in chosen):
        raise SamePersonTwice(officer.subject, body.stage)
    ensure_on_or_after("decided_on", body.decided_on, chosen)


def _ensure_checks_passed(pack: ConfirmedPack, chosen: Sequence[LockedApplication], body: BatchDecisionIn) -> None:
    failed = [name for name, passed in body.checks.model_dump().items() if not passed] if body.checks else []
    if failed:
        raise VillageCheckFailed(failed)
    ensure_documents(pack, chosen, body.level)


def ensure_documents(pack: ConfirmedPack, rows: Sequence[LockedApplication], level: ApprovalLevel) -> None:
    """Refuse when papers that must be on file before this level are not (FJ-4a).

    Raises:
        DocumentsMissing: naming the applications and the papers.
    """
    lacking = {
        row.id: [document.code for document in absent]
        for row in rows
        if (absent := approval.missing_documents(pack.approval_chain, row.documents, level))
    }
    if lacking:
        raise DocumentsMissing(lacking)


def _reason(body: BatchDecisionIn) -> dict[str, str]:
    return {"code": f"refused-at-{body.stage.replace('_', '-')}", "clause": "FJ-4", "zh": body.note or "", "en": ""}


@dataclass(frozen=True, slots=True)
class DecisionSaid:
    """What one office decided at a stage, by which person and on which day."""

    stage: str
    office: Office
    decision: str
    officer: str
    decided_on: date
    note: str | None
    checks: Mapping[str, bool] | None = None


async def record_decisions(conn: Connection, rows: Sequence[LockedApplication], said: DecisionSaid) -> None:
    """Keep one office's decision on each of these applications."""
    await conn.execute(
        "INSERT INTO decision (application_id, stage, office, decision, officer, decided_on, note, checks) "
        "SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM unnest($1::uuid[]) AS id",
        [row.id for row in rows],
        said.stage,
        str(said.office),
        said.decision,
        said.officer,
        said.decided_on,
        said.note,
        said.checks,
    )
