"""Why something about a loan certificate is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import value_words


class CertificateUnknown(NotFound):
    """No such certificate of the caller's bank, or not in the caller's region."""

    code = "loan-certificate-unknown"
    title = "贷款证不存在 Loan certificate unknown"

    def __init__(self, certificate_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区或机构没有贷款证 {certificate_id}，请在贷款证列表中查找。",
            en=f"There is no loan certificate {certificate_id} in your region or of your bank; list them to find it.",
            certificate_id=str(certificate_id),
        )


class WithdrawalUnknown(NotFound):
    """No such proposal to withdraw a certificate of the caller's bank."""

    code = "certificate-withdrawal-unknown"
    title = "收回申请不存在 Withdrawal unknown"

    def __init__(self, withdrawal_id: UUID) -> None:
        super().__init__(
            zh=f"本机构没有贷款证收回申请 {withdrawal_id}，请在贷款证详情中查找。",
            en=f"Your bank has no proposal {withdrawal_id} to withdraw a certificate; look it up at the certificate.",
            withdrawal_id=str(withdrawal_id),
        )


class NoCertificateRule(Refused):
    """The county's pack issues no loan certificates."""

    code = "no-certificate-rule"
    title = "本县不发放贷款证 No loan certificates"
    clause = "ZJ-7"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            zh=f"县 {county_code} 的政策包未规定发放贷款证，请先确认含有该规定的政策包。",
            en=f"The policy pack of county {county_code} issues no loan certificates; have a pack confirmed that does.",
            county_code=county_code,
        )


class CertificateNeedsRating(Refused):
    """No rating with a credit limit holds on the day."""

    code = "certificate-needs-rating"
    title = "须先评级授信 A rating is needed"
    clause = "ZJ-7"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"该户在 {on} 没有有效的评级授信，请先完成评级再发证。",
            en=f"No rating with a credit limit holds for the household on {on}; rate it, then issue a certificate.",
            day=on.isoformat(),
        )


class ListedMayNotHoldCertificate(Refused):
    """A household on a list holds no certificate."""

    code = "listed-holds-no-certificate"
    title = "名单农户不得持证 Listed household"
    clause = "ZJ-7"

    def __init__(self, lists: Sequence[str]) -> None:
        words = value_words()
        super().__init__(
            zh=f"该户在{'、'.join(words[each].zh for each in lists)}上，移出名单后方可发证。",
            en=f"The household is on: {', '.join(lists)}; a certificate may be issued once it is cleared.",
            lists=list(lists),
        )


class CertificateHeld(Refused):
    """The household holds a certificate of the bank."""

    code = "certificate-held"
    title = "已持有贷款证 Certificate held"
    clause = "ZJ-7"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"该户已持有贷款证 {number}，请办理换发或先收回。",
            en=f"The household holds certificate {number} already; renew it, or have it withdrawn first.",
            number=number,
        )


class CertificateNumberTaken(Refused):
    """The bank gave the number to another certificate."""

    code = "certificate-number-taken"
    title = "贷款证编号重复 Number taken"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"编号 {number} 已用于本行另一贷款证，请核对编号。",
            en=f"Your bank gave the number {number} to another certificate; check the number.",
            number=number,
        )


class CertificateEnded(Refused):
    """The certificate was renewed or withdrawn."""

    code = "certificate-ended"
    title = "贷款证已失效 Certificate ended"

    def __init__(self, ended_on: date, cause: str) -> None:
        super().__init__(
            zh=f"该贷款证已于 {ended_on} 因“{value_words()[cause].zh}”失效；需要时请重新发证。",
            en=f"The certificate ended on {ended_on} ({cause}); issue a new one where it is needed.",
            ended_on=ended_on.isoformat(),
            cause=cause,
        )


class WithdrawalOpen(Refused):
    """Another proposal to withdraw the certificate waits for its decision."""

    code = "certificate-withdrawal-open"
    title = "已有待决收回申请 A withdrawal is open"

    def __init__(self, withdrawal_id: UUID) -> None:
        super().__init__(
            zh=f"收回申请 {withdrawal_id} 尚未决定，请先由他人决定。",
            en=f"The proposal {withdrawal_id} is still open; have another officer decide it first.",
            withdrawal_id=str(withdrawal_id),
        )


class WithdrawalDecided(Refused):
    """The proposal was decided before."""

    code = "certificate-withdrawal-decided"
    title = "收回申请已决定 Withdrawal decided"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该收回申请的状态已是“{value_words()[state].zh}”，申请只决定一次。",
            en=f"The proposal was {state} already; a decision is made once.",
            state=state,
        )
