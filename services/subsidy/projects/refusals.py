"""Why this room refuses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import in_chinese


class ProjectUnknown(NotFound):
    """No such project in the caller's regions."""

    code = "project-unknown"
    title = "扶贫项目不存在 Project unknown"

    def __init__(self, project_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有扶贫项目 {project_id}，请在扶贫项目列表中查找。",
            en=f"There is no project {project_id} in your region; list the projects to find it.",
        )


class ProjectExists(Refused):
    """The county runs a project of that name."""

    code = "project-exists"
    title = "扶贫项目已存在 Project exists"

    def __init__(self, county_code: str, name: str) -> None:
        super().__init__(
            zh=f"{county_code} 县已有扶贫项目“{name}”；请在该项目上继续办理，或另取名称。",
            en=f"County {county_code} has a project '{name}' already; go on with it, or choose another name.",
            county_code=county_code,
            name=name,
        )


class ProgrammeOfAnotherCounty(Refused):
    """A project's money comes from the programmes of its own county."""

    code = "project-programme-unknown"
    title = "资金来源项目不存在 Programme of the money unknown"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            zh=f"资金所列的项目不属于 {county_code} 县，或同一项目列了两次；请从本县的资金项目中选择，每个列一行。",
            en=f"A programme named for the money is not county {county_code}'s, or is named twice; choose among the "
            "county's programmes, one line for each.",
            county_code=county_code,
        )


class ProgrammeForOtherRegions(Refused):
    """A programme pays for projects of its own regions."""

    code = "project-programme-of-other-regions"
    title = "项目不在资金覆盖区划内 Programme of other regions"

    def __init__(self, programme: str, region_code: str, regions: Sequence[str]) -> None:
        super().__init__(
            zh=f"“{programme}”只用于 {'、'.join(regions)}，本项目在 {region_code}；请从覆盖该区划的资金项目中选择。",
            en=f"'{programme}' is for {', '.join(regions)} only, and the project lies in {region_code}; choose a "
            "programme that covers it.",
            programme=programme,
            region_code=region_code,
            regions=list(regions),
        )


class FundSourceNotOfProgramme(Refused):
    """A programme's money comes from the sources that it was opened with."""

    code = "project-fund-source-unknown"
    title = "资金项目无此资金来源 Not a source of the programme"

    def __init__(self, programme: str, fund_source: str, sources: Sequence[str]) -> None:
        super().__init__(
            zh=f"“{programme}”没有资金来源“{fund_source}”，其来源为{'、'.join(sources)}；请按其来源填写。",
            en=f"'{programme}' has no source '{fund_source}'; its sources are {', '.join(sources)}. Name one of these.",
            programme=programme,
            fund_source=fund_source,
            sources=list(sources),
        )


class SourceExceeded(Refused):
    """A source of a programme has less left than the project is to get of it."""

    code = "project-fund-source-exceeded"
    title = "超出该来源资金 Source exceeded"
    clause = "DZ-2"

    def __init__(self, fund_source: str, amount: Decimal, available: Decimal) -> None:
        super().__init__(
            zh=f"本项目需“{fund_source}”资金 {amount} 元，该来源尚余 {available} 元；请由两名财政人员调剂来源后再批准，"
            "或退回项目改用其他来源。",
            en=f"The project needs {amount} yuan of '{fund_source}', which has {available} left; let two finance "
            "officers move money between the sources and approve again, or return the project and plan it of other "
            "sources.",
            fund_source=fund_source,
            amount=str(amount),
            available=str(available),
        )


class ProgrammeOfOtherDays(Refused):
    """A programme pays for what is resolved and approved in its own days."""

    code = "project-programme-of-other-days"
    title = "资金项目年度不符 Programme of other days"

    def __init__(self, programme: str, on: date, starts_on: date, ends_on: date) -> None:
        super().__init__(
            zh=f"“{programme}”的期间为 {starts_on} 至 {ends_on}，{on} 不能使用其资金；"
            "请从当年的资金项目中选择，已申报的请退出后重新谋划。",
            en=f"'{programme}' runs from {starts_on} to {ends_on} and promises nothing on {on}; choose a programme of "
            "that year, or withdraw the project and plan it anew.",
            programme=programme,
            on=on.isoformat(),
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


class ProjectInWrongState(Refused):
    """Another step comes first, or the project has ended."""

    code = "project-in-wrong-state"
    title = "项目环节不符 Another step comes first"
    clause = "ZJ-9"

    def __init__(self, state: str, step: str, allowed: Sequence[str]) -> None:
        stages = "、".join(in_chinese(each, "ProjectState") for each in allowed)
        super().__init__(
            zh=f"项目当前为“{in_chinese(state, 'ProjectState')}”，不能办理“{in_chinese(step, 'ProjectStep')}”；"
            f"须先到“{stages}”，请按项目流程逐步办理。",
            en=f"The project is '{state}', where '{step}' is not taken; it must be {', '.join(allowed)} first. Take "
            "the steps in their order.",
            state=state,
            step=step,
            allowed=list(allowed),
        )


class StepNotOfCounty(Refused):
    """The county's pack names no such step."""

    code = "project-step-not-of-county"
    title = "本县项目流程无此环节 Not a step of this county"
    clause = "ZJ-9"

    def __init__(self, step: str, order: Sequence[str]) -> None:
        steps = "、".join(in_chinese(each, "ProjectStep") for each in order)
        super().__init__(
            zh=f"本县的项目流程没有“{in_chinese(step, 'ProjectStep')}”，流程为：{steps}；请按该流程办理。",
            en=f"Projects of this county have no step '{step}'; their steps are: {', '.join(order)}. Take one of them.",
            step=step,
            order=list(order),
        )


class StepSaysOtherwise(Invalid):
    """A step that is taken is not decided, and a decision is not merely taken."""

    code = "project-step-outcome"
    title = "环节结果不符 No such outcome of this step"

    def __init__(self, step: str, outcome: str) -> None:
        super().__init__(
            zh=f"“{in_chinese(step, 'ProjectStep')}”没有“{in_chinese(outcome, 'StepOutcome')}”这一结果，请更正。",
            en=f"The step '{step}' never ends with '{outcome}'; correct it.",
            step=step,
            outcome=outcome,
        )


class EntityMissing(Invalid):
    """A centralised project is carried out by an entity."""

    code = "project-entity-missing"
    title = "缺少项目实施主体 Entity missing"
    clause = "ZJ-9"

    def __init__(self) -> None:
        super().__init__(
            zh="集中实施的项目须确定实施主体，请填写实施主体的代码和名称。",
            en="A centralised project is carried out by an entity; name it with its code.",
        )


class AboveProjectMoney(Refused):
    """The project has less money left than that."""

    code = "above-project-money"
    title = "超出项目资金 Above the project's money"
    clause = "ZJ-9"

    def __init__(self, asked: str, left: str) -> None:
        super().__init__(
            zh=f"项目资金余额 {left} 元，本次需 {asked} 元；请核减金额，或先调整项目资金。",
            en=f"The project has {left} yuan left and this takes {asked}; ask for less, or have its money changed.",
            asked=asked,
            left=left,
        )


class PersonNotInPost(Refused):
    """Who is to hand over does not answer for the project."""

    code = "project-person-not-in-post"
    title = "该人员未在岗 Person not in post"
    clause = "ZJ-10"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"{person} 目前不是本项目的负责人或班子成员，请核对项目在岗人员。",
            en=f"{person} is neither leader nor member of this project's team now; look at who is in post.",
            person=person,
        )


class PersonInPost(Refused):
    """A project has one leader, and each person one post in it."""

    code = "project-person-in-post"
    title = "该人员已在岗 Person in post already"
    clause = "ZJ-10"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"{person} 已是本项目的负责人或班子成员，一人一岗；请另派人员。",
            en=f"{person} is leader or member of this project's team already, and each has one post; name another.",
            person=person,
        )


class StepUnknown(NotFound):
    """The project's file has no such step that counts."""

    code = "project-step-unknown"
    title = "项目环节记录不存在 Step unknown"

    def __init__(self, number: int) -> None:
        super().__init__(
            zh=f"项目档案中没有序号为 {number} 的有效环节，请在办理记录中核对序号。",
            en=f"The project's file has no step {number} that counts; look its number up among the steps.",
        )


class StepNotLast(Refused):
    """Later steps rest on it; they are struck first."""

    code = "project-step-not-last"
    title = "须先作废后续环节 Later steps come first"
    clause = "ZJ-9"

    def __init__(self, number: int, later: Sequence[int]) -> None:
        super().__init__(
            zh=f"环节 {number} 之后还有环节 {'、'.join(map(str, later))}；请按此顺序先作废后面的环节。",
            en=f"Steps {', '.join(map(str, later))} follow step {number}; strike these first, in this order.",
            number=number,
            later=list(later),
        )


class StepStays(Refused):
    """The planning meeting is not struck: without it there is no project."""

    code = "project-step-stays"
    title = "谋划会不能作废 The planning meeting stays"
    clause = "ZJ-9"

    def __init__(self, step: str) -> None:
        super().__init__(
            zh=f"“{in_chinese(step, 'ProjectStep')}”是项目的起点，不能作废；有误的请撤回该项目后重新谋划。",
            en=f"'{step}' began the project and is not struck; withdraw the project and plan it anew.",
            step=step,
        )


class ProjectHasGrants(Refused):
    """Households have grants that rest on the step."""

    code = "project-has-grants"
    title = "项目已有直接补助 Grants rest on the step"
    clause = "ZJ-2a"

    def __init__(self) -> None:
        super().__init__(
            zh="已有农户的直接补助以该环节为依据；请先撤销已批准的名单或收回已发放的补助，再作废该环节。",
            en="Direct grants of households rest on this step; take the approved list or the paid grants back first, "
            "then strike it.",
        )


class ProjectMoneyWanted(Refused):
    """A take-back of the stopped project's money stands."""

    code = "project-money-wanted"
    title = "收回措施仍有效 A take-back stands"
    clause = "ZJ-3"

    def __init__(self) -> None:
        super().__init__(
            zh="该项目的收回资金措施仍有效；请先由两人将措施降为 0 元（已收款项先冲正），再作废终止环节。",
            en="A take-back of the project's money stands; let two persons lower it to 0.00 (receipts are reversed "
            "first), then strike the stop.",
        )


class AboveWhatWasPaid(Refused):
    """More is taken back than was paid, or more came in than is owed."""

    code = "above-what-was-paid"
    title = "超出已拨资金 Above what was paid"
    clause = "ZJ-3"

    def __init__(self, asked: str, most: str) -> None:
        super().__init__(
            zh=f"最多可收回 {most} 元，所填 {asked} 元；请更正金额。",
            en=f"At most {most} yuan can come back, this says {asked}; correct the amount.",
            asked=asked,
            most=most,
        )


class TransferBackMissing(Invalid):
    """A reimbursement moved money: it is struck once the money is back, with the bank's reference and day."""

    code = "project-transfer-back-missing"
    title = "缺少退回款项的流水 Transfer back missing"
    clause = "ZJ-9"

    def __init__(self) -> None:
        super().__init__(
            zh="报账款的作废须填写退回款项的 bank_reference 和 returned_on，"
            "未退回的请按处置措施收回资金；其他环节不填这两项。",
            en="A reimbursement is struck with bank_reference and returned_on of the transfer that came back (where "
            "nothing came back, take the money back by a measure); every other step without them.",
        )
