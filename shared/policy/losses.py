"""What of a county's loss rule this platform cannot carry out: said when the pack is checked and when a loss comes."""

from shared.errors import Refused
from shared.policy.terms import CompensationRule


class LossRuleNotServed(Refused):
    """The pack's rule compensates a part of a loss that no payment carries."""

    code = "loss-rule-not-served"
    title = "代偿规则暂不支持 Loss rule not served"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            zh=f"本县政策规定{zh}，本平台暂不能支付此类代偿，请联系管理员。",
            en=f"The county's policy {en}; such a compensation cannot be paid here. Inform the administrator.",
        )


class CommitteeTooSmall(Refused):
    """The pack asks for more approvals than the committee has members: a claim would be deciding for ever."""

    code = "committee-too-small"
    title = "管委会人数不足 Committee too small"
    clause = "LG-39"

    def __init__(self, needed: int, members: int) -> None:
        super().__init__(
            zh=f"代偿须经 {needed} 名委员同意，而管委会只有 {members} 个成员单位，任何申请都无法作出决定；"
            "请更正政策包的同意人数或成员单位。",
            en=f"{needed} members must approve a compensation and the committee has {members} offices, so that no "
            "claim could ever be decided; correct the approvals or the members in the policy pack.",
            needed=needed,
            members=members,
        )


def penalty_not_served(rule: CompensationRule) -> LossRuleNotServed | None:
    """Return why no claim by this rule is paid, when it compensates penalty interest (LG-21a names none)."""
    return LossRuleNotServed("代偿罚息", "compensates penalty interest") if rule.covers_penalty else None


def never_decided(rule: CompensationRule) -> CommitteeTooSmall | None:
    """Return why no claim by this rule is ever decided, when more approvals are needed than the committee has members.

    Each office that the pack names on the committee has one member's voice (LG-39).
    """
    needed, members = rule.committee_approvals_required, len(rule.committee)
    return CommitteeTooSmall(needed, members) if needed > members else None
