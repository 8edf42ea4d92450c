"""Projects in and out."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.subsidy.projects.rules.life import ProjectState, ProjectStep, StepOutcome
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, Code, Day, HappenedOn, Reference, Text

TownshipOrVillage = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12})$")]
Documents = Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
HOUSEHOLDS_MAX = 100_000


class ProjectMoneyIn(Body):
    """What a project gets from one programme."""

    programme_id: UUID
    fund_source: Text
    amount: PositiveMoney


class ProjectIn(Body):
    """What the planning meeting resolved: what, where, for whom, whose money, who answers (ZJ-9, ZJ-10)."""

    region_code: TownshipOrVillage
    name: Text
    kind: Literal["scattered", "centralised"]
    industry: Code
    households_planned: Annotated[int, Field(ge=1, le=HOUSEHOLDS_MAX)]
    policy_document: Text
    starts_on: Day
    ends_on: Day
    money: Annotated[tuple[ProjectMoneyIn, ...], Field(min_length=1, max_length=20)]
    leader: Text
    team: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    planned_on: HappenedOn
    note: Text
    documents: Documents

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise WrongValue(zh="ends_on 不得早于 starts_on。", en="ends_on lies before starts_on")
        if len({self.leader, *self.team}) <= len(self.team):
            raise WrongValue(
                zh="负责人和班子成员有重复，一人一岗。", en="a person is named twice; each has one post in a project"
            )
        return self


class _Recorded(Body):
    happened_on: HappenedOn
    note: Text
    documents: Documents


class ProjectStepIn(_Recorded):
    """A step that the township takes; `works` says how far and how well, `reimbursement` how much is claimed."""

    step: Literal["application", "entity", "works", "completion", "reimbursement", "withdrawal"]
    entity_code: Reference | None = None
    entity_name: Text | None = None
    progress_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    quality_in_order: bool | None = None
    amount: Money | None = None

    @model_validator(mode="after")
    def _of_the_step(self) -> Self:
        works = (self.progress_percent is not None, self.quality_in_order is not None)
        if works != (self.step == "works",) * 2:
            raise WrongValue(
                zh="progress_percent 和 quality_in_order 在 works 环节必填，其他环节不填。",
                en="progress_percent and quality_in_order belong to `works`, and it needs both",
            )
        if (self.amount is not None) != (self.step == "reimbursement"):
            raise WrongValue(
                zh="amount 在 reimbursement 环节必填，其他环节不填。",
                en="amount belongs to `reimbursement`, and it needs it",
            )
        entity = (self.entity_code is not None, self.entity_name is not None)
        if entity[0] != entity[1] or (entity[0] and self.step != "entity"):
            raise WrongValue(
                zh="entity_code 和 entity_name 须同时填写，且仅用于 entity 环节。",
                en="entity_code and entity_name go together, and belong to `entity`",
            )
        return self


class ProjectApprovalIn(_Recorded):
    """The county's word on a plan: approved, returned for correction, or refused with the reason in `note`."""

    decision: Literal["approve", "return", "refuse"]


class ProjectAcceptanceIn(_Recorded):
    """What the acceptance found; works that failed go on, and are accepted again after completion."""

    decision: Literal["pass", "fail"]


class ProjectReimbursementIn(_Recorded):
    """The finance bureau's word on a claim for reimbursement."""

    decision: Literal["approve", "return"]


class ProjectHandOverIn(Body):
    """One person takes over another's post on a day."""

    leaves: Text
    comes: Text
    on: HappenedOn
    hand_over: Text


class ProjectStepReversalIn(ReversalIn):
    """The last step that counts, by its number, and why it is struck; of a payment with the transfer that came back."""

    number: Annotated[int, Field(ge=1)]
    bank_reference: Reference | None = None
    returned_on: HappenedOn | None = None

    @model_validator(mode="after")
    def _transfer_is_whole(self) -> Self:
        if (self.bank_reference is None) != (self.returned_on is None):
            raise WrongValue(
                zh="bank_reference 和 returned_on 须同时填写。", en="bank_reference and returned_on go together"
            )
        return self


class ProjectMoneyOut(Answer):
    """Money of one programme: granted to the project, still committed to it, and paid out."""

    programme_id: UUID
    fund_source: str
    amount: Money
    committed: Money
    paid: Money


class ProjectStepOut(Answer):
    """A step on file; a struck one was found wrong by two and does not count."""

    number: int
    step: ProjectStep
    outcome: StepOutcome
    happened_on: date
    state_after: ProjectState
    note: str
    documents: list[str]
    progress_percent: int | None
    quality_in_order: bool | None
    amount: Money | None
    entity_code: str | None
    entity_name: str | None
    recorded_by: str
    office: str
    recorded_at: datetime
    struck: bool


class ProjectPostOut(Answer):
    """A person who answers for the project, from when until when."""

    post: Literal["leader", "member"]
    person: str
    from_on: date
    until_on: date | None
    hand_over: str | None


class ProofOut(Answer):
    """One of the seven things that a project must be able to show (七有), and whether its file shows it."""

    code: str
    zh: str
    en: str
    present: bool


class ProjectOut(Answer):
    """A project and where it stands."""

    id: UUID
    county_code: str
    region_code: str
    name: str
    kind: str
    industry: str
    households_planned: int
    policy_document: str
    starts_on: date
    ends_on: date
    entity_code: str | None
    entity_name: str | None
    state: ProjectState
    leader: str
    amount: Money
    committed: Money
    paid: Money


class ProjectDetail(ProjectOut):
    """A project's whole file: money, steps, what was struck and why, persons, and the seven proofs (ZJ-10)."""

    money: list[ProjectMoneyOut]
    steps: list[ProjectStepOut]
    step_reversals: list[ReversalOut]
    posts: list[ProjectPostOut]
    proofs: list[ProofOut]
