"""Why this room refuses."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class ProductNotInUse(Refused):
    """The county's pack does not name this insurance product."""

    code = "insurance-product-not-in-use"
    title = "本县未开办该险种 Insurance product not in use"
    clause = "LG-41"

    def __init__(self, kind: str, products: list[str]) -> None:
        listed_zh = "、".join(in_chinese(product) for product in products) or "无"
        listed = ", ".join(products) or "none"
        super().__init__(
            zh=f"本县未开办险种“{in_chinese(kind)}”，已开办的险种为：{listed_zh}；请更正险种。",
            en=f"'{kind}' is no insurance product of this county; it uses: {listed}.",
            kind=kind,
            products=products,
        )


class PolicyOnFile(Refused):
    """The policy stands on the loan already."""

    code = "insurance-policy-on-file"
    title = "保单已登记 Policy already on file"

    def __init__(self, policy_number: str) -> None:
        super().__init__(
            zh=f"该保险公司的保单 {policy_number} 已在此笔贷款上登记，无需再办理。",
            en=f"Policy {policy_number} of this insurer is on file for the loan already; nothing more is to be done.",
            policy_number=policy_number,
        )


class AnswerReferenceUsed(Refused):
    """The insurer used this reference for another answer."""

    code = "answer-reference-used"
    title = "理赔编号已使用 Answer reference already used"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"理赔编号 {reference} 已用于贵公司的另一次答复，请填写本次答复自身的编号。",
            en=f"Reference {reference} stands for another answer of yours; send this answer's own reference.",
            reference=reference,
        )


class PolicyUnknown(NotFound):
    """No such policy in the caller's sight."""

    code = "insurance-policy-unknown"

    def __init__(self, policy_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的保单 {policy_id}，请在保单列表中查找。",
            en=f"No policy {policy_id} that you may see; GET /api/v1/insurance-policies lists those you see.",
        )


class PolicyAnswered(Refused):
    """The insurer said before whether the policy is its own."""

    code = "insurance-policy-answered"
    title = "保单已答复 Policy already answered"
    clause = "SX-5c"

    def __init__(self, policy_number: str, state: str) -> None:
        super().__init__(
            zh=f"保单 {policy_number} 当前为“{in_chinese(state, 'PolicyState')}”，保险公司只答复一次；有误的，"
            "请注销后由银行重新登记。",
            en=f"Policy {policy_number} is {state}, and its insurer answers once; if that is wrong, cancel it and let "
            "the bank record it anew.",
            policy_number=policy_number,
            state=state,
        )


class PolicyAsked(Refused):
    """The insurer was asked to pay by the policy."""

    code = "insurance-policy-asked"
    title = "该保单已被理赔 Policy asked to pay"
    clause = "LG-21b"

    def __init__(self, policy_number: str, asked_on: date) -> None:
        super().__init__(
            zh=f"保单 {policy_number} 已于 {asked_on} 收到理赔请求，不得否认或以不晚于该日的日期注销；"
            "请在代偿申请上答复该请求。",
            en=f"Policy {policy_number} was asked to pay on {asked_on}, so it can neither be disowned nor end on a day "
            "up to then; answer the request on the claim.",
            policy_number=policy_number,
            asked_on=asked_on.isoformat(),
        )


class PolicyEnded(Refused):
    """A policy that its insurer refused or that was cancelled does not end again."""

    code = "insurance-policy-ended"
    title = "保单已失效 Policy already ended"

    def __init__(self, policy_number: str, state: str) -> None:
        super().__init__(
            zh=f"保单 {policy_number} 当前为“{in_chinese(state, 'PolicyState')}”，无需注销。",
            en=f"Policy {policy_number} is {state} already; nothing is left to cancel.",
            policy_number=policy_number,
            state=state,
        )


class CancelledByItsInsurer(Refused):
    """A policy that its insurer confirmed is cancelled by the insurer."""

    code = "cancelled-by-its-insurer"
    title = "由保险公司注销 Cancelled by its insurer"

    def __init__(self, policy_number: str, insurer_code: str) -> None:
        super().__init__(
            zh=f"保单 {policy_number} 已由保险公司 {insurer_code} 确认，须由该公司注销，请与其联系。",
            en=f"The insurer {insurer_code} confirmed policy {policy_number} and alone cancels it; ask it to.",
            policy_number=policy_number,
            insurer_code=insurer_code,
        )


class PolicyPledged(Refused):
    """The policy secures a loan."""

    code = "insurance-policy-pledged"
    title = "保单已质押 Policy pledged"
    clause = "SX-5c"

    def __init__(self, policy_number: str, contract_reference: str | None) -> None:
        zh = f"质押合同 {contract_reference}" if contract_reference else "另一笔贷款"
        en = f"by the contract {contract_reference}" if contract_reference else "for another loan"
        super().__init__(
            zh=f"保单 {policy_number} 已质押（{zh}），一份保单同时只质押一次；请先由银行解除质押。",
            en=f"Policy {policy_number} is pledged {en}, and a policy has one pledge at a time; let the bank release "
            "it first.",
            policy_number=policy_number,
        )


class NoPolicyPledgeHere(Refused):
    """The loan's rules have no policies pledged."""

    code = "no-policy-pledge-here"
    title = "本县未开办保单质押 No policy pledge here"
    clause = "SX-5c"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款适用的政策包未开办保单质押；请改用本县认可的担保方式。",
            en="The rules of this loan have no policies pledged; secure it in another way that the county accepts.",
        )


class PolicyNotConfirmed(Refused):
    """Only a policy that its insurer confirmed is pledged."""

    code = "insurance-policy-not-confirmed"
    title = "保单未经保险公司确认 Policy not confirmed"
    clause = "SX-5c"

    def __init__(self, policy_number: str, state: str) -> None:
        super().__init__(
            zh=f"保单 {policy_number} 当前为“{in_chinese(state, 'PolicyState')}”，须经保险公司确认后方可质押。",
            en=f"Policy {policy_number} is {state}; it is pledged once its insurer has confirmed it.",
            policy_number=policy_number,
            state=state,
        )


class PledgeUnknown(NotFound):
    """No such pledge stands on the policy."""

    code = "policy-pledge-unknown"

    def __init__(self, pledge_id: UUID) -> None:
        super().__init__(
            zh=f"该保单上没有未解除的质押 {pledge_id}，请查看保单的质押情况。",
            en=f"No pledge {pledge_id} stands on this policy; GET /api/v1/insurance-policies shows each policy's.",
        )
