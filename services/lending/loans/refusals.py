"""Why the bank's word that it paid out a loan is not taken."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from services.lending.loans.file import FILE
from shared.csv_files.refusals import LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import NotAllowed, NotFound, Refusal, Refused, Unavailable
from shared.policy.vocabulary import Consequence
from shared.vocabulary.load import in_chinese, value_words

Figures = Mapping[str, Any]


class LoanUnknown(NotFound):
    """No such loan in the officer's scope."""

    code = "loan-unknown"
    title = "贷款不存在 Loan unknown"

    def __init__(self, figures: Figures | None = None) -> None:
        super().__init__(
            zh="您的辖区内没有该笔贷款，请核对合同号或贷款编号。",
            en="No such loan is known in your regions; check the contract number or the loan's id.",
        )


class LoanOfAnotherBank(NotAllowed):
    """Only the lending bank speaks for its loan."""

    code = "loan-of-another-bank"
    title = "非本行贷款 Loan of another bank"

    def __init__(self, figures: Figures | None = None) -> None:
        super().__init__(
            zh="该笔贷款由其他银行发放，须由放款银行登记和报告，请核对编号。",
            en="Another bank granted this loan; only that bank records and reports on it.",
        )


class LoanChanging(Unavailable):
    """Others keep changing the loan, or send the same reference at this very moment."""

    code = "loan-changing"
    title = "贷款正在处理中 Loan changing"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款或该流水号正在处理中；请几秒后按原内容重报。",
            en="The loan or the reference is being worked on; send the same request again in a few seconds.",
        )


_ENTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "disbursement": ("放款", "disbursement"),
    "repayment": ("还款", "repayment"),
    "prepayment": ("提前还款", "prepayment"),
    "recovery": ("追偿款", "recovery"),
}


class BankReferenceConflict(Refused):
    """The bank's reference stands for another posting."""

    code = "bank-reference-conflict"
    title = "银行流水号冲突 Bank reference conflict"

    def __init__(self, figures: Mapping[str, Any]) -> None:
        reference, entry = figures["bank_reference"], figures.get("booked_entry")
        if entry is None:
            super().__init__(
                zh=f"银行流水号 {reference} 在本文件中用于两笔不同的业务；请更正其中一笔的流水号。",
                en=f"Bank reference {reference} stands for two different postings of this file; correct one of them.",
                bank_reference=str(reference),
            )
            return
        zh, en = _ENTRIES[entry]
        contract, on, amount = figures["booked_contract"], figures["booked_on"], figures["booked_amount"]
        payer = figures.get("booked_payer")
        who = value_words().get(f"Payer={payer}")
        by_zh, by_en = (f"（{who.zh}支付）", f", paid by {who.en.lower()},") if who else ("", "")
        super().__init__(
            zh=f"银行流水号 {reference} 已登记为合同 {contract} 于 {on} 的{zh} {amount} 元{by_zh}；"
            "如为同一笔，请按原内容重报；如为另一笔，请用其自身的流水号。",
            en=f"Bank reference {reference} already stands for the {en} of {amount} on {on}{by_en} under contract "
            f"{contract}; send that posting as it was, or this one under its own reference.",
            bank_reference=str(reference),
            entry=str(entry),
            contract_number=str(contract),
            booked_on=str(on),
            amount=str(amount),
        )


class ApplicationUnknown(NotFound):
    """No such application in the officer's regions."""

    code = "application-unknown"
    title = "申请不存在 Application unknown"

    def __init__(self, application_id: object) -> None:
        super().__init__(
            zh=f"您的辖区内没有申请 {application_id}，请核对编号。",
            en=f"There is no application {application_id} in your regions; check its id.",
        )

    @classmethod
    def of_line(cls, figures: Figures) -> "ApplicationUnknown":
        """Return it for a line of a file."""
        return cls(figures["application_id"])


class ApplicationOfAnotherBank(NotAllowed):
    """The county handed the application to another bank."""

    code = "application-of-another-bank"
    title = "非本行申请 Application of another bank"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"申请 {figures['application_id']} 已移交其他银行，不是贵行办理的申请，请核对编号。",
            en=f"Application {figures['application_id']} was handed over to another bank, not to yours.",
        )


class AlreadyDisbursed(Refused):
    """One application, one loan."""

    code = "already-disbursed"
    title = "已放款 Already disbursed"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"申请 {figures['application_id']} 已放款，请查看对应贷款，并删去此行；如放款日或金额有误，"
            "请先冲正放款，再重新登记。",
            en=f"Application {figures['application_id']} is already disbursed; look at its loan, and drop this line. "
            "If its day or amount is wrong, take the disbursement back first.",
        )


class NotHandedOver(Refused):
    """The application has not reached the bank."""

    code = "not-handed-over"
    title = "尚未移交银行 Not handed over"
    clause = "FJ-4"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"申请 {figures['application_id']} 当前为“{in_chinese(figures['state'])}”，尚未移交银行，"
            "请等待县服务中心移交。",
            en=f"Application {figures['application_id']} is '{figures['state']}', not handed over to the bank; "
            "wait for the county centre's hand-over.",
            state=str(figures["state"]),
        )


class AmountDiffers(Refused):
    """The bank paid out another amount than was approved."""

    code = "amount-differs"
    title = "放款金额与批准金额不符 Amount differs"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"批准金额 {figures['amount_approved']} 元，报送金额 {figures['amount']} 元；请更正金额，"
            "或请县服务中心另行申报。",
            en=f"{figures['amount_approved']} was approved, {figures['amount']} is reported; correct the amount, or "
            f"ask the "
            "county centre for a new application.",
            approved=str(figures["amount_approved"]),
            reported=str(figures["amount"]),
        )


class ContractNumberUsed(Refused):
    """Another loan carries the contract number."""

    code = "contract-number-used"
    title = "合同号重复 Contract number used"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"合同号 {figures['contract_number']} 已用于另一笔贷款，请更正。",
            en=f"Contract number {figures['contract_number']} already belongs to another loan; correct it.",
        )


class EnterpriseUseBanned(Refused):
    """The loan was granted after the last day of enterprise use."""

    code = "enterprise-use-banned"
    title = "不得户贷企用 Enterprise use banned"
    clause = "LG-28"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"{figures['disbursed_on']} 放款的贷款不得再由企业使用（户贷企用），请勿放款；请撤回该申请，"
            "按户用另行申报。",
            en=f"A loan paid out on {figures['disbursed_on']} may no longer be used by an enterprise; do not pay it "
            "out. "
            "Withdraw the application and file a new one for the household's own use.",
        )


class AccountOfAnotherHousehold(Refused):
    """The money went to an account that took another household's loan."""

    code = "account-of-another-household"
    title = "账户属于其他农户 Account of another household"
    clause = "SX-1"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"账户 {figures['account_reference']} 曾收取其他农户的贷款；贷款须户借户还，"
            "请放入借款人本人账户并报送该账户。",
            en=f"Account {figures['account_reference']} took another household's loan before, and who borrows is who "
            "repays; pay the loan into the borrower's own account and report that one.",
        )


class RateAboveMaximum(Refused):
    """The contract bears more than the county's rules allow."""

    code = "rate-above-maximum"
    title = "利率超过上限 Rate above the maximum"

    def __init__(self, figures: Figures) -> None:
        stated, most = figures["annual_rate"], figures["county_rate"]
        super().__init__(
            zh=f"合同年利率 {stated}% 超过本县规定的上限 {most}%，请按不超过上限的利率签订合同后重报。",
            en=f"The contract's rate of {stated} % is above the county's maximum of {most} %; agree on at most that "
            "and send it again.",
            annual_rate=str(stated),
            maximum=str(most),
        )


class RateDiffers(Refused):
    """The county's rules name the rate, and the contract bears another."""

    code = "rate-differs"
    title = "利率与规定不符 Rate differs"

    def __init__(self, figures: Figures) -> None:
        stated, county = figures["annual_rate"], figures["county_rate"]
        super().__init__(
            zh=f"本县规定的年利率为 {county}%，合同为 {stated}%；请更正合同或报送内容后重报。",
            en=f"The county's rate is {county} % and the contract's {stated} %; correct the contract or the line and "
            "send it again.",
            annual_rate=str(stated),
            county_rate=str(county),
        )


class CoverExpired(Refused):
    """The fund holds no cover for the loan any more, and has none left for it."""

    code = "cover-expired"
    title = "担保额度已到期 Cover expired"
    clause = "FJ-13"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"申请 {figures['application_id']} 占用的风险补偿担保额度已到期，剩余额度不足以重新占用，不得放款。"
            "请县财政局补足风险补偿金后重报；补足前款项请勿划出。",
            en=f"The cover that the fund held for application {figures['application_id']} has expired and what is left "
            "does not reach to it, so it is no loan yet: the finance bureau pays into the fund, then send it again.",
            application_id=str(figures["application_id"]),
        )


class BankReasonMissing(Refused):
    """The county's rules grant this loan only with the bank's recorded reason."""

    code = "bank-reason-missing"
    title = "银行须说明理由 Bank's reason missing"
    clause = "MS-1"

    def __init__(self, figures: Figures) -> None:
        asking = [each for each in figures["conditions"] if each["consequence"] == Consequence.WITH_REASON]
        said_zh, said_en = "".join(each["zh"] for each in asking), " ".join(each["en"] for each in asking)
        super().__init__(
            zh=f"申请 {figures['application_id']}：{said_zh}请在 bank_reason 中填写理由后重报。",
            en=f"Application {figures['application_id']}: {said_en} Write the reason as `bank_reason` and send it "
            "again.",
            conditions=[str(each["code"]) for each in asking],
        )


BY_CODE: Mapping[str, Callable[[Figures], Refusal]] = {
    DateBeforeStep.code: date_before_step("disbursed_on", "handed_over_on"),
    DateInFuture.code: date_in_future("disbursed_on"),
    "signed-before-hand-over": date_before_step("signed_on", "handed_over_on"),
    "signed-after-disbursement": date_before_step("disbursed_on", "signed_on"),
    LineMalformed.code: FILE.malformed,
    ApplicationUnknown.code: ApplicationUnknown.of_line,
    **{
        refusal.code: refusal
        for refusal in (
            ApplicationOfAnotherBank,
            AlreadyDisbursed,
            NotHandedOver,
            AmountDiffers,
            ContractNumberUsed,
            BankReferenceConflict,
            EnterpriseUseBanned,
            BankReasonMissing,
            RateAboveMaximum,
            RateDiffers,
            AccountOfAnotherHousehold,
            CoverExpired,
        )
    },
}


def refusal_of(code: str, figures: Figures) -> Refusal:
    """Return the named refusal with the line's values in its sentence."""
    return BY_CODE[code](figures)


class TenorMissing(Refused):
    """The pack names no rate column for so long a loan."""

    code = "tenor-missing"
    title = "政策包未规定该期限利率 No rate for this term"

    def __init__(self, term_months: int) -> None:
        super().__init__(
            zh=f"本县政策包未规定 {term_months} 个月期限适用的基准利率，请先更正政策包，再办理放款。",
            en=f"The county's pack names no reference rate for {term_months} months; correct the pack before "
            "disbursing.",
            term_months=term_months,
        )


class LoanWrittenOff(Refused):
    """What the bank wrote off rests on the loan as it stood; the write-off is withdrawn first."""

    code = "loan-written-off"
    title = "贷款已核销 Loan written off"

    def __init__(self, written_off_on: date) -> None:
        super().__init__(
            zh=f"该贷款已于 {written_off_on} 核销；核销后仍可登记还款和追偿款，此项如须办理，请先撤销核销。",
            en=f"The bank wrote the loan off on {written_off_on}: repayments and recoveries are recorded, and for "
            "this the write-off is withdrawn first.",
            written_off_on=written_off_on.isoformat(),
        )
