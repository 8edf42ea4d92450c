"""Why this room refuses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class CauseNotCompensated(Refused):
    """The county's pack does not compensate losses of this cause."""

    code = "cause-not-compensated"
    title = "该原因不予代偿 Cause not compensated"

    def __init__(self, cause: str) -> None:
        super().__init__(
            zh=f"本县政策对原因为“{in_chinese(cause)}”的损失不予代偿，请继续向借款人催收。",
            en=f"The county's policy compensates no loss whose cause is '{cause}'; keep collecting from the borrower.",
            cause=cause,
        )


class LoanWithoutCover(Refused):
    """The loan was granted on the condition that the bank bears a loss."""

    code = "loan-without-cover"
    title = "贷款不纳入风险补偿 Loan without cover"

    def __init__(self, loan_id: UUID) -> None:
        super().__init__(
            zh=f"贷款 {loan_id} 按本县政策发放时不纳入风险补偿，损失由银行承担；请继续向借款人催收。",
            en=f"Loan {loan_id} was granted without the fund's cover and the bank bears its loss; keep collecting from "
            "the borrower.",
        )


class PursuitNotStated(Refused):
    """No pursuit of the operating entity is on record, so the waiting time cannot be counted."""

    code = "pursuit-not-stated"
    title = "未载明追偿起始日 Pursuit not stated"
    clause = "LG-20b"

    def __init__(self) -> None:
        super().__init__(
            zh="应先向使用资金的实施主体追偿：自逾期之日起的追偿记录中没有以实施主体为对象的步骤，请先在该贷款的"
            "追偿记录中登记。",
            en="The entity that used the money is to be pursued first, and since the loan is overdue no step against "
            "it is on record; record how it is pursued at the loan, in lending's pursuit steps.",
        )


class ClaimTooEarly(Refused):
    """The waiting time of the cause has not passed."""

    code = "claim-too-early"
    title = "未到可申请代偿之日 Claim too early"

    def __init__(self, cause: str, filed_on: date, first_on: date) -> None:
        super().__init__(
            zh=f"原因为“{in_chinese(cause)}”的损失自 {first_on} 起方可申请代偿，{filed_on} 尚未到期，请届时申请。",
            en=f"A loss by '{cause}' may be claimed from {first_on} on, not on {filed_on}; file the claim then.",
            cause=cause,
            filed_on=filed_on.isoformat(),
            first_on=first_on.isoformat(),
        )


class GuarantorNotNamed(Refused):
    """A guarantor carries a share of the loss and the claim does not say which."""

    code = "guarantor-not-named"
    title = "未载明担保机构 Guarantor not named"
    clause = "DZ-3"

    def __init__(self, share: Decimal) -> None:
        super().__init__(
            zh=f"本县损失由担保机构分担 {share:f}，请在 guarantor_code 中填写为该笔贷款担保的机构代码后重新申请。",
            en=f"A guarantor carries {share:f} of each loss here; file the claim with the code of the one that "
            "guarantees the loan in guarantor_code.",
            share=f"{share:f}",
        )


class NoGuarantorHere(Refused):
    """The claim names a guarantor where none carries a share."""

    code = "no-guarantor-here"
    title = "本县无担保机构分担 No guarantor shares losses here"
    clause = "DZ-3"

    def __init__(self, guarantor_code: str) -> None:
        super().__init__(
            zh=f"按该笔贷款适用的政策，损失不由担保机构分担，请不填 guarantor_code（现为 {guarantor_code}）。",
            en="By the policy of this loan no guarantor shares a loss; leave guarantor_code out, which says "
            f"{guarantor_code}.",
            guarantor_code=guarantor_code,
        )


class ClaimNotToDecide(Refused):
    """The claim is not in a state in which this decision is possible."""

    code = "claim-not-to-decide"
    title = "当前状态不可作此决定 Decision not possible now"
    clause = "LG-39"

    def __init__(self, state: str, decision: str) -> None:
        super().__init__(
            zh=f"该代偿申请当前为“{in_chinese(state, 'State')}”；"
            + ("待决定或已批准未支付时方可拒绝。" if decision == "refuse" else "待决定时方可作此决定。"),
            en=f"The claim is {state}; '{decision}' is possible while it is deciding"
            + (", or approved and not yet paid." if decision == "refuse" else "."),
            state=state,
            decision=decision,
        )


class AlreadyDecided(Refused):
    """A member decides on a claim once."""

    code = "already-decided"
    title = "您已作出决定 Already decided"
    clause = "LG-39"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"{person} 已对该代偿申请作出决定，请由管委会其他成员决定。",
            en=f"{person} has decided on this claim already; another member of the committee must decide.",
            person=person,
        )


class OfficeDecided(Refused):
    """Each office on the committee has one vote."""

    code = "office-decided"
    title = "该部门已作出决定 This office has decided"
    clause = "LG-39"

    def __init__(self, office: str) -> None:
        super().__init__(
            zh=f"{in_chinese(office)}已对该代偿申请作出决定，每个部门一票，请由管委会其他部门决定。",
            en=f"{office} has decided on this claim already and has one vote; another office of the committee must "
            "decide.",
            office=office,
        )


class ClaimUnknown(NotFound):
    """No such claim in the caller's sight."""

    code = "claim-unknown"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的代偿申请 {claim_id}，请在代偿申请列表中查找。",
            en=f"No claim {claim_id} that you may see; GET /api/v1/claims lists those you see.",
        )


class ClaimNotApproved(Refused):
    """Only an approved claim is paid, and only once."""

    code = "claim-not-approved"
    title = "代偿申请未获批准 Claim not approved"
    clause = "LG-39"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该代偿申请当前为“{in_chinese(state, 'State')}”，只有已批准的申请可以支付，且只支付一次。",
            en=f"The claim is {state}; only an approved claim is paid, and once.",
            state=state,
        )


class FundCashTooSmall(Refused):
    """The fund's account does not hold the amount on the day of payment, or would not on a later one."""

    code = "fund-cash-too-small"
    title = "风险补偿金余额不足 Fund cash too small"
    clause = "LG-38"

    def __init__(self, amount: Decimal, cash: Decimal, paid_on: date) -> None:
        super().__init__(
            zh=f"自 {paid_on} 起风险补偿金可用余额为 {cash} 元，不足支付 {amount} 元；"
            f"请县里至少补充 {amount - cash} 元，并以资金到账之日或之后的日期支付。",
            en=f"{amount} yuan are to be paid and the fund holds {cash} from {paid_on} on; the county pays in at least "
            f"{amount - cash}, then pay the claim on the day the money arrived or later.",
            amount=str(amount),
            cash=str(cash),
            paid_on=paid_on.isoformat(),
        )


class LoanNotInDefault(Refused):
    """The service centre has not confirmed a default of the loan, or it ended."""

    code = "loan-not-in-default"
    title = "贷款未确认违约 Loan not in default"

    def __init__(self, loan_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"贷款 {loan_id} 当前为“{in_chinese(state, 'State')}”，须经县服务中心确认违约后方可申请代偿。",
            en=f"Loan {loan_id} is {state}; a claim is filed after the service centre has confirmed its default.",
            loan_id=str(loan_id),
            state=state,
        )


class ClaimOnFile(Refused):
    """A default is claimed once."""

    code = "claim-on-file"
    title = "该违约已申请代偿 Claim already on file"

    def __init__(self, claim_id: UUID | None) -> None:
        super().__init__(
            zh=f"该违约已由{f'代偿申请 {claim_id} ' if claim_id else '另一请求'}申请代偿，请跟进该申请。",
            en=f"Claim {claim_id or 'of another request'} stands for this default already; follow that one.",
            claim_id=str(claim_id),
        )


class ClaimOutOfDate(Refused):
    """The loan's account changed after the claim was filed, so its figures are no longer the loss."""

    code = "claim-out-of-date"
    title = "代偿申请金额已变化 Claim out of date"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(
            zh=f"代偿申请 {claim_id} 提交后农户又有还款或账目经过更正，损失金额已变化；请拒绝该申请，由银行重新申请。",
            en=f"The household has paid, or the loan's account was corrected, since claim {claim_id} was filed, so the "
            "loss is another now; refuse this claim, and let the bank file it again.",
            claim_id=str(claim_id),
        )


class PursuitWithdrawn(Refused):
    """The step of pursuit from which the claim's wait was counted was recorded wrongly."""

    code = "pursuit-withdrawn"
    title = "追偿记录已撤回 Pursuit withdrawn"
    clause = "LG-20b"

    def __init__(self, claim_id: UUID, pursued_from: date) -> None:
        super().__init__(
            zh=f"代偿申请 {claim_id} 的等待期自 {pursued_from} 的追偿记录起算，该记录已撤回；请拒绝该申请，由银行按"
            "现有追偿记录重新申请。",
            en=f"The wait of claim {claim_id} was counted from a step of pursuit on {pursued_from}, withdrawn since; "
            "refuse this claim, and let the bank file it again by the steps that stand.",
            claim_id=str(claim_id),
            pursued_from=pursued_from.isoformat(),
        )


class NoAnswerAwaited(Refused):
    """No request to this insurer is open on the claim."""

    code = "no-answer-awaited"
    title = "无待答复的理赔请求 No answer awaited"
    clause = "LG-21b"

    def __init__(self, insurer_code: str, state: str) -> None:
        super().__init__(
            zh=f"该代偿申请当前为“{in_chinese(state, 'State')}”，没有待 {insurer_code} 答复的理赔请求；"
            "每个请求只答复一次，请核对。",
            en=f"No request to {insurer_code} is open on this claim, which is {state}; each request is answered once.",
            insurer_code=insurer_code,
            state=state,
        )


class InsurancePaysTooMuch(Refused):
    """The insurer's amount is above what it was asked for or what is left of the loss."""

    code = "insurance-pays-too-much"
    title = "理赔金额超限 Insurance amount too high"
    clause = "LG-21b"

    def __init__(self, amount: Decimal, most: Decimal) -> None:
        super().__init__(
            zh=f"{amount} 元超过该保单尚可赔付的 {most} 元，请按不超过 {most} 元答复。",
            en=f"{amount} yuan is more than the {most} this policy can still pay of the loss; answer with at most "
            f"{most}.",
            amount=str(amount),
            most=str(most),
        )


class DefaultOutOfDate(Refused):
    """More is owed now than when the default was confirmed: a receipt from before was taken back."""

    code = "default-out-of-date"
    title = "违约认定金额已变化 Default out of date"

    def __init__(self, loan_id: UUID, confirmed_on: date) -> None:
        super().__init__(
            zh=f"贷款 {loan_id} 在 {confirmed_on} 确认违约后账目经过更正，所欠金额多于当时所报；请撤销该违约认定，"
            "由银行重新报告后再申请代偿。",
            en=f"The account of loan {loan_id} was corrected after its default was confirmed on {confirmed_on}, and "
            "more is owed than was reported; have that default withdrawn and reported anew, then file the claim.",
            loan_id=str(loan_id),
            confirmed_on=confirmed_on.isoformat(),
        )


class ClaimUnderReview(Refused):
    """What the claim rests on is gone, and two persons have not yet said what follows."""

    code = "claim-under-review"
    title = "代偿申请待复核 Claim under review"
    clause = "LG-39"

    def __init__(self, claim_id: UUID, cause: str) -> None:
        super().__init__(
            zh=f"代偿申请 {claim_id} 因“{in_chinese(cause, 'Gone')}”待复核；请由两名管委会成员先作出复核意见。",
            en=f"Claim {claim_id} is under review because of '{cause}'; two members of the committee answer the review "
            "first.",
            claim_id=str(claim_id),
            cause=cause,
        )


class ClaimNotUnderReview(Refused):
    """There is nothing to review about the claim."""

    code = "claim-not-under-review"
    title = "无待复核事项 Claim not under review"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(
            zh=f"代偿申请 {claim_id} 没有待复核事项，无需答复。",
            en=f"Nothing about claim {claim_id} is under review; no answer is needed.",
            claim_id=str(claim_id),
        )


class ReviewOutcomeImpossible(Refused):
    """A paid claim is not voided, and an unpaid one whose ground is gone cannot stand."""

    code = "review-outcome-impossible"
    title = "复核意见与状态不符 Outcome not possible"

    def __init__(self, state: str, outcome: str, possible: Sequence[str]) -> None:
        words_zh = "、".join(in_chinese(each, "Outcome") for each in possible)
        super().__init__(
            zh=f"该代偿申请当前为“{in_chinese(state, 'State')}”，复核意见只能为：{words_zh}。",
            en=f"The claim is {state}; the review may end in: {', '.join(possible)}.",
            state=state,
            outcome=outcome,
            possible=[str(each) for each in possible],
        )
