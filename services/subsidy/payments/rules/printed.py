"""A run's payment list (发放清册) as a sheet of paper to sign; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.money import ZERO
from shared.prints.capitals import in_capitals
from shared.prints.sheet import Sheet, in_words

COLUMNS = ("序号", "姓名", "身份证号", "开户行", "账号", "金额（元）", "备注")
_TO_SIGN = "　　　　签字：　　　　　　　　　　年　　月　　日"
SHARES = (3, 7, 4, 7, 4, 2)


@dataclass(frozen=True, slots=True)
class Head:
    """What the list says of itself: the programme, the batch and the run, and which offices sign."""

    programme: str
    fund_sources: Sequence[str]
    batch_id: str
    run: int
    period_from: date
    period_last: date
    paid_on: date
    digest: str
    offices: Sequence[tuple[str, str]]  # what for, whose


def sheet_of(head: Head, payments: Sequence[tuple[str, str, str, str, Decimal]]) -> Sheet:
    """Return the list to sign; each payment is (name, ID number as it may be shown, bank, account, yuan).

    Clause: DZ-7.
    """
    total = sum((payment[-1] for payment in payments), ZERO)
    return Sheet(
        title=f"{head.programme}发放清册",
        sentences=(
            f"批次 {head.batch_id}，第 {head.run} 次发放，发放日 {in_words(head.paid_on)}。",
            f"贴息期间：{in_words(head.period_from)}至{in_words(head.period_last)}所付利息。"
            f"资金来源：{'、'.join(head.fund_sources)}。",
        ),
        columns=COLUMNS,
        rows=tuple((str(number), *whom, str(amount), "") for number, (*whom, amount) in enumerate(payments, start=1)),
        closing=(
            f"合计 {len(payments)} 户，金额 {total} 元。大写：人民币{in_capitals(total)}。",
            f"清册内容校验值（SHA-256）：{head.digest}",
            *(f"{what}：{whose}（盖章）{_TO_SIGN}" for what, whose in head.offices),
        ),
        signature=f"制表：{in_words(head.paid_on)}",
        shares=SHARES,
    )
