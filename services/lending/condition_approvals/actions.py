"""Another office's approval (其他部门批准) of a loan that misses a condition of the county's, before its hand-over."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.lending.applications import queries
from services.lending.applications.actions.deciding import DecisionSaid, record_decisions
from services.lending.applications.actions.rows import (
    LockedApplication,
    ensure_on_or_after,
    enter_states,
    lock_application,
    pack_of,
    refuse,
    state_after,
)
from services.lending.applications.refusals import AlreadyDecided, OfficeAmbiguous, SamePersonTwice, WrongStage
from services.lending.applications.rules.approval import State, Transition
from services.lending.applications.schemas.applications import ApplicationDetail
from services.lending.condition_approvals.rules import offices_asked
from services.lending.condition_approvals.schemas import ConditionDecisionIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.offices import OtherOffice, Step, offices_in_whose_name
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import Office
from shared.scope import scope_of

STAGE = str(State.CONDITION_APPROVAL)
_EARLIER = "SELECT office, officer FROM decision WHERE application_id = $1 AND stage = $2"


async def decide_condition(
    conn: Connection, officer: Principal, application_id: UUID, body: ConditionDecisionIn
) -> ApplicationDetail:
    """Record the decision of one office that the pack asks; with the last one's approval the application is approved.

    One refusal refuses the application. Until every office has answered it waits, and is listed as late past its day.

    Raises:
        ApplicationUnknown: there is none in the officer's sight.
        WrongStage: it does not wait for another office.
        OtherOffice: the pack asks another office than the officer's.
        OfficeAmbiguous, AlreadyDecided, MakerIsChecker, SamePersonTwice, DateBeforeStep: as at other stages.
    """
    row = await lock_application(conn, application_id, _regions(officer))
    pack = await pack_of(conn, [row])
    asked = offices_asked(pack.pack.eligibility_rules().consequences, row.asked)
    if row.state is not State.CONDITION_APPROVAL:
        raise WrongStage(STAGE, {row.state: 1})
    office = _office(officer, row, pack, list(asked), body.office)
    earlier = dict(await conn.fetch(_EARLIER, application_id, STAGE))
    _ensure_may_decide(officer, row, office, earlier, body)
    said = DecisionSaid(STAGE, office, body.decision, officer.subject, body.decided_on, body.note)
    await record_decisions(conn, [row], said)
    if body.decision == "refuse":
        await refuse(conn, [row], body.decided_on, STAGE, _reason(pack, body))
    elif asked.keys() <= earlier.keys() | {office}:
        await enter_states(conn, {row: state_after(pack, row, Transition.APPROVE)}, body.decided_on)
    return await queries.get_application(conn, scope_of(officer, Right.APPLICATIONS_READ), application_id)


def _regions(officer: Principal) -> list[str]:
    own = officer.regions_for(Right.CONDITIONS_APPROVE)
    return own or [view.region for view in scope_of(officer, Right.APPLICATIONS_READ).views if view.bank is None]


def _office(
    officer: Principal, row: LockedApplication, pack: ConfirmedPack, asked: Sequence[Office], named: Office | None
) -> Office:
    acting = offices_in_whose_name(officer, Step.CONDITION_APPROVAL, (row.region_code,), pack.pack)
    own = [office for office in acting if office in asked and named in (None, office)]
    if not own:
        raise OtherOffice(Step.CONDITION_APPROVAL, asked)
    if len(own) > 1:
        raise OfficeAmbiguous(own)
    return own[0]


def _ensure_may_decide(
    officer: Principal, row: LockedApplication, office: Office, earlier: Mapping[str, str], body: ConditionDecisionIn
) -> None:
    if office in earlier:
        raise AlreadyDecided(STAGE, office, 1)
    if row.filed_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    if officer.subject in earlier.values():
        raise SamePersonTwice(officer.subject, STAGE)
    ensure_on_or_after("decided_on", body.decided_on, [row])


def _reason(pack: ConfirmedPack, body: ConditionDecisionIn) -> dict[str, str]:
    said = pack.pack.eligibility.consequences
    clause = ", ".join(said.clause or said.after or ()) if said else ""
    return {"code": "refused-at-condition-approval", "clause": clause, "zh": body.note or "", "en": ""}
