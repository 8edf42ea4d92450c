"""The classification form of a loan (五级分类认定表), to print, sign and file (LG-43). Pure."""

from collections.abc import Sequence

from services.lending.classes.schemas import ClassReviewOut, LoanClassOut, RuleGround
from shared.prints.sheet import Sheet
from shared.vocabulary.load import in_chinese


def form_of(
    contract_number: str, household_number: str, found: LoanClassOut, reviews: Sequence[ClassReviewOut]
) -> Sheet:
    """Return the form of one loan on a day: how its class came about, who set another and why, and each month's."""
    since = f"（自{found.overdue_from}起）" if found.overdue_from else ""
    set_class = _name(found.set_class) if found.set_class else "无"
    return Sheet(
        title="贷款五级分类认定表",
        sentences=(
            f"合同编号：{contract_number}；户编号：{household_number}；贷款余额：{found.principal_outstanding}元。",
            f"认定日期：{found.as_of}；逾期天数：{found.days_past_due}天{since}。",
            f"按规则：{_name(found.by_rule)}{_because(found)}；人工认定：{set_class}；认定结果：{_name(found.loan_class)}。",
            *(
                f"{each.decided_on} {_name(each.loan_class) if each.loan_class else '恢复按规则认定'}：{each.reason}"
                for each in reviews
            ),
        ),
        columns=("月度", "逾期天数", "按规则分类", "认定分类"),
        rows=tuple(
            (str(each.classified_on), f"{each.days_past_due}天", _name(each.by_rule), _name(each.loan_class))
            for each in found.months
        ),
        signature="经办人：　　　　复核人：　　　　",
    )


def _because(found: LoanClassOut) -> str:
    """Return in brackets what makes the rule's class, where it is not the days past due."""
    if found.rule_ground is None:
        return ""
    since = f"自{found.misused_since}起" if found.rule_ground is RuleGround.MISUSED else ""
    return f"（{since}{in_chinese(found.rule_ground, 'RuleGround')}）"


def _name(loan_class: str) -> str:
    return in_chinese(loan_class, "LoanClass")
