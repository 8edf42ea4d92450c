"""Why this room refuses."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from services.subsidy.agreements.rules.completeness import Lack
from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class AgreementUnknown(NotFound):
    """No such agreement in the caller's region."""

    code = "agreement-unknown"
    title = "协议不存在 Agreement unknown"

    def __init__(self, agreement_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有利益联结协议 {agreement_id}，请在协议列表中查找。",
            en=f"There is no benefit agreement {agreement_id} in your region; find it among the agreements.",
        )


class AgreementNumberTaken(Refused):
    """The county has an agreement of that number, or the agreement that it follows has a successor."""

    code = "agreement-number-taken"
    title = "协议编号或前序协议已占用 Agreement exists already"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"本县已有编号为 {number} 的协议，或前序协议已有后续协议；请核对编号和前序协议。",
            en=f"The county has an agreement {number} already, or the one it follows has a successor; check both.",
            number=number,
        )


class AgreementFollowsAnother(Refused):
    """An agreement takes the place of one of its own kind and project."""

    code = "agreement-follows-another"
    title = "不是同类同项目协议的后续 Not of the followed agreement's kind and project"
    clause = "ZJ-4"

    def __init__(self, follows_id: UUID, kind: str, project_id: UUID | None) -> None:
        none_zh, none = (
            ("未列扶贫项目", "no project") if project_id is None else (f"项目 {project_id}", f"{project_id}")
        )
        super().__init__(
            zh=f"前序协议 {follows_id} 为“{in_chinese(kind, 'AgreementKind')}”，{none_zh}；"
            "后续协议须为同类、同一项目，请更正，或不列前序协议另行签订。",
            en=f"The agreement {follows_id} is of kind '{kind}' for {none}; what takes its place is of that kind and "
            "project. Correct it, or conclude a new agreement that follows none.",
            follows_id=str(follows_id),
            kind=kind,
        )


class AgreementHouseholdsUnknown(Refused):
    """Households of the agreement are not registered in its region."""

    code = "agreement-households-unknown"
    title = "协议农户不在辖区 Households not in the region"

    def __init__(self, household_ids: Sequence[UUID]) -> None:
        named = "、".join(map(str, household_ids[:10]))
        super().__init__(
            zh=f"以下农户未登记在协议所在区划：{named}；请更正农户，或由其所在区划另签协议。",
            en=f"Not registered in the agreement's region: {', '.join(map(str, household_ids[:10]))}; correct them, or "
            "let their own region conclude an agreement.",
            household_ids=[str(each) for each in household_ids[:10]],
        )


class AgreementIncomplete(Refused):
    """The terms lack what the county's document asks for."""

    code = "agreement-incomplete"
    title = "协议不完整 Agreement incomplete"

    def __init__(self, missing: Sequence[Lack]) -> None:
        super().__init__(
            zh=f"协议存在以下不符：{'；'.join(each.sentence.zh for each in missing)}。请修改条款后再办理。",
            en=f"The agreement lacks: {'; '.join(each.sentence.en for each in missing)}. Correct its terms first.",
            lacks=[each.code for each in missing],
        )


class AgreementStateWrong(Refused):
    """The step does not go with where the agreement stands."""

    code = "agreement-state-wrong"
    title = "协议状态不符 Wrong state of the agreement"

    def __init__(self, number: str, state: str) -> None:
        super().__init__(
            zh=f"协议 {number} 当前为“{in_chinese(state, 'list_agreements.state')}”，不能办理此步骤；请核对协议状态。",
            en=f"Agreement {number} is '{state}', this step does not follow; look at where it stands.",
            number=number,
            state=state,
        )


class ProposalOpen(Refused):
    """Another proposal about the agreement waits for its decision."""

    code = "agreement-proposal-open"
    title = "协议有待审事项 A proposal is open"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"协议 {number} 已有待审的更正或终止，请先审定。",
            en=f"A correction or termination of agreement {number} is open or accepted already; decide it first.",
            number=number,
        )


class ProposalUnknown(NotFound):
    """Nothing waits for a decision."""

    code = "agreement-proposal-unknown"
    title = "没有待审事项 Nothing to decide"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"协议 {number} 没有待审的更正或终止，请先提出。",
            en=f"No correction or termination of agreement {number} waits for a decision; propose one first.",
            number=number,
        )


class PrincipalAboveOpen(Refused):
    """More principal came back than is owed, or the receipt was recorded before."""

    code = "principal-above-open"
    title = "退还本金超过应退 More principal than is owed"

    def __init__(self, amount: Decimal, still_open: Decimal) -> None:
        super().__init__(
            zh=f"登记退还本金 {amount} 元，尚应退还 {still_open} 元，或该流水号已登记；请核对。",
            en=f"{amount} yuan of principal is recorded, {still_open} is still owed, or the bank's reference was used; "
            "check the receipt.",
            amount=str(amount),
            open=str(still_open),
        )


class PrincipalElsewhere(Refused):
    """The principal is to go to a collective of another level than the county's document names."""

    code = "principal-elsewhere"
    title = "本金退还对象不符 Principal goes elsewhere"
    clause = "ZJ-5(d)"

    def __init__(self, region_code: str, level: str) -> None:
        super().__init__(
            zh=f"本县的入股本金退还{in_chinese(level, 'RegionLevel')}级集体，{region_code} 不是该级区划；请更正。",
            en=f"In this county the principal goes to a collective of the {level}, {region_code} is none; correct it.",
            region_code=region_code,
            level=str(level),
        )


class AgreementProjectUnknown(NotFound):
    """The county has no such project."""

    code = "agreement-project-unknown"
    title = "协议所属项目不存在 Project of the agreement unknown"

    def __init__(self, project_id: UUID) -> None:
        super().__init__(
            zh=f"本县没有扶贫项目 {project_id}，请在项目列表中查找后更正。",
            en=f"The county has no relief project {project_id}; find it among the projects and correct the draft.",
        )


class PrincipalReceiptUnknown(NotFound):
    """No such receipt of principal that counts in the caller's region."""

    code = "principal-receipt-unknown"
    title = "本金收款不存在 Receipt of principal unknown"

    def __init__(self, receipt_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有有效的本金收款 {receipt_id}，请在协议的终止记录中查找；已冲正的不再冲正。",
            en=f"There is no receipt of principal {receipt_id} that counts in your region; find it with the "
            "agreement's termination. One that was reversed is not reversed again.",
        )


class SecurityUnknown(NotFound):
    """The agreement has no such security, or no more of it."""

    code = "security-unknown"
    title = "协议无此担保 No such security"
    clause = "ZJ-4(b)"

    def __init__(self, document: str) -> None:
        super().__init__(
            zh=f"协议中没有估值文件为 {document} 的担保，或其未解除的价值不足；请核对协议条款和解除记录。",
            en=f"The agreement has no security valued by {document}, or less of it is left; look at its terms and at "
            "what was released.",
        )


class SecurityWanted(Refused):
    """What is left must secure the invested money, or what is still owed."""

    code = "security-wanted"
    title = "担保不能解除 Security is wanted"
    clause = "ZJ-4(b)"

    def __init__(self, amount: Decimal, spare: Decimal, needed: Decimal) -> None:
        super().__init__(
            zh=f"协议仍须担保 {needed} 元，最多可解除 {spare} 元，拟解除 {amount} 元；"
            "请先以更正条款的方式补充其他担保。",
            en=f"{needed} yuan have to be secured, so at most {spare} can be released, not {amount}; let the entity "
            "put up something else by a correction of the terms first.",
            amount=str(amount),
            spare=str(spare),
            needed=str(needed),
        )
