"""Why a step of pursuit is refused."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import value_words


class PursuitStepUnknown(NotFound):
    """No such step of the caller's bank."""

    code = "pursuit-step-unknown"
    title = "追讨记录不存在 Pursuit step unknown"

    def __init__(self, step_id: UUID) -> None:
        super().__init__(
            zh=f"本机构没有追讨记录 {step_id}，请在该贷款的追讨记录中查找。",
            en=f"Your bank has no pursuit step {step_id}; look it up at the loan.",
            pursuit_step_id=str(step_id),
        )


class NothingToPursue(Refused):
    """No default was reported by that day and, for an entity, nothing was overdue."""

    code = "nothing-to-pursue"
    title = "尚未报告违约 No default reported"
    clause = "LG-22"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"截至 {on} 该贷款未报告违约，请先报告违约再登记追讨；使用资金的经营主体，到期即可要求其按协议偿还，"
            "逾期即可追讨。",
            en=f"No default of the loan was reported by {on}; report it first, then record how it is pursued. An "
            "entity that used the money is held to repay from the due day and pursued as soon as the loan is overdue.",
            day=on.isoformat(),
        )


class PursuedDebtPaid(Refused):
    """Everything that had fallen due by that day was paid or recovered: nobody is pursued for it."""

    code = "pursued-debt-paid"
    title = "欠款已还清 Debt paid"
    clause = "LG-22"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"截至 {on} 该贷款到期款项已全部还清或追回，不能再登记追讨；还清前发生的追讨，请按实际日期登记。",
            en=f"By {on} all that had fallen due was paid or recovered, nobody is pursued for it; record a step that "
            "was taken before with its own day.",
            day=on.isoformat(),
        )


class NoEntityBehindLoan(Refused):
    """The household uses the loan itself; no operating entity answers for it."""

    code = "no-entity-behind-loan"
    title = "该贷款无经营主体 No entity behind the loan"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款由农户自用，没有委托经营主体；请将追讨对象改为农户。",
            en="The household uses the loan itself and no entity stands behind it; name the household as debtor.",
        )


class StepNeedsAnother(Refused):
    """The step's ground is missing."""

    code = "pursuit-step-needs-another"
    title = "追讨步骤不全 A step before is missing"
    clause = "LG-22"

    def __init__(self, kind: str, ground: str) -> None:
        words = value_words()
        super().__init__(
            zh=f"“{words[kind].zh}”须以“{words[ground].zh}”为前提，请先登记该步骤。",
            en=f"'{words[kind].en}' rests on '{words[ground].en}', which is not on file by that day; record it first.",
            kind=kind,
            ground=ground,
        )


class DefaultNotMalicious(Refused):
    """No malicious default was confirmed by that day."""

    code = "default-not-malicious"
    title = "未认定恶意逃债 No malicious default"
    clause = "LG-22"

    def __init__(self, kind: str) -> None:
        super().__init__(
            zh=f"尚未认定恶意逃债，不得办理“{value_words()[kind].zh}”；请先认定违约。",
            en=f"No malicious default is confirmed by that day, so nothing is reported ({kind}); confirm it first.",
            kind=kind,
        )


class LaterStepRestsOnIt(Refused):
    """Another step still needs this one."""

    code = "later-step-rests-on-it"
    title = "有后续步骤 A later step rests on it"

    def __init__(self, kind: str) -> None:
        super().__init__(
            zh=f"后续步骤“{value_words()[kind].zh}”以此为前提，请先撤回后续步骤。",
            en=f"The later step '{value_words()[kind].en}' rests on it; withdraw that one first.",
            kind=kind,
        )


class PursuitStepWithdrawn(Refused):
    """The step was withdrawn already."""

    code = "pursuit-step-withdrawn"
    title = "追讨记录已撤回 Pursuit step withdrawn"

    def __init__(self, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"该追讨记录已于 {withdrawn_on} 撤回，无需再次撤回。",
            en=f"The step was withdrawn on {withdrawn_on}; there is nothing left to withdraw.",
            withdrawn_on=withdrawn_on.isoformat(),
        )
