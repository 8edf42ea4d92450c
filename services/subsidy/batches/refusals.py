"""Why a batch is not prepared or decided."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused


class BatchUnknown(NotFound):
    """No such batch in the caller's regions."""

    code = "subsidy-batch-unknown"
    title = "贴息批次不存在 Batch unknown"

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(f"There is no subsidy batch {batch_id} in your region; list the batches to find it.")


class ProgrammeOfAnotherCounty(Refused):
    """The programme pays for another county."""

    code = "programme-of-another-county"
    title = "贴息项目不属于该县 Programme of another county"

    def __init__(self, programme_id: UUID, county_code: str) -> None:
        super().__init__(
            f"Programme {programme_id} does not belong to county {county_code}; choose a programme of this county.",
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
            f"Interest paid from {period_from} and before {period_until} does not lie within the programme "
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
        super().__init__(f"The period [{period_from}, {period_until}) holds no day; period_until is the day after it.")


class NothingToSubsidise(Refused):
    """No interest of the period is waiting for a batch."""

    code = "nothing-to-subsidise"
    title = "没有待贴息的利息 Nothing to subsidise"

    def __init__(self, county_code: str, period_from: date, period_until: date) -> None:
        super().__init__(
            f"No interest paid in {county_code} from {period_from} and before {period_until} is without a batch; "
            "wait for repayments, or choose another period.",
            county_code=county_code,
        )


class CapRateMissing(Refused):
    """The rate cap's series has no publication for a loan's first day."""

    code = "cap-rate-missing"
    title = "缺少利率上限基准 Cap rate missing"
    clause = "DZ-1b"

    def __init__(self, loans: int, basis: str, first_on: date) -> None:
        super().__init__(
            f"For {loans} loans no rate of {basis} for their term is published on or before their first day "
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
            f"The lines of batch {batch_id} do not match the digest taken at preparation; "
            "return the batch, report it to the auditor and prepare it anew.",
            batch_id=str(batch_id),
        )


class BatchInWrongState(Refused):
    """The batch's state does not allow this step."""

    code = "subsidy-batch-in-wrong-state"
    title = "批次状态不允许 Batch in the wrong state"

    def __init__(self, batch_id: UUID, state: str, step: str) -> None:
        super().__init__(
            f"Batch {batch_id} is '{state}', which does not allow {step}; "
            "the order is prepared, reviewed, approved, paying, settled.",
            batch_id=str(batch_id),
            state=state,
            step=step,
        )
