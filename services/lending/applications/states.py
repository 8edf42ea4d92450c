"""Where an application stands (申请状态), and the moves that change it."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """From filing to the money, or to an end without it."""

    FILED = "filed"  # 已受理,待村级核查
    VILLAGE_PUBLIC_NOTICE = "village_public_notice"  # 村级公示
    TOWNSHIP_REVIEW = "township_review"  # 乡镇审核
    TOWNSHIP_PUBLIC_NOTICE = "township_public_notice"  # 乡镇公示
    COUNTY_REVIEW = "county_review"  # 县服务中心审核
    COUNTY_PUBLIC_NOTICE = "county_public_notice"  # 县级公示
    JOINT_REVIEW = "joint_review"  # 三方联审
    APPROVED = "approved"  # 审批通过
    HANDED_OVER = "handed_over"  # 已移交银行
    DISBURSED = "disbursed"  # 已放款
    REFUSED = "refused"  # 未通过
    WITHDRAWN = "withdrawn"  # 已撤回


class Transition(StrEnum):
    """What can happen to an application."""

    APPROVE = "approve"  # every office of a review stage has approved
    REFUSE = "refuse"  # an office of a review stage has refused
    END_PUBLIC_NOTICE = "end_public_notice"  # the days are over and no objection is open
    UPHOLD_OBJECTION = "uphold_objection"
    HAND_OVER = "hand_over"  # the fund has reserved cover
    DISBURSE = "disburse"
    WITHDRAW = "withdraw"


ENDED: Final = frozenset({State.DISBURSED, State.REFUSED, State.WITHDRAWN})
PUBLIC_NOTICE: Final = frozenset(
    {State.VILLAGE_PUBLIC_NOTICE, State.TOWNSHIP_PUBLIC_NOTICE, State.COUNTY_PUBLIC_NOTICE}
)
REVIEW: Final = frozenset({State.FILED, State.TOWNSHIP_REVIEW, State.COUNTY_REVIEW, State.JOINT_REVIEW})
