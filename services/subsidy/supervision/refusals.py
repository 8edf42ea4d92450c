"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.vocabulary.load import in_chinese


class NotOfThatOffice(NotAllowed):
    """Findings are made in the name of an office that supervises here, by its own people."""

    code = "finding-of-another-office"
    title = "不属于该监督部门 Not of that office"
    clause = "ZJ-3"

    def __init__(self, office: str) -> None:
        super().__init__(
            zh=f"您在所在地不属于“{in_chinese(office, 'Office')}”，或该部门在本县不承担监督；请以所属部门的名义登记。",
            en=f"You are not of '{office}' at this place, or it does not supervise in this county; record the "
            "finding in your own office's name.",
            office=office,
        )


class SubjectElsewhere(Refused):
    """Works are found on projects, dividends and income money on agreements."""

    code = "finding-subject-elsewhere"
    title = "监督事项对象不符 Subject belongs elsewhere"
    clause = "DZ-7"

    def __init__(self, subject: str, *, of_agreement: bool) -> None:
        zh, en = ("项目", "the project") if of_agreement else ("利益联结协议", "the benefit agreement")
        super().__init__(
            zh=f"“{in_chinese(subject, 'Subject')}”应登记在{zh}上，请在{zh}下登记。",
            en=f"A finding on '{subject}' is recorded on {en}; record it there.",
            subject=subject,
        )


class AftercareTooEarly(Refused):
    """Aftercare begins when the works are completed."""

    code = "aftercare-before-completion"
    title = "项目未竣工 Works not completed"
    clause = "ZJ-3"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"项目当前为“{in_chinese(state, 'ProjectState')}”，尚未进入后续管护；请按进度或质量登记。",
            en=f"The project is '{state}' and not in aftercare yet; record a finding on progress or quality.",
            state=state,
        )


class FindingUnknown(NotFound):
    """No such finding in the caller's regions."""

    code = "finding-unknown"
    title = "监督发现不存在 Finding unknown"

    def __init__(self, finding_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有监督发现 {finding_id}，请在监督发现列表中查找。",
            en=f"There is no finding {finding_id} in your region; list the findings to find it.",
        )


class FindingInWrongState(Refused):
    """It is answered once, then closed or sent back."""

    code = "finding-in-wrong-state"
    title = "监督发现状态不符 Finding in another state"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该监督发现当前为“{in_chinese(state, 'FindingOut.state')}”，不能办理此事项：待整改的可以答复，"
            "已答复的可以销号或退回。",
            en=f"The finding is '{state}', where this is not done: an open one is answered, an answered one is closed "
            "or sent back.",
            state=state,
        )


class MeasureUnknown(NotFound):
    """No such measure in the caller's regions."""

    code = "project-measure-unknown"
    title = "处置措施不存在 Measure unknown"

    def __init__(self, measure_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有处置措施 {measure_id}，请在项目的处置措施中查找。",
            en=f"There is no measure {measure_id} in your region; look among the project's measures.",
        )


class MeasureInWrongState(Refused):
    """It was decided before, or nothing is to come back of it."""

    code = "project-measure-in-wrong-state"
    title = "处置措施状态不符 Measure in another state"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该处置措施当前为“{in_chinese(state)}”，不能办理此事项：待决定的可以审批，已批准收回资金的可以登记到账。",
            en=f"The measure is '{state}', where this is not done: a proposed one is decided, money comes in on an "
            "approved take-back.",
            state=state,
        )


class ProjectNotRunning(Refused):
    """Nothing is taken back or moved before the approval, or after the end."""

    code = "project-not-running"
    title = "项目不在实施期 Project not running"
    clause = "ZJ-3"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"项目当前为“{in_chinese(state, 'ProjectState')}”，不能收回资金或调项；未批准的项目请退回或撤回。",
            en=f"The project is '{state}', where no money is taken back and nothing moved; return or withdraw one "
            "that is not approved.",
            state=state,
        )


class ReceiptBookedBefore(Refused):
    """The bank's reference stands for another receipt."""

    code = "project-receipt-booked"
    title = "该笔到账已登记 Receipt booked before"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"流水号 {reference} 的到账已登记，请勿重复；如为另一笔，请核对流水号。",
            en=f"A receipt with reference {reference} is on file; do not book it twice, or check the reference.",
            reference=reference,
        )


class MeasureIncomplete(Invalid):
    """A take-back says how much by when, a move says where to or to whom."""

    code = "project-measure-incomplete"
    title = "处置措施不完整 Measure incomplete"

    def __init__(self) -> None:
        super().__init__(
            zh="收回资金须填写 amount 和 due_on；调项须填写 region_code 或实施主体的代码和名称，不填金额。",
            en="A take-back needs amount and due_on; a move needs region_code or the entity with its code, no amount.",
        )


class MeasureNotLowered(Refused):
    """A take-back is lowered to something between what came in and what it asks for now."""

    code = "project-measure-not-lowered"
    title = "收回金额未降低 Measure not lowered"
    clause = "ZJ-3"

    def __init__(self, asked: Decimal, received: Decimal, now: Decimal) -> None:
        super().__init__(
            zh=f"该措施现收回 {now} 元，已到账 {received} 元，所填 {asked} 元；只能降为不低于已到账、低于现金额的数额，"
            "到账有误的请先冲正。",
            en=f"The take-back asks for {now} yuan and {received} came in; {asked} is not between them. State less "
            "than it asks for now and no less than came in, or have a wrong receipt reversed first.",
            asked=str(asked),
            received=str(received),
            now=str(now),
        )


class ProjectReceiptUnknown(NotFound):
    """No such receipt that counts in the caller's region."""

    code = "project-receipt-unknown"
    title = "到账记录不存在 Receipt unknown"

    def __init__(self, receipt_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有有效的到账记录 {receipt_id}，请在项目的处置措施中查找；已冲正的不再冲正。",
            en=f"There is no receipt {receipt_id} that counts in your region; find it in the project's measures. One "
            "that was reversed is not reversed again.",
        )
