"""Why the bank's word that it reminded a borrower is not taken, and why nothing is printed."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.reminders.file import FILE
from shared.csv_files.refusals import LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import NotFound, Refusal, Refused
from shared.vocabulary.load import in_chinese

Figures = Mapping[str, Any]


class NothingDueThen(Refused):
    """No instalment of the loan falls due on that day."""

    code = "nothing-due-then"
    title = "该日无到期本息 Nothing due then"
    clause = "DZ-5b"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"该笔贷款在 {figures['due_on']} 没有到期本息，请对照还款计划核对到期日。",
            en=f"Nothing of the loan falls due on {figures['due_on']}; compare the day with the repayment schedule.",
            due_on=str(figures["due_on"]),
        )


class ReminderNotAsked(Refused):
    """The contract's pack asks for no such reminder."""

    code = "reminder-not-asked"
    title = "政策包未要求此提醒 Reminder not asked for"
    clause = "DZ-5b"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"合同适用的政策包没有要求提前 {figures['days_before']} 天的提醒，应为提前 {figures['asked']} 天。",
            en=f"The contract's pack asks for no reminder {figures['days_before']} days before; "
            f"it asks for one {figures['asked']} days before.",
            days_before=figures["days_before"],
            asked=figures["asked"],
        )


class ReminderNotWritten(Refused):
    """The pack asks for a written notice, and the borrower was reminded by word of mouth."""

    code = "reminder-not-written"
    title = "须书面通知 To be given in writing"
    clause = "DZ-5b(b)"

    def __init__(self, figures: Figures) -> None:
        channel = str(figures["channel"])
        super().__init__(
            zh=f"提前 {figures['days_before']} 天的通知须为书面，不能登记为“{in_chinese(channel, 'channel')}”；"
            "请打印通知书送达后登记。",
            en=f"The notice {figures['days_before']} days before is given in writing, not {channel}; print it, deliver "
            "it and record that.",
            days_before=figures["days_before"],
            channel=channel,
        )


class RemindedAfterDue(Refused):
    """What is said after the day is no reminder of it."""

    code = "reminded-after-due"
    title = "提醒晚于到期日 Reminded after the due day"
    clause = "DZ-5b"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"提醒日 {figures['reminded_on']} 晚于到期日 {figures['due_on']}，属于催收，不能登记为到期提醒。",
            en=f"{figures['reminded_on']} lies after the due day {figures['due_on']}: that is pressing for payment, no "
            "reminder.",
            reminded_on=str(figures["reminded_on"]),
            due_on=str(figures["due_on"]),
        )


class RemindedAlready(Refused):
    """Another record of the same reminder stands."""

    code = "reminded-already"
    title = "该提醒已登记 Reminded already"
    clause = "DZ-5b"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"{figures['due_on']} 到期、提前 {figures['days_before']} 天的提醒已登记为 {figures['known_on']}；"
            "如登记有误，请由他人先撤回。",
            en=f"The reminder {figures['days_before']} days before {figures['due_on']} is on record as of "
            f"{figures['known_on']}; have another person withdraw it if that is wrong.",
            due_on=str(figures["due_on"]),
            days_before=figures["days_before"],
            known_on=str(figures["known_on"]),
        )


BY_CODE: Final[Mapping[str, Callable[[Figures], Refusal]]] = {
    LineMalformed.code: FILE.malformed,
    DateInFuture.code: date_in_future("reminded_on"),
    DateBeforeStep.code: date_before_step("reminded_on", "disbursed_on"),
    **{
        each.code: each
        for each in (
            LoanUnknown,
            LoanOfAnotherBank,
            NothingDueThen,
            ReminderNotAsked,
            ReminderNotWritten,
            RemindedAfterDue,
            RemindedAlready,
        )
    },
}


def refusal_of(code: str, figures: Figures) -> Refusal:
    """Return the named refusal with the line's values in its sentence."""
    return BY_CODE[code](figures)


class ReminderUnknown(NotFound):
    """No such reminder of this bank."""

    code = "reminder-unknown"
    title = "没有该提醒记录 Reminder unknown"

    def __init__(self, reminder_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内本行没有提醒记录 {reminder_id}，请核对编号。",
            en=f"Your bank has no reminder {reminder_id} in your regions; check the number.",
            reminder_id=str(reminder_id),
        )


class ReminderWithdrawn(Refused):
    """A reminder is withdrawn once."""

    code = "reminder-withdrawn"
    title = "提醒记录已撤回 Reminder withdrawn"

    def __init__(self, withdrawn_on: object, withdrawn_by: str) -> None:
        super().__init__(
            zh=f"该提醒记录已由 {withdrawn_by} 于 {withdrawn_on} 撤回；请重新提醒并另行登记。",
            en=f"{withdrawn_by} withdrew this on {withdrawn_on} already; remind the borrower and record that anew.",
            withdrawn_on=str(withdrawn_on),
            withdrawn_by=withdrawn_by,
        )


class NoNoticeDue(NotFound):
    """No written notice is due where and when it was asked for."""

    code = "no-notice-due"
    title = "没有应发的书面通知 No notice due"

    def __init__(self) -> None:
        super().__init__(
            zh="所选范围和日期内没有应发的书面通知；请放宽天数、区划或包括已通知的。",
            en="No written notice is due there and then; widen the days or the region, or include those given.",
        )


class TooManyNotices(Refused):
    """More written notices are due than one file prints."""

    code = "too-many-notices"
    title = "通知书过多 Too many notices"

    def __init__(self, most: int) -> None:
        super().__init__(
            zh=f"应发的书面通知超过 {most} 份，请按乡镇或村分别打印。",
            en=f"More than {most} written notices are due; print them township by township or village by village.",
            most=most,
        )
