"""Why a change of the register is refused, each reason with its name."""

from collections.abc import Iterable
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.languages import Sentence
from shared.vocabulary.load import value_words


class ChangeUnknown(NotFound):
    """No such change request, or not the caller's to see."""

    code = "change-request-unknown"
    title = "变更申请不存在 Change request unknown"

    def __init__(self, change_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有变更申请 {change_id}，请在本辖区申请列表中查找。",
            en=f"There is no change request {change_id} in your region; list the region's requests to find it.",
            change_id=str(change_id),
        )


class ChangeAlreadyDecided(Refused):
    """Someone has decided or withdrawn the change before."""

    code = "change-already-decided"
    title = "变更申请已办结 Change already decided"

    def __init__(self, state: str, decided_by: str | None) -> None:
        super().__init__(
            zh=f"该变更申请的状态为“{value_words()[state].zh}”（办理人：{decided_by or '其他人员'}）；登记仍有误的，"
            "请重新提出申请。",
            en=f"The change was {state} by {decided_by or 'another officer'}; propose a new one if the register is "
            "still wrong.",
            state=state,
            decided_by=decided_by,
        )


class ChangeAlreadyProposed(Refused):
    """The very same change is open already."""

    code = "change-already-proposed"
    title = "相同变更已在审核中 Change already proposed"

    def __init__(self, change_id: UUID, proposed_by: str) -> None:
        super().__init__(
            zh=f"{proposed_by} 已提出相同的变更（{change_id}），尚未审核，请先审核该申请。",
            en=f"{proposed_by} has proposed the same change ({change_id}), which is not decided yet; have it decided.",
            change_id=str(change_id),
            proposed_by=proposed_by,
        )


class NotTheProposer(Refused):
    """Only the officer who proposed a change takes it back."""

    code = "not-the-proposer"
    title = "非申请人不得撤回 Not the proposer"

    def __init__(self, proposed_by: str) -> None:
        super().__init__(
            zh=f"该变更由 {proposed_by} 提出，只有本人可以撤回；如不同意，请予驳回。",
            en=f"{proposed_by} proposed this change and alone may withdraw it; reject it instead.",
            proposed_by=proposed_by,
        )


class ChangeOvertaken(Refused):
    """What the change starts from is no longer what is on file."""

    code = "change-overtaken"
    title = "原登记内容已变动 Changed meanwhile"

    def __init__(self, fields: Iterable[str]) -> None:
        named = sorted(fields)
        super().__init__(
            zh=f"变更申请提出后，{'、'.join(named)} 的登记内容已变动，请驳回并重新提出申请。",
            en=f"Since the change was proposed, {', '.join(named)} changed on file; reject it and have it proposed "
            "again.",
            fields=named,
        )


class NothingToChange(Invalid):
    """Every new value is on file already."""

    code = "nothing-to-change"
    title = "没有变更内容 Nothing to change"

    def __init__(self) -> None:
        super().__init__(
            zh="变更内容与现登记一致，请至少填写一项不同的内容。",
            en="The change leaves everything as it is; give at least one value that differs.",
        )


class RelationsIncomplete(Invalid):
    """Under another head every other member's relation must be said anew."""

    code = "relations-incomplete"
    title = "与户主关系不完整 Relations incomplete"

    def __init__(self, missing: Iterable[UUID]) -> None:
        ids = sorted(str(each) for each in missing)
        super().__init__(
            zh=f"请写明以下成员与户主的关系：{'、'.join(ids[:5])}；每名成员写一次。",
            en=f"Say how these members are related to the head: {', '.join(ids[:5])}; name each member once.",
            member_ids=ids,
        )


class PersonElsewhere(Refused):
    """The person is an active member of another household, which the caller may see or not."""

    code = "person-in-another-household"
    title = "该人员已在其他农户 Person in another household"
    clause = "SX-1"

    def __init__(self, household_id: UUID | None = None, number: str | None = None) -> None:
        hidden = household_id is None
        super().__init__(
            zh="该人员是您辖区外某农户的现有成员，请联系县扶贫办查明，并先在该户办理移出。"
            if hidden
            else f"该人员是农户 {number} 的现有成员，请先在该户办理移出，或更正登记。",
            en="The person is an active member of a household outside your region; ask the county's poverty "
            "office to look it up and to have the person leave there first."
            if hidden
            else f"The person is an active member of household {number}; have the person leave there first, or correct "
            "it.",
            household_id=None if hidden else str(household_id),
            household_number=None if hidden else number,
        )


class PersonInHousehold(Refused):
    """The person is an active member of this household already."""

    code = "person-in-household-already"
    title = "该人员已是家庭成员 Person already a member"

    def __init__(self, member_id: UUID) -> None:
        super().__init__(
            zh=f"该人员已是本户成员 {member_id}，请直接更正该成员。",
            en=f"The person is member {member_id} of this household already; correct that member instead.",
            member_id=str(member_id),
        )


class TooManyMembers(Refused):
    """No family has so many members; two households were taken for one."""

    code = "too-many-members"
    title = "家庭成员过多 Too many members"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            zh=f"该户登记成员将达 {count} 人，超过 {most} 人，请核实是否确为一户。",
            en=f"The household would have {count} members on file, more than {most}; check whether it is one "
            "household.",
            members=count,
            most=most,
        )


class NewHeadRequired(Invalid):
    """The head leaves and others stay."""

    code = "new-head-required"
    title = "须指定新户主 New head required"

    def __init__(self, remaining: int) -> None:
        super().__init__(
            zh=f"户主离开后尚有 {remaining} 名成员，请在 new_head 中指定新户主。",
            en=f"The head leaves and {remaining} members stay; name the next head in `new_head`.",
            remaining=remaining,
        )


class NewHeadNotNeeded(Invalid):
    """A new head is named though the head stays, or nobody stays."""

    code = "new-head-not-needed"
    title = "无需指定新户主 New head not needed"

    def __init__(self) -> None:
        super().__init__(
            zh="户主未离开，或已无其他成员，请将 new_head 留空；要变更户主的，请提出 head_changed。",
            en="The head stays, or nobody stays; leave `new_head` out, or propose `head_changed`.",
        )


class AlreadyHead(Refused):
    """The member named as the next head is the head."""

    code = "already-head"
    title = "该成员已是户主 Already the head"

    def __init__(self, member_id: UUID) -> None:
        super().__init__(
            zh=f"成员 {member_id} 已是户主，请指定其他成员。",
            en=f"Member {member_id} is the head already; name another member.",
            member_id=str(member_id),
        )


class HeadHasNoRelation(Invalid):
    """The head's own relation is corrected by changing the head."""

    code = "head-has-no-relation"
    title = "户主关系不可更正 Head has no relation"

    def __init__(self) -> None:
        super().__init__(
            zh="该成员是户主，不能更正与户主关系；请提出 head_changed。",
            en="The member is the head; propose `head_changed` instead of another relation.",
        )


class MembersNotOnFile(Refused):
    """More members are stated than on file, so it is unknown who stays."""

    code = "members-not-on-file"
    title = "家庭成员尚未全部登记 Members not on file"

    def __init__(self, stated: int, on_file: int) -> None:
        super().__init__(
            zh=f"该户填报 {stated} 人，已登记 {on_file} 人；请先补登其余成员（member_added，cause 填 recorded），"
            "或更正人数。",
            en=f"The household states {stated} members and {on_file} are on file; put the others on file first "
            "(`member_added`, cause `recorded`), or correct the number.",
            stated=stated,
            on_file=on_file,
        )


class LoansOpen(Refused):
    """Who borrowed is who repays: the change would part the loan from the household that owes it."""

    code = "loans-open"
    title = "尚有未结清贷款 Loans open"
    clause = "SX-1"

    def __init__(self, number: str, count: int, instead: Sentence) -> None:
        super().__init__(
            zh=f"农户 {number} 有 {count} 笔未结清贷款，谁借款谁还款；{instead.zh}。",
            en=f"Household {number} has {count} open loans, and the one who borrowed is the one who repays; "
            f"{instead.en}.",
            household_number=number,
            open_loans=count,
        )


class EntriesOpen(Refused):
    """The household stands on a list, and the change would make the entry point to nobody."""

    code = "list-entries-open"
    title = "尚在名单中 Entries on lists open"
    clause = "LG-22"

    def __init__(self, number: str, lists: list[str]) -> None:
        super().__init__(
            zh=f"农户 {number} 尚在{_lists_zh(lists)}，须先移出名单。",
            en=f"Household {number} is on the list {', '.join(lists)}; the entry must be cleared first.",
            household_number=number,
            lists=lists,
        )


class HeadIsListed(Refused):
    """The person was the head of a household that is still on a list: the entry follows the person."""

    code = "head-is-listed"
    title = "新户主尚在名单中 New head is listed"
    clause = "LG-22"

    def __init__(self, member_id: UUID, lists: list[str]) -> None:
        super().__init__(
            zh=f"成员 {member_id} 曾任户主的农户尚在{_lists_zh(lists)}，须先移出名单，或由其他成员任户主。",
            en=f"Member {member_id} was the head of a household that is on the list {', '.join(lists)}; the entry "
            "must be cleared first, or another member be the head.",
            member_id=str(member_id),
            lists=lists,
        )


class HeadStays(Refused):
    """The head does not leave by a split; the others do."""

    code = "head-stays"
    title = "户主不随分户迁出 Head stays"

    def __init__(self, member_id: UUID) -> None:
        super().__init__(
            zh=f"成员 {member_id} 是户主，与本户及其贷款、档案一并留下；请将其他成员分出，或先变更户主。",
            en=f"Member {member_id} is the head and stays with the household, its loans and its dossier; let the "
            "other members go, or change the head first.",
            member_id=str(member_id),
        )


class OneHeadNeeded(Invalid):
    """A new household has exactly one head."""

    code = "one-head-needed"
    title = "新户须有且仅有一名户主 One head needed"

    def __init__(self, count: int) -> None:
        super().__init__(
            zh=f"新户填报了 {count} 名户主，请只将一人的与户主关系填作 head。",
            en=f"The new household has {count} heads; give exactly one the relation head.",
            heads=count,
        )


class HouseholdNumberTaken(Refused):
    """The county has a household with this number."""

    code = "household-number-taken"
    title = "户编号已被使用 Household number taken"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"本县已有户编号 {number}，请使用未占用的编号。",
            en=f"The county has a household {number} already; take a free number.",
            household_number=number,
        )


class OutsideCounty(Refused):
    """A split or a merge stays in its county."""

    code = "outside-county"
    title = "不得跨县 Outside the county"

    def __init__(self, place: Sentence, county_code: str) -> None:
        super().__init__(
            zh=f"{place.zh} 不在县 {county_code}；跨县的，请办理整户迁移（household_moved）。",
            en=f"{place.en} is not in county {county_code}; across counties a household moves (`household_moved`).",
            place=place.en,
            county_code=county_code,
        )


class NotAVillage(Invalid):
    """The region is not what is needed there."""

    code = "region-of-wrong-level"
    title = "行政区划级别不符 Region of wrong level"

    def __init__(self, code: str, needed: Sentence) -> None:
        super().__init__(
            zh=f"区划 {code} 不是{needed.zh}，请填写{needed.zh}的区划代码。",
            en=f"Region {code} is not {needed.en}; give the code of one.",
            region_code=code,
        )


class MergedIntoItself(Invalid):
    """A household cannot be merged into itself."""

    code = "merged-into-itself"
    title = "不得并入本户 Merged into itself"

    def __init__(self) -> None:
        super().__init__(
            zh="不得并入本户，请填写接收其成员的农户。",
            en="A household cannot be merged into itself; name the household that takes its members in.",
        )


def _lists_zh(names: Iterable[str]) -> str:
    return "、".join(value_words()[name].zh for name in names)
