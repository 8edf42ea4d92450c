"""Why a lender or a branch is not registered, or not lent at."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import in_chinese


class LenderUnknown(NotFound):
    """No such bank is registered."""

    code = "lender-unknown"
    title = "贷款机构不存在 Lender unknown"
    clause = "SX-2"

    def __init__(self, bank_code: str) -> None:
        super().__init__(
            zh=f"没有登记代码为 {bank_code} 的贷款机构，请核对代码或先行登记。",
            en=f"No bank {bank_code} is registered there; check its code or register it first.",
        )


class LenderNotRegistered(Refused):
    """An application goes to a bank that is not registered in the county."""

    code = "lender-not-registered"
    title = "贷款机构未登记 Lender not registered"
    clause = "SX-2"

    def __init__(self, bank_code: str, county_code: str) -> None:
        super().__init__(
            zh=f"银行 {bank_code} 未在 {county_code} 县登记为贷款机构，请先登记该机构及其类别，或另选银行。",
            en=f"Bank {bank_code} is not registered as a lender in {county_code}; have it registered with its kind, or "
            "choose another.",
            bank_code=bank_code,
            county_code=county_code,
        )


class LenderCountyMissing(Invalid):
    """Nothing says in which county the bank lends."""

    code = "lender-county-missing"
    title = "未注明县 County missing"
    clause = "SX-2"

    def __init__(self) -> None:
        super().__init__(
            zh="您的辖区不止一个县，请在 county_code 中填写该银行放贷所在的县。",
            en="You act for more than one county; give the county_code in which the bank lends.",
        )


class LenderRegistered(Refused):
    """The code belongs to a bank already."""

    code = "lender-registered"
    title = "机构代码已登记 Lender registered already"
    clause = "SX-2"

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__(
            zh=f"代码 {known['code']} 已登记为 {known['name']}（{in_chinese(known['kind'])}）；请使用该机构，"
            "或为另一银行换用其他代码。",
            en=f"The code {known['code']} already stands for {known['name']} ({known['kind']}); use that one, or "
            "another code for another bank.",
            bank_code=known["code"],
            kind=known["kind"],
        )


class BranchRegistered(Refused):
    """The bank has a branch of that number already."""

    code = "branch-registered"
    title = "网点编号已登记 Branch registered already"
    clause = "SX-2"

    def __init__(self, bank_code: str, code: str) -> None:
        super().__init__(
            zh=f"银行 {bank_code} 已有编号为 {code} 的网点；请使用该网点，或填写新网点自身的编号。",
            en=f"Bank {bank_code} already has a branch {code}; use that one, or the new branch's own number.",
            bank_code=bank_code,
            branch_code=code,
        )


class BranchUnknown(NotFound):
    """No such branch in the officer's regions."""

    code = "branch-unknown"
    title = "网点不存在 Branch unknown"

    def __init__(self, branch_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有网点 {branch_id}，请核对编号。",
            en=f"There is no branch {branch_id} in your regions; check its id.",
        )


class BranchClosed(Refused):
    """The branch closed before."""

    code = "branch-closed"
    title = "网点已停业 Branch closed"
    clause = "SX-2"

    def __init__(self, closed_on: date) -> None:
        super().__init__(
            zh=f"该网点已于 {closed_on} 停业，不再恢复；新网点请按其自身编号登记。",
            en=f"The branch closed on {closed_on} and stays closed; register the new one under its own number.",
            closed_on=closed_on.isoformat(),
        )


class ResponsibleRegionsUnknown(Refused):
    """A bank cannot answer for regions that do not hold on its first day."""

    code = "responsible-regions-unknown"
    title = "区划不存在 Regions unknown"
    clause = "LG-47"

    def __init__(self, codes: Sequence[str], on: date) -> None:
        shown = codes[:10]
        super().__init__(
            zh=f"{on} 没有区划 {'、'.join(shown)}（共 {len(codes)} 个），请核对代码，或改用该日有效的代码。",
            en=f"On {on} there is no region {', '.join(shown)} ({len(codes)} in all); check the codes, or use those in "
            "force on that day.",
            region_codes=list(codes),
            from_on=on.isoformat(),
        )


class ResponsibilityUnknown(NotFound):
    """No such naming of a responsible bank in the caller's regions."""

    code = "responsibility-unknown"
    title = "责任银行指定不存在 Responsibility unknown"

    def __init__(self, responsibility_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有责任银行指定 {responsibility_id}，请核对编号。",
            en=f"No responsible bank was named under {responsibility_id} in your regions; check the id.",
        )


class ResponsibilityDecided(Refused):
    """It is decided already, and stays so."""

    code = "responsibility-decided"
    title = "已作决定 Decided already"
    clause = "LG-47"

    def __init__(self, state: str, decided_on: date) -> None:
        super().__init__(
            zh=f"该指定已于 {decided_on} {in_chinese(state, 'ResponsibilityState')}，不再更改；"
            "需要更正的，请另行指定。",
            en=f"It was {state} on {decided_on} and stays so; to put it right, name the bank anew.",
            state=state,
            decided_on=decided_on.isoformat(),
        )
