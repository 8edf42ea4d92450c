"""Why a check of an application is not recorded, and why an application that lacks one goes nowhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class ChecksMissing(Refused):
    """Applications were not looked at as the county's pack asks, or were found unfit."""

    code = "checks-missing"
    title = "贷前、贷中检查未完成 Checks missing"
    clause = "JN-5(b)"

    def __init__(self, missing: Mapping[UUID, Sequence[str]]) -> None:
        codes = sorted({code for each in missing.values() for code in each})
        first = next(iter(missing))
        super().__init__(
            zh=f"其中 {len(missing)} 笔缺少合格的检查（{'、'.join(codes)}），首件为 {first}；请登记检查人、日期和结果"
            "后再移交，不合格的请撤回申请。",
            en=f"{len(missing)} of the applications lack a check that found them fit ({', '.join(codes)}), first "
            f"{first}; record who looked, when and with what outcome, or withdraw what is unfit.",
            checks=codes,
            application_ids=[str(application_id) for application_id in list(missing)[:20]],
        )


class CheckNotAsked(Refused):
    """The county's pack names no such check before the hand-over."""

    code = "check-not-asked"
    title = "政策包未要求此检查 Check not asked for"
    clause = "JN-5(b)"

    def __init__(self, check_code: str, asked: Sequence[str]) -> None:
        super().__init__(
            zh=f"该申请适用的政策包在移交银行前没有检查 {check_code}，应为：{'、'.join(asked) or '无'}。",
            en=f"The application's pack has no check {check_code} before the hand-over; it has: "
            f"{', '.join(asked) or 'none'}.",
            check_code=check_code,
            asked=list(asked),
        )


class CheckTooLate(Refused):
    """The application is with the bank, lent or ended: what comes now is a check of the loan."""

    code = "check-too-late"
    title = "申请已不在审查中 Check too late"
    clause = "JN-5(b)"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该申请当前为“{in_chinese(state, 'State')}”，不能再登记贷前、贷中检查；放款后请登记贷后核查。",
            en=f"The application is {state}; checks before the hand-over are over. Record a visit of the loan instead.",
            state=state,
        )


class CheckUnknown(NotFound):
    """No such check in the caller's regions."""

    code = "check-unknown"
    title = "没有该检查记录 Check unknown"

    def __init__(self, check_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有检查记录 {check_id}，请核对编号。",
            en=f"There is no check {check_id} in your regions; look at the number again.",
            check_id=str(check_id),
        )


class CheckWithdrawn(Refused):
    """A check is withdrawn once."""

    code = "check-withdrawn"
    title = "检查记录已撤回 Check withdrawn"

    def __init__(self, withdrawn_on: date, withdrawn_by: str) -> None:
        super().__init__(
            zh=f"该检查记录已由 {withdrawn_by} 于 {withdrawn_on} 撤回；请重新检查并另行登记。",
            en=f"{withdrawn_by} withdrew this on {withdrawn_on} already; look again and record that anew.",
            withdrawn_on=withdrawn_on.isoformat(),
            withdrawn_by=withdrawn_by,
        )
