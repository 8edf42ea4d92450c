"""Why a batch is not prepared or decided."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import in_chinese

_STEPS: Final = {"review": "审核", "approval": "批准", "payment": "发放"}


class BatchUnknown(NotFound):
    """No such batch in the caller's regions."""

    code = "subsidy-batch-unknown"
    title = "贴息批次不存在 Batch unknown"

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有贴息批次 {batch_id}，请在批次列表中查找。",
            en=f"There is no subsidy batch {batch_id} in your region; list the batches to find it.",
        )


class ProgrammeOfAnotherCounty(Refused):
    """The programme pays for another county."""

    code = "programme-of-another-county"
    title = "贴息项目不属于该县 Programme of another county"

    def __init__(self, programme_id: UUID, county_code: str) -> None:
        super().__init__(
            zh=f"贴息项目 {programme_id} 不属于 {county_code} 县，请选用本县的项目。",
            en=f"Programme {programme_id} does not belong to county {county_code}; choose a programme of this county.",
            programme_id=str(programme_id),
            county_code=county_code,
        )


class PeriodOutsideProgramme(Refused):
    """The batch asks for interest of days the programme does not pay for."""

    code = "period-outside-programme"
    title = "期间不在项目内 Period outside the programme"
    clause = "DZ-2"

    def __init__(self, period_from: date, period_until: date, starts_on: date, ends_on: date) -> None:
        super().__init__(
            zh=f"{period_from}（含）至 {period_until}（不含）的利息不在项目期间（{starts_on} 至 {ends_on}）内，"
            "请按各项目自身的期间分别编制批次。",
            en=f"Interest paid from {period_from} and before {period_until} does not lie within the programme "
            f"({starts_on} to {ends_on}); prepare a batch for each programme's own days.",
            period_from=period_from.isoformat(),
            period_until=period_until.isoformat(),
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


class PeriodReversed(Invalid):
    """The period ends before it begins."""

    code = "period-reversed"
    title = "期间颠倒 Period reversed"

    def __init__(self, period_from: date, period_until: date) -> None:
        super().__init__(
            zh=f"期间 {period_from} 至 {period_until} 内没有任何一天；period_until 应为期间最后一天的次日，请更正。",
            en=f"The period [{period_from}, {period_until}) holds no day; period_until is the day after it.",
        )


class NothingToSubsidise(Refused):
    """No interest of the period is waiting for a batch."""

    code = "nothing-to-subsidise"
    title = "没有待贴息的利息 Nothing to subsidise"

    def __init__(self, county_code: str, period_from: date, period_until: date) -> None:
        super().__init__(
            zh=f"{county_code} 县 {period_from}（含）至 {period_until}（不含）没有未编入批次的已付利息，"
            "请等待还款或另选期间。",
            en=f"No interest paid in {county_code} from {period_from} and before {period_until} is without a batch; "
            "wait for repayments, or choose another period.",
            county_code=county_code,
        )


class InterestHeldBack(Refused):
    """All interest that is waiting is of households on the blacklist."""

    code = "interest-held-back"
    title = "黑名单农户暂不贴息 Interest held back"
    clause = "LG-22"

    def __init__(self, county_code: str, count: int) -> None:
        super().__init__(
            zh=f"{county_code} 县该期间待贴息的 {count} 笔利息均属黑名单农户，清偿并移出名单后方可编入批次。",
            en=f"All {count} interest payments waiting in {county_code} are of households on the blacklist; they may "
            "go into a batch once the entries are cleared.",
            county_code=county_code,
            count=count,
        )


class CapRateMissing(Refused):
    """The rate cap's series has no publication for a loan's first day."""

    code = "cap-rate-missing"
    title = "缺少利率上限基准 Cap rate missing"
    clause = "DZ-1b"

    def __init__(self, loans: int, basis: str, first_on: date) -> None:
        super().__init__(
            zh=f"有 {loans} 笔贷款在起息日（最早 {first_on}）前没有公布对应期限的 {basis}，请先公布基准利率，"
            "再编制批次。",
            en=f"For {loans} loans no rate of {basis} for their term is published on or before their first day "
            f"(earliest {first_on}); publish the reference rates and prepare the batch again.",
            loans=loans,
            basis=basis,
            first_on=first_on.isoformat(),
        )


class BatchAltered(Refused):
    """The lines are not those that were prepared."""

    code = "subsidy-batch-altered"
    title = "批次明细被改动 Batch altered"
    clause = "DZ-7"

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(
            zh=f"批次 {batch_id} 的明细与编制时的校验值不符；请退回批次、报告审计人员，并重新编制。",
            en=f"The lines of batch {batch_id} do not match the digest taken at preparation; "
            "return the batch, report it to the auditor and prepare it anew.",
            batch_id=str(batch_id),
        )


class LinesTooHigh(Refused):
    """By the facts known now, lines of the batch give too much."""

    code = "subsidy-lines-too-high"
    title = "明细已多于应贴 Lines too high"
    clause = "FJ-6"

    def __init__(self, batch_id: UUID, loans: int, amount: Decimal) -> None:
        super().__init__(
            zh=f"编制后情况有变，批次 {batch_id} 中 {loans} 笔贷款的明细比现在应贴的共多 {amount} 元；"
            "请退回批次并重新编制，有变的明细见本批次的 changed-lines。",
            en=f"The facts changed since batch {batch_id} was prepared: the lines of {loans} loans now give {amount} "
            "yuan too much; return the batch and prepare it anew. Its changed-lines name them.",
            batch_id=str(batch_id),
            loans=loans,
            amount=str(amount),
        )


class LinesTooLow(Refused):
    """By the facts known now, lines of the batch give too little."""

    code = "subsidy-lines-too-low"
    title = "明细已少于应贴 Lines too low"
    clause = "SX-5"

    def __init__(self, batch_id: UUID, loans: int, amount: Decimal) -> None:
        super().__init__(
            zh=f"编制后情况有变，批次 {batch_id} 中 {loans} 笔贷款的明细比现在应贴的共少 {amount} 元；"
            "请退回批次并重新编制，有变的明细见本批次的 changed-lines。",
            en=f"The facts changed since batch {batch_id} was prepared: the lines of {loans} loans now give {amount} "
            "yuan too little; return the batch and prepare it anew. Its changed-lines name them.",
            batch_id=str(batch_id),
            loans=loans,
            amount=str(amount),
        )


class BatchInWrongState(Refused):
    """The batch's state does not allow this step."""

    code = "subsidy-batch-in-wrong-state"
    title = "批次状态不允许 Batch in the wrong state"

    def __init__(self, batch_id: UUID, state: str, step: str) -> None:
        super().__init__(
            zh=f"批次 {batch_id} 当前为“{in_chinese(state, 'BatchState')}”，不能办理“{_STEPS[step]}”；"
            "办理顺序为编制、审核、批准、发放、办结。",
            en=f"Batch {batch_id} is '{state}', which does not allow {step}; "
            "the order is prepared, reviewed, approved, paying, settled.",
            batch_id=str(batch_id),
            state=state,
            step=step,
        )
