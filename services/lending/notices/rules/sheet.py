"""A public notice as it is hung up: title, sentences, one line for each application, whose notice it is. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.policy.terms import PurposeRule
from shared.policy.vocabulary import NoticeItem
from shared.prints.sheet import Sheet, in_words
from shared.vocabulary.load import in_chinese

# What a notice says where the county's pack names nothing: whose loan, where, how much, how long, what for, by whom.
USUAL: Final = (
    NoticeItem.HOUSEHOLD_HEAD,
    NoticeItem.PLACE,
    NoticeItem.AMOUNT,
    NoticeItem.TERM_MONTHS,
    NoticeItem.PURPOSE,
    NoticeItem.BANK,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What a notice says of itself."""

    level: str
    product: str
    source: str
    office: str
    working_days: int
    started_on: date
    ends_on: date
    objections_to: str | None


def content_of(named: Sequence[NoticeItem] | None) -> tuple[NoticeItem, ...]:
    """Return what a notice says of each application: what the county's pack names, or else the usual (LG-12(b))."""
    return tuple(named) if named is not None else USUAL


def sheet_of(
    head: Head, items: Sequence[NoticeItem], entries: Sequence[Mapping[str, object]], purposes: PurposeRule
) -> Sheet:
    """Return the notice to hang up; `entries` hold the values of `items` by their codes.

    Clause: LG-12(b).
    """
    level = in_chinese(head.level, "RegionLevel")
    days = f"公示期 {head.working_days} 个工作日，自 {in_words(head.started_on)}次日起算，至 {in_words(head.ends_on)}止"
    return Sheet(
        title=f"{head.product}申请公示（{level}级）",
        sentences=(
            f"依据《{head.source}》，现将下列农户的贷款申请予以公示。{days}。",
            f"公示期内如有异议，请向{head.objections_to or head.office}提出；有异议的，待异议处理完毕后继续公示。",
        ),
        columns=("序号", *(in_chinese(item, "NoticeItem") for item in items)),
        rows=tuple(
            (str(number), *(_cell(item, entry[item], purposes) for item in items))
            for number, entry in enumerate(entries, start=1)
        ),
        signature=f"公示单位：{head.office}　　{in_words(head.started_on)}",
    )


def _cell(item: NoticeItem, value: object, purposes: PurposeRule) -> str:
    if value is None:
        return "—"
    if item is NoticeItem.AMOUNT:
        return f"{value}元"
    if item is NoticeItem.TERM_MONTHS:
        return f"{value}个月"
    if item is NoticeItem.INDUSTRY:
        return {each.code: each.zh for each in purposes.industries}.get(str(value), str(value))
    if item is NoticeItem.PURPOSE:
        return {each.code: each.zh for each in purposes.allowed}.get(str(value), str(value))
    return in_chinese(str(value), "LoanMode") if item is NoticeItem.MODE else str(value)
