"""Why something about a household is refused, each reason with its name."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import value_words

_END_REASONS_ZH: Final = {"merged": "并户", "moved_out": "整户迁出", "died_out": "整户消亡", "error": "误登"}


class HouseholdHasEnded(Refused):
    """The household is no longer on the register."""

    code = "household-has-ended"
    title = "该户已销户 Household has ended"

    def __init__(self, number: str, ended_on: date, end_reason: str) -> None:
        super().__init__(
            zh=f"农户 {number} 已于 {ended_on} 销户（{_END_REASONS_ZH.get(end_reason, end_reason)}），其档案留存，"
            "不再变更。",
            en=f"Household {number} ended on {ended_on} ({end_reason}); its records stay on file and are not changed "
            "any more.",
            household_number=number,
            ended_on=ended_on.isoformat(),
            end_reason=end_reason,
        )


class AccountPassedOn(Refused):
    """What the household is owed goes to the one that absorbed it, and so does the account."""

    code = "account-passed-on"
    title = "账户随并入户 Account of the absorbing household"

    def __init__(self, number: str, into_number: str, into_household_id: UUID) -> None:
        super().__init__(
            zh=f"农户 {number} 已并入农户 {into_number}，尚应付给该户的款项转入后者的账户，请在该户处更正账户。",
            en=f"Household {number} was merged into household {into_number}, whose account receives what it is still "
            "owed; correct the account there.",
            household_number=number,
            into_household_number=into_number,
            into_household_id=str(into_household_id),
        )


class MembersUnknown(NotFound):
    """Some persons are not active members of the household."""

    code = "members-unknown"
    title = "家庭成员不存在 Members unknown"

    def __init__(self, unknown: Iterable[UUID]) -> None:
        ids = sorted(str(each) for each in unknown)
        super().__init__(
            zh=f"以下人员不是该户的现有成员：{'、'.join(ids[:5])}；请核对家庭成员后重新提交其余部分。",
            en=f"Not active members of this household: {', '.join(ids[:5])}; look at its members and send the rest "
            "again.",
            member_ids=ids,
        )


class ExclusionKindUnknown(Invalid):
    """The pack that holds in the village does not name this kind of excluded person."""

    code = "exclusion-kind-unknown"
    title = "排除类别不存在 Exclusion kind unknown"
    clause = "FJ-6"

    def __init__(self, kind: str, region_code: str, known: Sequence[str]) -> None:
        named = ", ".join(known) if known else "none"
        named_zh = "、".join(known) if known else "无"
        super().__init__(
            zh=f"适用于 {region_code} 的政策包没有排除类别 {kind}，现有类别：{named_zh}。",
            en=f"The policy pack that holds in {region_code} does not know the kind {kind}; it names: {named}.",
            kind=kind,
            region_code=region_code,
            known=list(known),
        )


class ExclusionUnknown(NotFound):
    """No such exclusion, or not the caller's to lift."""

    code = "exclusion-unknown"
    title = "排除记录不存在 Exclusion unknown"

    def __init__(self, exclusion_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有排除记录 {exclusion_id}，请查看该户档案。",
            en=f"There is no exclusion {exclusion_id} in your region; look at the household's dossier.",
            exclusion_id=str(exclusion_id),
        )


class HelperAssignmentUnknown(NotFound):
    """No such assignment, or not the caller's to end."""

    code = "helper-assignment-unknown"
    title = "帮扶关系不存在 Helper assignment unknown"

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有帮扶关系 {assignment_id}，请在本辖区帮扶关系列表中查找。",
            en=f"There is no helper assignment {assignment_id} in your region; list the region's assignments.",
            assignment_id=str(assignment_id),
        )


class FamilyDebtUnknown(NotFound):
    """No such debt of this household, or not the caller's to end."""

    code = "family-debt-unknown"
    title = "家庭债务不存在 Family debt unknown"

    def __init__(self, debt_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内该户没有家庭债务 {debt_id}，请查看该户档案。",
            en=f"There is no family debt {debt_id} of this household in your region; look at the household's dossier.",
            debt_id=str(debt_id),
        )


class PeriodAlreadyEnded(Refused):
    """An exclusion, assignment or debt ends once."""

    code = "period-already-ended"
    title = "该记录已终止 Already ended"

    def __init__(self, valid_until: date, ended_by: str) -> None:
        super().__init__(
            zh=f"该记录已由 {ended_by} 于 {valid_until} 终止；再次适用的，请新建记录。",
            en=f"{ended_by} ended this on {valid_until} already; begin a new one if it applies again.",
            valid_until=valid_until.isoformat(),
            ended_by=ended_by,
        )


class HouseholdNamedTwice(Invalid):
    """A batch names a household more than once."""

    code = "household-named-twice"
    title = "农户重复 Household named twice"

    def __init__(self, twice: Iterable[UUID]) -> None:
        ids = sorted(str(each) for each in twice)
        super().__init__(
            zh=f"以下农户重复出现：{'、'.join(ids[:5])}；请每户只写一次，重新提交整批。",
            en=f"Named more than once: {', '.join(ids[:5])}; name each household once and send the batch again.",
            household_ids=ids,
        )


class HeadsOwnDebt(Invalid):
    """The head's own loans are known from lending; a family debt is another member's."""

    code = "heads-own-debt"
    title = "户主本人债务不在此登记 The head's own debt"
    clause = "MS-2"

    def __init__(self, member_id: UUID) -> None:
        super().__init__(
            zh=f"成员 {member_id} 是户主，此处只登记配偶、父母、子女等其他家庭成员的债务。",
            en=f"Member {member_id} is the head; record here only debts of the spouse, parents, children and others.",
            member_id=str(member_id),
        )


class FamilyDebtAlreadyOpen(Refused):
    """The same debt is on file and open."""

    code = "family-debt-already-open"
    title = "该债务已登记 Family debt already open"

    def __init__(self, bank_code: str, kind: str) -> None:
        words = value_words().get(kind)
        super().__init__(
            zh=f"该成员在 {bank_code} 已有一笔未终止的{words.zh if words else kind}，请先终止原记录，再登记新的。",
            en=f"An open {kind} at {bank_code} is on file for this member already; end that one before recording "
            "another.",
            bank_code=bank_code,
            kind=kind,
        )


class HouseholdsUnknown(NotFound):
    """Some households are not on file, or not in the caller's region."""

    code = "households-unknown"
    title = "农户不存在 Households unknown"

    def __init__(self, unknown: Sequence[UUID]) -> None:
        shown = ", ".join(str(each) for each in unknown[:5])
        super().__init__(
            zh=f"有 {len(unknown)} 户不在您辖区的登记中（{shown}），请移除后重新提交其余农户。",
            en=f"{len(unknown)} households are not on file in your region ({shown}); remove them and send the rest "
            "again.",
            household_ids=[str(each) for each in unknown[:50]],
            count=len(unknown),
        )
