"""Every reason in the order in which it is given, in words without a household's figures, for counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.registry.standing.eligibility.rules.borrower import BORROWER_CLAUSE
from services.registry.standing.eligibility.rules.entity import LISTED_CLAUSE


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """A kind of reason: its words, and the pack's value or the clause that it rests on."""

    code: str
    zh: str
    en: str
    value: str | None = None  # name of the pack's value
    clause: str = ""  # when no value of the pack sets it

    def origin(self, clauses: Mapping[str, str]) -> str:
        """Return the clause under a county's pack."""
        return clauses.get(self.value, "") if self.value else self.clause


KINDS: Final[tuple[ReasonKind, ...]] = (
    ReasonKind("household-ended", "该户已注销", "the household was taken off the register", clause=BORROWER_CLAUSE),
    ReasonKind("borrower-not-member", "借款人不是该户成员", "the borrower is no member", clause=BORROWER_CLAUSE),
    ReasonKind("borrower-died", "借款人已故", "the borrower has died", clause=BORROWER_CLAUSE),
    ReasonKind("state-not-eligible", "户类型不符", "not in a state that may borrow", "eligible_states"),
    ReasonKind(
        "residence-outside-area", "户籍和住所均不在区域内", "neither registered nor living here", "residence_level"
    ),
    ReasonKind("age-below-minimum", "低于最低年龄", "below the youngest age", "age_min_years"),
    ReasonKind("age-above-maximum", "超过最高年龄", "above the oldest age", "age_max_years"),
    ReasonKind(
        "age-plus-term-above-maximum", "年龄加期限超限", "age plus term above the limit", "age_plus_term_max_years"
    ),
    ReasonKind("civil-capacity-not-full", "非完全民事行为能力", "not of full civil capacity", "full_capacity_required"),
    ReasonKind("not-able-to-work", "无劳动或经营能力", "not able to work or run a business", "able_to_work_required"),
    ReasonKind("excluded-kind", "属于排除人员", "of an excluded kind", "exclusions"),
    ReasonKind("bad-credit-record", "有不良信用记录", "bad credit record", "bad_record_rule"),
    ReasonKind("malicious-default", "有恶意拖欠记录", "malicious default on record", "bad_record_rule"),
    ReasonKind("family-debt", "家庭其他成员有贷款或授信", "another family member's debt", "family_debt_excludes"),
    ReasonKind("bank-account-missing", "无银行账户", "no bank account on file", "bank_account_required"),
    ReasonKind("bank-account-elsewhere", "账户不在贷款银行", "account with another bank", "bank_account_required"),
    ReasonKind("on-a-list", "在失信名单或黑名单上", "on the dishonesty list or the blacklist", "barred_by_lists"),
    ReasonKind("not-rated", "尚未评级授信", "not rated yet", "rating_required"),
    ReasonKind("rating-not-yet-valid", "评级尚未生效", "rating not valid yet", "rating_required"),
    ReasonKind("rating-expired", "评级已过期", "rating expired", "rating_required"),
    ReasonKind("amount-below-minimum", "低于最低贷款金额", "below the smallest loan", "amount_min"),
    ReasonKind("amount-above-maximum", "超过单笔最高金额", "above the largest loan", "amount_max"),
    ReasonKind("amount-above-credit-limit", "超过授信额度", "above the credit limit", "grade_limits"),
    ReasonKind("household-cap", "超过每户余额上限", "above the household's cap", "household_cap"),
    ReasonKind("loan-open", "有未结清贷款", "an open loan", "open_loans_max"),
    ReasonKind("term-out-of-bounds", "期限不符", "term out of bounds", "term_months_max"),
    ReasonKind("industry-unknown", "产业不在目录中", "industry not reported here", "industries"),
    ReasonKind("industries-too-few", "增收产业过少", "too few income industries", "industries_per_borrower_min"),
    ReasonKind("industries-too-many", "增收产业过多", "too many income industries", "industries_per_borrower_max"),
    ReasonKind("purpose-forbidden", "禁止用途", "forbidden purpose", "forbidden"),
    ReasonKind("purpose-unknown", "用途不在允许范围", "purpose not allowed", "allowed"),
    ReasonKind("mode-not-offered", "本县不开展该贷款方式", "loan mode not offered", "modes"),
    ReasonKind("enterprise-use-banned", "禁止户贷企用", "enterprise use banned", "enterprise_use_banned_after"),
    ReasonKind("entity-missing", "未指定实施主体", "no implementing entity", "modes"),
    ReasonKind("entity-listed", "实施主体在名单上", "implementing entity on a list", clause=LISTED_CLAUSE),
    ReasonKind("entity-condition-missing", "实施主体条件不全", "implementing entity lacks a condition", "conditions"),
    ReasonKind("entity-not-assessed", "实施主体未评估", "implementing entity not assessed", "capacity_required"),
    ReasonKind("entity-full", "实施主体承载能力已满", "implementing entity full", "capacity_required"),
)
KIND_BY_CODE: Final[Mapping[str, ReasonKind]] = {kind.code: kind for kind in KINDS}
PLACE_BY_CODE: Final[Mapping[str, int]] = {kind.code: place for place, kind in enumerate(KINDS)}
