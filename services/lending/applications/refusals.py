"""Why this room refuses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.vocabulary.load import in_chinese

_TRANSITIONS: Final[Mapping[str, str]] = {
    "approve": "同意",
    "refuse": "不同意",
    "end_public_notice": "结束公示",
    "uphold_objection": "异议成立",
    "hand_over": "移交银行",
    "disburse": "放款",
    "withdraw": "撤回",
}
# What the village finds, in both languages, by the field of the body.
_CHECKS: Final[Mapping[str, tuple[str, str]]] = {
    "identity_confirmed": ("身份", "identity"),
    "purpose_confirmed": ("用途", "purpose"),
    "amount_confirmed": ("金额", "amount"),
}
NAMED_MAX: Final = 10  # in a sentence; all are in the refusal's values


class TransitionNotPossible(Refused):
    """The application is not where this can happen."""

    code = "wrong-state"
    title = "当前状态不允许此操作 Not possible in this state"

    def __init__(self, state: str, move: str) -> None:
        super().__init__(
            zh=f"该申请当前为“{in_chinese(state)}”，不能办理“{_TRANSITIONS[move]}”；请查看申请所处环节及后续环节。",
            en=f"An application that is {state} cannot be moved by {move}; look up where it stands and what comes "
            "next.",
            state=str(state),
            move=str(move),
        )


class NotInBatch(NotFound):
    """`only` or `except` names applications that are not in this batch, or not in the caller's regions."""

    code = "not-in-batch"

    def __init__(self, missing: Collection[UUID]) -> None:
        named = sorted(str(value) for value in missing)
        super().__init__(
            zh=f"所列申请中有 {len(named)} 件不在本批次或不在您的辖区，首件为 {named[0]}，请更正名单。",
            en=f"{len(named)} of the applications named are not in this batch or not in your regions, first "
            f"{named[0]}; correct the list.",
            application_ids=named[:20],
        )


class ChangedMeanwhile(Refused):
    """Applications or loans no longer stand as they stood when a peer was asked or they were locked."""

    code = "changed-meanwhile"

    def __init__(self) -> None:
        super().__init__(
            zh="办理期间申请或贷款已变化，未作任何处理，请重新提交。",
            en="The applications or loans changed meanwhile; nothing was done. Send it again.",
        )


class BatchUnknown(NotFound):
    """No such batch in the caller's regions."""

    code = "application-batch-unknown"

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有申请批次 {batch_id}，请核对编号。",
            en=f"There is no batch of applications {batch_id} in your regions; check the number.",
        )


class NoticeUnknown(NotFound):
    """No such notice in the caller's regions."""

    code = "public-notice-unknown"

    def __init__(self, notice_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有公示 {notice_id}，请核对编号。",
            en=f"There is no public notice {notice_id} in your regions; check the number.",
        )


class ObjectionUnknown(NotFound):
    """No such objection in the caller's regions."""

    code = "objection-unknown"

    def __init__(self, objection_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有异议 {objection_id}，请核对编号。",
            en=f"There is no objection {objection_id} in your regions; check the number.",
        )


class PublicNoticeNotOver(Refused):
    """The working days are not over."""

    code = "public-notice-not-over"
    title = "公示期未满 Public notice not over"
    clause = "LG-12"

    def __init__(self, closed_on: date, ends_on: date) -> None:
        super().__init__(
            zh=f"公示期至 {ends_on} 届满，{closed_on} 不能结束公示，请于 {ends_on} 或之后办理。",
            en=f"The notice runs until {ends_on}; it cannot be closed on {closed_on}. Close it on {ends_on} or later.",
            closed_on=closed_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


class ObjectionsOpen(Refused):
    """Every application that is left has an open objection or a clock that still runs."""

    code = "objections-open"
    title = "尚有异议未处理 Objections open"
    clause = "LG-12"

    def __init__(self, left: int, waiting: int, latest: date) -> None:
        super().__init__(
            zh=f"余下 {left} 件申请均不能进入下一环节：{waiting} 件有未处理的异议，其余公示期最迟至 {latest} "
            "届满；请先处理异议，届时再结束公示。",
            en=f"None of the {left} applications left can go on: {waiting} have an open objection, the clock of "
            f"the others runs until {latest} at the latest. Settle the objections and close the notice then.",
            objections=waiting,
            ends_on=latest.isoformat(),
        )


class NoticeClosed(Refused):
    """The notice has been closed for all its applications."""

    code = "notice-closed"
    title = "公示已结束 Notice closed"

    def __init__(self, closed_on: date) -> None:
        super().__init__(
            zh=f"该公示已于 {closed_on} 结束，没有待结束的申请。",
            en=f"The notice was closed on {closed_on}; nothing is left to close.",
            closed_on=closed_on.isoformat(),
        )


class NotPublic(Refused):
    """Objections are raised while an application is public."""

    code = "not-public"
    title = "申请不在公示期 Not in public notice"
    clause = "LG-12"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该申请当前为“{in_chinese(state)}”，不在公示期；异议须在公示期内提出。",
            en=f"The application is {state}, not public; an objection can be raised while its notice hangs.",
            state=str(state),
        )


class AlreadySettled(Refused):
    """An objection is settled once."""

    code = "already-settled"
    title = "异议已处理 Already settled"

    def __init__(self, settled_on: date) -> None:
        super().__init__(
            zh=f"该异议已于 {settled_on} 处理；如有新的理由，请另行提出。",
            en=f"The objection was settled on {settled_on}; raise a new one if there are new grounds.",
            settled_on=settled_on.isoformat(),
        )


class RaiserMayNotSettle(NotAllowed):
    """Whoever raised an objection, or filed the application, does not settle it."""

    code = "raiser-may-not-settle"
    title = "提出人不得处理异议 The raiser may not settle"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"{person} 提出或登记了该异议，不得由其处理，请其他人员办理。",
            en=f"{person} raised or recorded this objection and may not settle it; ask another officer.",
            person=person,
        )


class ReservationTooShort(Invalid):
    """Cover must last until the bank has to have paid."""

    code = "reservation-too-short"
    clause = "FJ-4"

    def __init__(self, expires_on: date, disbursement_due_on: date) -> None:
        super().__init__(
            zh=f"占用额度至 {expires_on} 到期，早于银行最迟放款日 {disbursement_due_on}，请填写该日或之后的日期。",
            en=f"Cover until {expires_on} would end before the bank must have paid on {disbursement_due_on}; "
            "give that day or a later one.",
            expires_on=expires_on.isoformat(),
            disbursement_due_on=disbursement_due_on.isoformat(),
        )


class EnterpriseUseEnded(Refused):
    """Loans that an enterprise would use can no longer be granted."""

    code = "enterprise-use-banned"
    title = "不得户贷企用 Enterprise use banned"
    clause = "LG-28"

    def __init__(self, handed_over_on: date, banned: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"其中 {len(banned)} 笔将在 {handed_over_on} 之后发放并由企业使用（户贷企用），已被禁止，首件为 "
            f"{banned[0]}；请撤回这些申请，再移交其余申请。",
            en=f"{len(banned)} of these loans would be granted after {handed_over_on} for use by an enterprise, "
            f"which is banned, first {banned[0]}; withdraw them and send the hand-over of the others again.",
            handed_over_on=handed_over_on.isoformat(),
            application_ids=[str(application_id) for application_id in banned[:20]],
        )


class BatchFilingNotAllowed(Refused):
    """The county's pack has applications filed one by one."""

    code = "batch-filing-not-allowed"
    title = "本县不允许批量申报 No batch filing in this county"
    clause = "XX-2"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            zh=f"{county_code} 县的政策不允许批量申报，请逐件申报。",
            en=f"The policy of {county_code} does not allow batch filing; file each application by itself.",
            county_code=county_code,
        )


class HouseholdUnknown(NotFound):
    """Some households are on no register, or outside the officer's regions (the two look the same on purpose)."""

    code = "household-unknown"
    title = "没有该农户档案 Household not on the register"
    clause = "SX-7"

    def __init__(self, named: Sequence[str]) -> None:
        shown = ", ".join(named[:NAMED_MAX]) + (" …" if len(named) > NAMED_MAX else "")
        super().__init__(
            zh=f"您的辖区内没有以下 {len(named)} 户农户的档案：{shown}；请核对编号或先建档。本次申请均未受理。",
            en=f"{len(named)} households are not on the register in your regions: {shown}; check the numbers or "
            "register them first. Nothing of this request was filed.",
            households=list(named),
        )


class ConsentMissing(Refused):
    """The pack files nothing without the household's recorded consent, and some households' is not recorded."""

    code = "consent-missing"
    clause = "SX-10"

    def __init__(self, named: Sequence[str]) -> None:
        shown = ", ".join(named[:NAMED_MAX]) + (" …" if len(named) > NAMED_MAX else "")
        super().__init__(
            zh=f"以下 {len(named)} 户没有申报日前的同意记录：{shown}；请补录农户同意或去掉。本次均未受理。",
            en=f"{len(named)} households had not consented by then: {shown}; record it or leave them out. None filed.",
            households=list(named),
        )


class StageNotInChain(Invalid):
    """The county's pack has no such stage."""

    code = "stage-not-in-chain"

    def __init__(self, stage: str) -> None:
        super().__init__(
            zh=f"本县政策没有“{in_chinese(stage)}”环节，请在政策规定的环节办理。",
            en=f"The county's policy has no stage '{stage}'; decide at one of its stages.",
            stage=stage,
        )


class OfficeAmbiguous(Invalid):
    """The officer belongs to several offices that decide here."""

    code = "office-ambiguous"

    def __init__(self, offices: Sequence[str]) -> None:
        super().__init__(
            zh=f"您可代表{'、'.join(in_chinese(each) for each in offices)}审批，请注明代表哪个部门。",
            en=f"You may decide here for {' and '.join(offices)}; name the office you decide for.",
            offices=list(offices),
        )


class WrongStage(Refused):
    """None, or not all, of the applications meant stand at this stage."""

    code = "wrong-stage"
    title = "申请不在该环节 Not at this stage"

    def __init__(self, stage: str, states: Mapping[str, int]) -> None:
        found = ", ".join(f"{count} {state}" for state, count in states.items())
        found_zh = "、".join(f"{in_chinese(state)} {count} 件" for state, count in states.items())
        super().__init__(
            zh=f"这些申请不在“{in_chinese(stage)}”环节等待审批：{found_zh}；请在其所处环节办理。",
            en=f"These applications do not wait for a decision at {stage}: {found}. Decide where they stand.",
            stage=stage,
            states={str(state): count for state, count in states.items()},
        )


class AlreadyDecided(Refused):
    """This office has already decided at this stage."""

    code = "already-decided"
    title = "该环节已作出决定 Already decided"

    def __init__(self, stage: str, office: str, count: int) -> None:
        super().__init__(
            zh=f"{in_chinese(office)}在“{in_chinese(stage)}”环节已对其中 {count} 件作出决定，每件只决定一次，"
            "请从名单中去掉。",
            en=f"The office {office} has already decided {count} of these applications at {stage}; "
            "a decision is made once.",
            stage=stage,
            office=office,
            count=count,
        )


class SamePersonTwice(NotAllowed):
    """Each office signs by another person."""

    code = "same-person-twice"
    title = "同一人不得代表两个部门 One person, one office"
    clause = "FJ-4"

    def __init__(self, person: str, stage: str) -> None:
        super().__init__(
            zh=f"{person} 已在“{in_chinese(stage)}”环节代表另一部门审批，本部门须由其他人员审批。",
            en=f"{person} has already decided at {stage} for another office; another person must decide for this one.",
            person=person,
            stage=stage,
        )


class VillageCheckFailed(Refused):
    """A check that failed cannot be approved."""

    code = "village-check-failed"
    title = "村级核查未通过 Village check failed"
    clause = "LG-12"

    def __init__(self, failed: Sequence[str]) -> None:
        super().__init__(
            zh=f"{'、'.join(_CHECKS[each][0] for each in failed)}核查未通过，不能同意；请填写原因并拒绝，"
            "或从本次审批中去掉这些申请。",
            en=f"The check of {', '.join(_CHECKS[each][1] for each in failed)} failed, so the applications cannot "
            "be approved; refuse them with a note, or leave them out of this decision.",
            failed=list(failed),
        )


class DocumentsMissing(Refused):
    """Papers that this level needs are not on file."""

    code = "documents-missing"
    title = "资料不全 Documents missing"
    clause = "FJ-4a"

    def __init__(self, lacking: Mapping[UUID, Sequence[str]]) -> None:
        first, codes = next(iter(lacking.items()))
        super().__init__(
            zh=f"{len(lacking)} 件申请资料不全，首件 {first} 缺少：{'、'.join(in_chinese(code) for code in codes)}；"
            "请补齐资料，或从本次办理中去掉这些申请。",
            en=f"{len(lacking)} applications lack papers, first {first}: {', '.join(codes)}. Put them on file, or "
            "leave these applications out.",
            lacking={str(key): list(value) for key, value in list(lacking.items())[:20]},
        )
