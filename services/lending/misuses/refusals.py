"""Why a step of a misuse is refused."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class MisuseUnknown(NotFound):
    """No such misuse in the officer's scope."""

    code = "misuse-unknown"
    title = "挪用认定不存在 Misuse unknown"

    def __init__(self, misuse_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有挪用认定 {misuse_id}，请在挪用认定清单中查找。",
            en=f"No misuse {misuse_id} is known in your regions; look it up in the list of misuses.",
            misuse_id=str(misuse_id),
        )


class MisuseTerminationUnknown(NotFound):
    """No such end of a misuse in the officer's scope."""

    code = "misuse-termination-unknown"
    title = "挪用整改不存在 Misuse termination unknown"

    def __init__(self, termination_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有挪用整改 {termination_id}，请在挪用整改清单中查找。",
            en=f"No end {termination_id} of a misuse is known in your regions; look it up in their list.",
            misuse_termination_id=str(termination_id),
        )


class MisuseReversalUnknown(NotFound):
    """No such reversal of a misuse in the officer's scope."""

    code = "misuse-reversal-unknown"
    title = "挪用撤销不存在 Misuse reversal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有挪用撤销 {reversal_id}，请在挪用撤销清单中查找。",
            en=f"No reversal {reversal_id} of a misuse is known in your regions; look it up in their list.",
            misuse_reversal_id=str(reversal_id),
        )


class MisuseOnFile(Refused):
    """A misuse of the loan waits for its second person, or goes on."""

    code = "misuse-on-file"
    title = "已有挪用认定 Misuse on file"

    def __init__(self, misuse_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该贷款已有“{in_chinese(state, 'CorrectionState')}”且未终止的挪用认定 {misuse_id}；待复核的请先办结，"
            "已确认的请先登记整改，认定有误的请撤销后重新认定。",
            en=f"The loan has a misuse that is {state} and has not ended ({misuse_id}); decide it first, say when it "
            "was put right, or take it back and find it anew.",
            misuse_id=str(misuse_id),
            state=state,
        )


class MoreThanWasLent(Refused):
    """No more than the principal can be misused."""

    code = "more-than-was-lent"
    title = "超过贷款本金 More than was lent"

    def __init__(self, amount: Decimal, principal: Decimal) -> None:
        super().__init__(
            zh=f"挪用金额 {amount} 元超过贷款本金 {principal} 元，请核对金额。",
            en=f"A misuse of {amount} is more than the {principal} that was lent; check the amount.",
            amount=f"{amount:.2f}",
            principal=f"{principal:.2f}",
        )


class NothingMisused(Refused):
    """No principal is outstanding on the day."""

    code = "nothing-misused"
    title = "无可认定本金 Nothing misused"

    def __init__(self, from_on: date) -> None:
        super().__init__(
            zh=f"{from_on} 当日该贷款没有未还本金，没有可认定挪用的金额；请查询该日账户，核对挪用日期。",
            en=f"No principal of the loan is outstanding on {from_on}; look at its account on that day and check since "
            "when it was misused.",
            from_on=from_on.isoformat(),
        )


class MisuseNotInForce(Refused):
    """Only what was confirmed ends or is taken back."""

    code = "misuse-not-in-force"
    title = "挪用认定未生效 Misuse not in force"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该挪用认定{in_chinese(state, 'CorrectionState')}，不能登记整改或撤销；待复核的请撤回或驳回。",
            en=f"The misuse is {state}, so it cannot end or be taken back; withdraw or refuse one that is proposed.",
            state=state,
        )


class MisuseReversalOnFile(Refused):
    """The misuse is taken back, or somebody has proposed that it be."""

    code = "misuse-reversal-on-file"
    title = "已有挪用撤销 Misuse reversal on file"

    def __init__(self, reversal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该挪用认定已有“{in_chinese(state, 'CorrectionState')}”的撤销 {reversal_id}，"
            "请对其办理，无需另行提出。",
            en=f"The misuse has a reversal that is {state} ({reversal_id}); act on that one.",
            misuse_reversal_id=str(reversal_id),
            state=state,
        )


class MisuseTerminationOnFile(Refused):
    """The misuse ended, or somebody has proposed that it did."""

    code = "misuse-termination-on-file"
    title = "已有挪用整改 Misuse termination on file"

    def __init__(self, termination_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该挪用认定已有“{in_chinese(state, 'CorrectionState')}”的整改 {termination_id}；待复核的请对其办理，"
            "日期有误的请撤销挪用认定后重新认定。",
            en=f"The misuse has an end that is {state} ({termination_id}); act on that one, or take the misuse back "
            "and find it anew if its day is wrong.",
            misuse_termination_id=str(termination_id),
            state=state,
        )


class MisuseEndsAtOnce(Refused):
    """A misuse lasts a day at least; else there was none."""

    code = "misuse-ends-at-once"
    title = "整改日过早 Misuse ends at once"

    def __init__(self, ended_on: date, from_on: date) -> None:
        super().__init__(
            zh=f"整改日 {ended_on} 须晚于挪用日 {from_on}；没有挪用过的，请撤销挪用认定。",
            en=f"It cannot end on {ended_on}, as it began on {from_on}; name a later day, or take the misuse back if "
            "there was none.",
            ended_on=ended_on.isoformat(),
            from_on=from_on.isoformat(),
        )
