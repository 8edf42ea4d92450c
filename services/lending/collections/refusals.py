"""Why pressing for repayment or a repayment plan is refused."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class LoanNotOverdue(Refused):
    """Nothing of the loan is overdue on that day."""

    code = "loan-not-overdue"
    title = "贷款未逾期 Loan not overdue"
    clause = "DZ-5c"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"{on} 该贷款没有逾期款项，无需督促还款或制定还款计划；请核对日期和贷款。",
            en=f"Nothing of the loan is overdue on {on}, so there is nothing to press for and no plan to draw up; "
            "check the day and the loan.",
            day=on.isoformat(),
        )


class CollectionRecordUnknown(NotFound):
    """No such record in the officer's regions."""

    code = "collection-record-unknown"
    title = "催收记录不存在 Collection record unknown"

    def __init__(self, record_id: UUID) -> None:
        super().__init__(
            zh=f"辖区内没有催收记录 {record_id}，请在该贷款的催收记录中查找。",
            en=f"There is no collection record {record_id} in your regions; look it up at the loan.",
            collection_record_id=str(record_id),
        )


class CollectionRecordWithdrawn(Refused):
    """The record was withdrawn already."""

    code = "collection-record-withdrawn"
    title = "催收记录已撤回 Collection record withdrawn"

    def __init__(self, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"该催收记录已于 {withdrawn_on} 撤回，无需再次撤回。",
            en=f"The record was withdrawn on {withdrawn_on}; there is nothing left to withdraw.",
            withdrawn_on=withdrawn_on.isoformat(),
        )


class PlanUnknown(NotFound):
    """No such plan in the officer's scope."""

    code = "repayment-plan-unknown"
    title = "还款计划不存在 Repayment plan unknown"

    def __init__(self, plan_id: UUID) -> None:
        super().__init__(
            zh=f"没有还款计划 {plan_id}，请在该贷款的还款计划中查找。",
            en=f"There is no repayment plan {plan_id} in your regions; look it up among the loan's plans.",
            repayment_plan_id=str(plan_id),
        )


class PlanOnFile(Refused):
    """A plan waits for the bank's signature."""

    code = "repayment-plan-on-file"
    title = "已有待签还款计划 Repayment plan on file"

    def __init__(self, plan_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款已有待银行签署的还款计划 {plan_id}，请先签署、驳回或撤回该计划。",
            en=f"A plan of the loan waits for the bank's signature ({plan_id}); have that one signed, refused or "
            "withdrawn first.",
            repayment_plan_id=str(plan_id),
        )


class PlanDecided(Refused):
    """The plan does not wait for a signature any more."""

    code = "repayment-plan-decided"
    title = "还款计划已办结 Repayment plan decided"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该还款计划已为“{in_chinese(state, 'PlanState')}”，不能再办理；如有变化，请另行制定。",
            en=f"The plan is {state}; draw up another one if something has changed.",
            state=state,
        )


class PlanOutOfOrder(Refused):
    """The instalments' days do not rise from the day of the agreement."""

    code = "repayment-plan-out-of-order"
    title = "还款计划日期有误 Plan out of order"

    def __init__(self, agreed_on: date) -> None:
        super().__init__(
            zh=f"各期还款日须晚于约定日 {agreed_on} 并逐期推后，请更正日期。",
            en=f"The instalments' days must be after the agreement of {agreed_on} and rise; correct the days.",
            agreed_on=agreed_on.isoformat(),
        )


class PlanBelowArrears(Refused):
    """The plan leaves arrears open."""

    code = "repayment-plan-below-arrears"
    title = "还款计划不足 Plan below the arrears"
    clause = "DZ-5c"

    def __init__(self, total: Decimal, arrears: Decimal) -> None:
        super().__init__(
            zh=f"计划合计 {total} 元，少于约定日的逾期欠款 {arrears} 元，请补足各期金额。",
            en=f"The plan adds up to {total}; {arrears} was overdue on the day of the agreement: plan all of it.",
            total=f"{total:.2f}",
            arrears=f"{arrears:.2f}",
        )


class PlanAbovePayoff(Refused):
    """The plan asks for more than ends the loan."""

    code = "repayment-plan-above-payoff"
    title = "还款计划超额 Plan above what ends the loan"

    def __init__(self, total: Decimal, payoff: Decimal) -> None:
        super().__init__(
            zh=f"计划合计 {total} 元，超过到最后一期为止结清贷款所需的 {payoff} 元，请减少金额。",
            en=f"The plan adds up to {total}; {payoff} ends the loan on its last day. Plan no more than that.",
            total=f"{total:.2f}",
            payoff=f"{payoff:.2f}",
        )
