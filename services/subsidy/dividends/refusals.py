"""Why this room refuses."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class DividendRunUnknown(NotFound):
    """No such run in the caller's region."""

    code = "dividend-run-unknown"
    title = "分红批次不存在 Dividend run unknown"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有分红批次 {run_id}，请在协议的分红批次中查找。",
            en=f"There is no dividend run {run_id} in your region; find it among the agreement's runs.",
        )


class DividendYearUnknown(Refused):
    """The agreement has no such year, or it ended before."""

    code = "dividend-year-unknown"
    title = "协议无此年度 No such year"

    def __init__(self, year: int, years: int) -> None:
        super().__init__(
            zh=f"协议共有 {years} 个年度，没有第 {year} 年度；请更正年度。",
            en=f"The agreement has {years} years, there is no year {year}; correct it.",
            year=year,
            years=years,
        )


class DividendYieldMissing(Refused):
    """By equity, a year's dividend needs the year's yield; otherwise none is stated."""

    code = "dividend-yield-missing"
    title = "收益填写不符 Yield missing"

    def __init__(self) -> None:
        super().__init__(
            zh="入股分红须填写当年收益和收益文件，其他分红方式不填；请更正。",
            en="By equity the year's yield and its document are needed, by any other form none is stated; correct it.",
        )


class DividendRunOpen(Refused):
    """A run of the year waits for its review or approval."""

    code = "dividend-run-open"
    title = "该年度已有在办分红 A run is open"

    def __init__(self, year: int) -> None:
        super().__init__(
            zh=f"第 {year} 年度已有在办的分红批次，请先办结。",
            en=f"A run of year {year} is under way; decide it first.",
            year=year,
        )


class NoDividendDue(Refused):
    """Everything that the year brings was granted before."""

    code = "no-dividend-due"
    title = "该年度无应补分红 Nothing due"

    def __init__(self, year: int) -> None:
        super().__init__(
            zh=f"第 {year} 年度应分红已全部核定，没有差额；如有变化请先更正协议或收益。",
            en=f"All that year {year} brings was granted; correct the agreement or the yield first if it changed.",
            year=year,
        )


class DividendRunDecided(Refused):
    """The step does not go with where the run stands."""

    code = "dividend-run-decided"
    title = "分红批次状态不符 Wrong state of the run"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该分红批次当前为“{in_chinese(state, 'DividendRunOut.state')}”，不能办理此步骤。",
            en=f"The run is '{state}', this step does not follow; look at where it stands.",
            state=state,
        )


class DividendRunOutdated(Refused):
    """The agreement was corrected or ended since the run was prepared."""

    code = "dividend-run-outdated"
    title = "协议已变更 Agreement changed since"

    def __init__(self) -> None:
        super().__init__(
            zh="编制后协议已更正或终止，金额不再成立；请退回本批次并重新编制。",
            en="The agreement was corrected or ended since the run was prepared; return it and prepare a new one.",
        )


class PaymentAboveDividend(Refused):
    """More was paid than was granted, or the bank's reference was recorded before."""

    code = "payment-above-dividend"
    title = "支付超过应分红 More than the dividend"

    def __init__(self, household_ids: Sequence[UUID]) -> None:
        named = [str(each) for each in household_ids[:10]]
        super().__init__(
            zh=f"以下农户的支付超过已核定未付的分红，或流水号已登记：{'、'.join(named)}；请核对。",
            en=f"More than is granted and open, or the reference was used: {', '.join(named)}; check the transfers.",
            household_ids=named,
        )


class DividendPaymentUnknown(NotFound):
    """No such payment in the caller's region, or it came back already."""

    code = "dividend-payment-unknown"
    title = "分红支付不存在 Payment unknown"

    def __init__(self, payment_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有可退回的分红支付 {payment_id}，或已登记退回；请核对。",
            en=f"There is no payment {payment_id} in your region that could come back, or it did already; check it.",
        )


class SecurityDrawUnknown(NotFound):
    """No such draw waits for a decision in the caller's region."""

    code = "security-draw-unknown"
    title = "动用担保不存在 Draw unknown"

    def __init__(self, draw_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有待审定的动用担保 {draw_id}，请核对。",
            en=f"There is no draw {draw_id} in your region that waits for a decision; check it.",
        )


class DrawAboveLimit(Refused):
    """More is drawn than the security is worth or than the entity owes in arrears."""

    code = "draw-above-limit"
    title = "动用担保超限 Draw above the limit"

    def __init__(self, amount: Decimal, most: Decimal) -> None:
        super().__init__(
            zh=f"动用担保 {amount} 元，按担保余额和拖欠分红最多 {most} 元；请更正。",
            en=f"{amount} yuan are drawn, security and arrears allow {most}; correct the amount.",
            amount=str(amount),
            most=str(most),
        )
