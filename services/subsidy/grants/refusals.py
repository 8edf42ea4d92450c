"""Why this room refuses."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class GrantStandardUnknown(NotFound):
    """No such standard in the caller's county."""

    code = "grant-standard-unknown"
    title = "补助标准不存在 Grant standard unknown"

    def __init__(self, standard_id: UUID) -> None:
        super().__init__(
            zh=f"本县当年没有已确认的补助标准 {standard_id}，请在补助标准列表中查找。",
            en=f"The county has no confirmed grant standard {standard_id} this year; list the standards to find it.",
        )


class GrantStandardExists(Refused):
    """The year's list has that project already."""

    code = "grant-standard-exists"
    title = "补助标准已存在 Grant standard exists"
    clause = "DY-7"

    def __init__(self, year: int, standard: str) -> None:
        super().__init__(
            zh=f"{year} 年的项目清单已有“{standard}”；请沿用该标准，或另取代码。",
            en=f"The list of {year} has '{standard}' already; use it, or choose another code.",
            year=year,
            standard=standard,
        )


class GrantStandardDecided(Refused):
    """Somebody decided on it before."""

    code = "grant-standard-decided"
    title = "补助标准已决定 Grant standard decided"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该补助标准已决定，当前为“{in_chinese(state)}”；如需更改请另行提出。",
            en=f"The standard is '{state}' already; propose a new one to change it.",
            state=state,
        )


class GrantListUnknown(NotFound):
    """No such list in the caller's regions."""

    code = "grant-list-unknown"
    title = "直补名单不存在 Grant list unknown"

    def __init__(self, list_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有直补名单 {list_id}，请在项目的直补名单中查找。",
            en=f"There is no list of grants {list_id} in your region; look among the project's lists.",
        )


class GrantListInWrongState(Refused):
    """It was decided before, or is not approved."""

    code = "grant-list-in-wrong-state"
    title = "直补名单状态不符 List of grants in another state"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"直补名单当前为“{in_chinese(state)}”，不能办理此事项：待决定的名单可以审批，已批准的名单可以发放。",
            en=f"The list is '{state}', where this is not done: a proposed list is decided, an approved one is paid.",
            state=state,
        )


class GrantsForHouseholdsOnly(Refused):
    """A centralised project is carried out by an entity; its households get dividends, no direct grants."""

    code = "grants-for-scattered-projects"
    title = "集中实施项目不直补 No direct grants of a centralised project"
    clause = "ZJ-2a"

    def __init__(self) -> None:
        super().__init__(
            zh="直接补助只用于分散直补的项目；集中实施的项目由农户按协议分红，请按协议办理。",
            en="Direct grants are for scattered projects; households of a centralised one get dividends by agreement.",
        )


class GrantBeforeAcceptance(Refused):
    """Grants are paid once the project is accepted."""

    code = "grant-before-acceptance"
    title = "项目未验收 Project not accepted"
    clause = "ZJ-2a"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"项目当前为“{in_chinese(state, 'ProjectState')}”，验收合格后方可直补到户；请先办理验收。",
            en=f"The project is '{state}'; grants follow its acceptance, have it accepted first.",
            state=state,
        )


class GrantHouseholdUnknown(Refused):
    """The register knows no such household where the project is."""

    code = "grant-household-unknown"
    title = "项目地没有该农户 Household not at the project's place"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"项目实施地没有登记农户 {household_id}，请核对名单。",
            en=f"Household {household_id} is not on the register where the project is; check the list.",
            household_id=str(household_id),
        )


class GrantHouseholdListed(Refused):
    """Who is on the blacklist gets no grant until the loan is cleared."""

    code = "grant-household-listed"
    title = "农户在黑名单上 Household on the blacklist"
    clause = "LG-22"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"农户 {household_id} 在黑名单上，清偿并移出名单前不得领取补助；请将其从名单中删除后重报。",
            en=f"Household {household_id} is on the blacklist and gets no grant until its entry is cleared; take it "
            "out and propose again.",
            household_id=str(household_id),
        )


class GrantGivenBefore(Refused):
    """A household gets one grant of a project."""

    code = "grant-given-before"
    title = "该项目已补助该农户 Granted before"
    clause = "ZJ-6"

    def __init__(self) -> None:
        super().__init__(
            zh="名单中有农户已列入本项目的直补名单或重复出现，同一项目每户只补助一次；请删除后重报。",
            en="A household of the list stands on a list of this project already, or twice on this one; a project "
            "grants each household once. Take it out and propose again.",
        )


class GrantAboveStandard(Refused):
    """A grant follows the county's list of projects with their standards."""

    code = "grant-above-standard"
    title = "超出补助标准 Above the standard"
    clause = "DY-7"

    def __init__(self, household_id: UUID, amount: Decimal, most: Decimal | None) -> None:
        zh = "项目清单中没有对应的补助标准" if most is None else f"按补助标准最多 {most:.2f} 元"
        en = "no standard of the county's list is named" if most is None else f"its standard gives {most:.2f} at most"
        super().__init__(
            zh=f"农户 {household_id} 拟补助 {amount} 元，{zh}；请按清单和标准更正。",
            en=f"Household {household_id} is to get {amount} yuan, but {en}; follow the list of standards.",
            household_id=str(household_id),
        )


class GrantTotalExceeded(Refused):
    """The household gets more in all than the county allows."""

    code = "grant-total-exceeded"
    title = "超出每户累计上限 Above the household's total"
    clause = "ZJ-6"

    def __init__(self, household_id: UUID, total: Decimal, most: Decimal) -> None:
        super().__init__(
            zh=f"农户 {household_id} 累计补助将达 {total} 元，超过本县每户上限 {most} 元；请核减。",
            en=f"Household {household_id} would get {total} yuan in all, above the county's {most}; lower its grant.",
            household_id=str(household_id),
            total=str(total),
            most=str(most),
        )


class GrantAverageExceeded(Refused):
    """The county's households would get more on average than its rule allows."""

    code = "grant-average-exceeded"
    title = "超出户均标准 Above the average per household"
    clause = "ZJ-6"

    def __init__(self, total: Decimal, households: int, most: Decimal) -> None:
        super().__init__(
            zh=f"批准后全县 {households} 户累计直补 {total} 元，户均超过 {most} 元；请核减名单金额。",
            en=f"With this list {households} households of the county get {total} yuan, more than {most} on average; "
            "lower the list's amounts.",
            total=str(total),
            households=households,
            most=str(most),
        )


class AgreementMissing(Refused):
    """The household has no rolling-development agreement in force, or a shorter one."""

    code = "grant-agreement-missing"
    title = "缺少滚动发展协议 Rolling-development agreement missing"
    clause = "ZJ-6"

    def __init__(self, household_id: UUID, years: int) -> None:
        super().__init__(
            zh=f"农户 {household_id} 没有生效且不少于 {years} 年的滚动发展协议；请先与乡镇和村签订协议。",
            en=f"Household {household_id} has no rolling-development agreement of {years} years or more in force; let "
            "it be signed with township and village first.",
            household_id=str(household_id),
            years=years,
        )


class GrantsOfStoppedProject(Refused):
    """A project that was stopped pays no more grants."""

    code = "grants-of-stopped-project"
    title = "项目已终止 Project stopped"
    clause = "ZJ-3"

    def __init__(self) -> None:
        super().__init__(
            zh="项目因违规已终止，不再发放直接补助；请按处置措施收回资金。",
            en="The project was stopped for a violation and pays no more grants; its money is taken back instead.",
        )


class NoGrantToPay(Refused):
    """Every grant of the list is paid or under way, or its household is on the blacklist or has no account."""

    code = "no-grant-to-pay"
    title = "没有待发放的补助 No grant to pay"

    def __init__(self, without_account: int, held: int) -> None:
        super().__init__(
            zh=f"名单中没有可发放的补助；{without_account} 户没有账户，{held} 户在黑名单上，移出后方可发放；"
            "其余已发放或正在发放。",
            en=f"No grant of the list can be paid now: {without_account} households have no account, {held} are on "
            "the blacklist (paid once their entries are cleared), the others are paid or under way.",
            without_account=without_account,
            held=held,
        )


class TransferContradicted(Refused):
    """What the bank says does not fit the transfer."""

    code = "grant-transfer-contradicted"
    title = "与发放记录不符 Does not fit the transfer"

    def __init__(self, transfer_id: UUID) -> None:
        super().__init__(
            zh=f"发放记录 {transfer_id} 不属于本名单，或其状态、金额、日期与所报结果不符；请与银行核实后重报全部结果。",
            en=f"Transfer {transfer_id} is not of this list, or its state, amount or day does not fit; ask the "
            "bank and send the results again.",
            transfer_id=str(transfer_id),
        )


class GrantStandardInUse(Refused):
    """Lists that wait or are not paid yet follow the standard."""

    code = "grant-standard-in-use"
    title = "补助标准正在使用 Standard in use"
    clause = "DY-7"

    def __init__(self, list_ids: Sequence[UUID]) -> None:
        named = [str(each) for each in list_ids[:10]]
        super().__init__(
            zh=f"以下名单按该标准补助且尚未发放：{'、'.join(named)}；请先驳回或撤销这些名单，再撤销标准。",
            en=f"These lists follow the standard and are not paid: {', '.join(named)}; refuse them or take them back "
            "first, then the standard.",
            list_ids=named,
        )


class GrantUnknown(NotFound):
    """No such grant that was approved in the caller's regions."""

    code = "household-grant-unknown"
    title = "补助不存在 Grant unknown"

    def __init__(self, grant_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有已批准的补助 {grant_id}，请在直补名单的明细中查找；未批准的请驳回名单。",
            en=f"There is no approved grant {grant_id} in your region; find it on its list. One that waits is refused "
            "with its list.",
        )


class GrantListPaid(Refused):
    """A list is taken back as a whole before any of it is sent."""

    code = "grant-list-paid"
    title = "名单已开始发放 Payment has begun"
    clause = "ZJ-6"

    def __init__(self, sent: int, paid: int) -> None:
        super().__init__(
            zh=f"名单中 {paid} 户已发放，{sent} 户正在发放，不能整单撤销；请逐户撤销或收回（正在发放的等银行结果）。",
            en=f"{paid} households of the list were paid and {sent} transfers are under way; take grants back one by "
            "one (those under way after the bank's word).",
            sent=sent,
            paid=paid,
        )


class GrantUnderWay(Refused):
    """The bank has not said what became of the transfer."""

    code = "grant-under-way"
    title = "补助正在发放 Transfer under way"

    def __init__(self, grant_id: UUID) -> None:
        super().__init__(
            zh=f"补助 {grant_id} 的转账尚无银行结果；请登记结果后再撤销或收回。",
            en=f"The bank has not said what became of grant {grant_id}; record its word, then take the grant back.",
            grant_id=str(grant_id),
        )


class GrantTakenBackWhole(Refused):
    """An unpaid grant is taken back whole; of a paid one at most what it paid and is not owed yet."""

    code = "grant-take-back-amount"
    title = "收回金额不符 Amount of the take-back"

    def __init__(self, asked: Decimal, most: Decimal) -> None:
        super().__init__(
            zh=f"拟收回 {asked} 元；未发放的补助只能整笔撤销（不填 amount），已发放的最多还可收回 {most} 元，请更正。",
            en=f"{asked} yuan are asked back; an unpaid grant is taken back whole (leave amount out), of a paid one "
            f"{most} are left at most. Correct the amount.",
            asked=str(asked),
            most=str(most),
        )


class GrantOwedBack(Refused):
    """A transfer came back for a grant that its household owes."""

    code = "grant-owed-back"
    title = "该补助正在收回 Grant is owed back"

    def __init__(self) -> None:
        super().__init__(
            zh="退回的转账所属补助已决定向农户收回；请把退回的款项登记为该追回的收款，不再登记退汇。",
            en="The transfer came back for a grant that is being taken back from its household; record the money as a "
            "receipt of that claw-back instead.",
        )


class GrantNotReturned(Refused):
    """What a household kept of a grant that was taken back stays granted."""

    code = "grant-not-returned"
    title = "原补助尚未全部收回 Earlier grant not returned"
    clause = "ZJ-6"

    def __init__(self, household_id: UUID, returned: Decimal) -> None:
        super().__init__(
            zh=f"农户 {household_id} 在本项目的原补助已决定收回，只收回 {returned} 元，其余由该户留用；"
            f"本次最多补助 {returned} 元，请更正或先收回余款。",
            en=f"An earlier grant of household {household_id} in this project was taken back and {returned} yuan of it "
            f"returned; the household kept the rest. Grant {returned} at most, or let the rest come back first.",
            household_id=str(household_id),
            returned=str(returned),
        )
