"""Why something about a duty is refused."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.registry.duties.rules.kinds import DutyKind, Part
from services.registry.duties.rules.results import Mismatch
from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.vocabulary.load import in_chinese

_PARTS = {
    Part.HOUSEHOLD_COUNT: "户数",
    Part.AMOUNT: "金额",
    Part.SATISFIED_PERCENT: "满意度",
    Part.VISIT: "督查方式",
    Part.PERSON: "责任人或被约谈人",
    Part.RESULTS: "结果",
    Part.USED_AS_AGREED: "是否按约使用",
    Part.RISK: "风险状况",
    Part.PROOF: "佐证材料",
}


class DutyUnknown(NotFound):
    """No such duty, or not in the caller's region."""

    code = "duty-unknown"
    title = "履职事项不存在 Duty unknown"

    def __init__(self, duty_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有履职事项 {duty_id}，请在列表中查找。",
            en=f"There is no duty {duty_id} in your region; list them to find the right one.",
            duty_id=str(duty_id),
        )


class DutyRecordUnknown(NotFound):
    """No such record of a duty, or not in the caller's region."""

    code = "duty-record-unknown"
    title = "履职记录不存在 Record of a duty unknown"

    def __init__(self, record_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有履职记录 {record_id}，请在履职事项中查找。",
            en=f"There is no record {record_id} of a duty in your region; open the duty to find the right one.",
            record_id=str(record_id),
        )


class DutyOfAnotherOffice(NotAllowed):
    """The duty belongs to other offices."""

    code = "duty-of-another-office"
    title = "由其他部门履行 Another office's duty"
    clause = "DZ-6"

    def __init__(self, kind: DutyKind, offices: Collection[str]) -> None:
        zh = "、".join(in_chinese(each, "Office") for each in offices)
        super().__init__(
            zh=f"{in_chinese(kind, 'DutyKind')}由{zh}履行，您在此区划不属于上述部门；请由上述部门登记。",
            en=f"The duty '{kind}' is for: {', '.join(offices)}; you belong to none of them here. Ask one of them.",
            kind=str(kind),
            offices=list(offices),
        )


class DutyAlreadyDone(Refused):
    """A record of the duty holds already."""

    code = "duty-already-done"
    title = "已履行 Duty already done"

    def __init__(self, done_on: date) -> None:
        super().__init__(
            zh=f"该事项已于 {done_on} 履行；如记录有误，请先由他人撤回原记录。",
            en=f"It was done on {done_on}; if that record is wrong, have somebody else withdraw it first.",
            done_on=done_on.isoformat(),
        )


class DutyEnded(Refused):
    """Nobody has to do it any more."""

    code = "duty-ended"
    title = "事项已终止 Duty ended"

    def __init__(self, ended_on: date, cause: str) -> None:
        super().__init__(
            zh=f"该事项已于 {ended_on} 终止（{in_chinese(cause, 'DutyOut.end_cause')}），无需办理。",
            en=f"It ended on {ended_on} ({cause}); there is nothing left to do.",
            ended_on=ended_on.isoformat(),
            cause=cause,
        )


class DutyRecordUnfit(Invalid):
    """The record lacks what this kind of duty asks for, or says what it does not ask for."""

    code = "duty-record-unfit"
    title = "履职记录内容不符 Record does not fit the duty"

    def __init__(self, kind: DutyKind, lacking: Sequence[Part], needless: Sequence[Part]) -> None:
        zh = [f"缺少{'、'.join(_PARTS[each] for each in lacking)}"] if lacking else []
        zh += [f"不应填写{'、'.join(_PARTS[each] for each in needless)}"] if needless else []
        en = [f"lacks {', '.join(lacking)}"] if lacking else []
        en += [f"says {', '.join(needless)}, which it must not"] if needless else []
        super().__init__(
            zh=f"{in_chinese(kind, 'DutyKind')}的记录{'，'.join(zh)}；请更正。",
            en=f"The record of a '{kind}' {' and '.join(en)}; correct it.",
            kind=str(kind),
            lacking=[str(each) for each in lacking],
            needless=[str(each) for each in needless],
        )


class SummonsNeedsDeadline(Invalid):
    """The county summons with a deadline, and the record orders nothing."""

    code = "summons-needs-deadline"
    title = "约谈须限期整改 Summons without a deadline"
    clause = "XX-9"

    def __init__(self) -> None:
        super().__init__(
            zh="本县约谈须限期整改，请在 orders 中写明整改事项和期限。",
            en="In this county a summons names what is to be put right and until when; say it in `orders`.",
        )


class FollowUpNeedsOrder(Invalid):
    """An entity uses loans otherwise than agreed, or at high risk, and nothing is ordered."""

    code = "follow-up-needs-order"
    title = "须提出整改要求 Order missing"
    clause = "SX-4"

    def __init__(self) -> None:
        super().__init__(
            zh="跟踪发现未按约使用或风险高，须在 orders 中写明由哪个乡镇督促整改、整改什么和期限。",
            en="The loans are not used as agreed, or the risk is high; say in `orders` which township sees to it that "
            "what is put right until when.",
        )


class CollectionIncomplete(Refused):
    """Households that the county's loan is for have no survey in this turn."""

    code = "collection-incomplete"
    title = "信用指标采集不完整 Collection incomplete"
    clause = "DZ-4b"

    def __init__(self, lacking_count: int, numbers: Sequence[str], opens_on: date) -> None:
        super().__init__(
            zh=f"自 {opens_on} 起还有 {lacking_count} 户的信用指标未采集更新：{_listed(numbers)}；请采集后再登记。",
            en=f"Since {opens_on} the credit indicators of {lacking_count} household(s) were not collected: "
            f"{_listed(numbers)}. Collect them, then record it.",
            lacking_count=lacking_count,
            household_numbers=list(numbers),
            opens_on=opens_on.isoformat(),
        )


class DutyResultsIncomplete(Invalid):
    """The results leave somebody out, name somebody who does not belong there, or name one twice."""

    code = "duty-results-incomplete"
    title = "结果名单不符 Results do not cover everybody"

    def __init__(self, found: Mismatch) -> None:
        super().__init__(
            zh=f"结果须逐一列出全部对象：遗漏 {_listed(found.missing)}，多出 {_listed(found.strange)}，"
            f"重复 {_listed(found.twice)}；请更正。",
            en=f"The results name everybody once. Missing: {_listed(found.missing)}; not asked for: "
            f"{_listed(found.strange)}; twice: {_listed(found.twice)}. Correct them.",
            missing=list(found.missing),
            not_asked_for=list(found.strange),
            twice=list(found.twice),
        )


class RankingUnclear(Invalid):
    """The places are not 1, 2, 3 … each once."""

    code = "ranking-unclear"
    title = "名次不明确 Ranking unclear"
    clause = "FJ-2"

    def __init__(self) -> None:
        super().__init__(
            zh="名次须从 1 起连续排列，不并列，且只填名次；请更正。",
            en="Places run 1, 2, 3 … without gap or tie, and nothing but places is said; correct them.",
        )


class AssessmentUnclear(Invalid):
    """A result has no score, or does not say what follows of it."""

    code = "assessment-unclear"
    title = "考核结果不完整 Assessment unclear"
    clause = "DZ-8"

    def __init__(self) -> None:
        super().__init__(
            zh="考核结果须逐一填写得分和奖惩（奖励、不奖不罚、处罚），不填名次；请更正。",
            en="Every result of an assessment has a score and a consequence (reward, none, penalty) and no place; "
            "correct them.",
        )


class RewardAgainstResult(Invalid):
    """Who scored less fares better."""

    code = "reward-against-result"
    title = "奖惩与得分不符 Reward against the result"
    clause = "DZ-8"

    def __init__(self, lower: str, higher: str) -> None:
        super().__init__(
            zh=f"{lower} 得分不高于 {higher}，奖惩却更好或不同；奖惩须与考核结果一致，请更正。",
            en=f"{lower} scored no more than {higher} and fares better, or differently with the same score; "
            "reward and penalty follow the result, correct them.",
            lower=lower,
            higher=higher,
        )


class DutyPicturesMissing(Invalid):
    """Fewer pictures are on file for this turn than the county asks for."""

    code = "duty-pictures-missing"
    title = "影像不足 Pictures missing"
    clause = "FJ-15"

    def __init__(self, asked: int, named: int, opens_on: date, unfit: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"本期须有 {asked} 份 {opens_on} 起上传的影像，所列 {named} 份中可用 {named - len(unfit)} 份"
            f"（不属于该户、已撤回、非图片、早于本期或已用于其他记录的不计：{_listed(unfit)}）；请补充上传。",
            en=f"This turn asks for {asked} pictures uploaded from {opens_on} on; of the {named} named {len(unfit)} do "
            "not count (another household's, withdrawn, no picture, older, or used before): "
            f"{_listed(unfit)}. Add more.",
            asked=asked,
            named=named,
            opens_on=opens_on.isoformat(),
            unfit=[str(each) for each in unfit],
        )


class DutyOrderUnfit(Invalid):
    """An order names no township of the duty's region, or no day, or too late a one."""

    code = "duty-order-unfit"
    title = "整改要求不符 Order does not fit"
    clause = "FJ-5"

    def __init__(self, region_code: str, latest_on: date | None) -> None:
        until = f"不晚于 {latest_on} 的期限" if latest_on else "期限"
        by = f"a day until {latest_on}" if latest_on else "a day"
        super().__init__(
            zh=f"整改要求须写明 {region_code} 内一个现行的乡镇和{until}；请更正。",
            en=f"An order names a township in {region_code} that exists and {by}; correct it.",
            region_code=region_code,
            latest_on=latest_on.isoformat() if latest_on else None,
        )


class DutyIsNoOrder(Refused):
    """The duty follows from the county's rules and cannot be taken back."""

    code = "duty-is-no-order"
    title = "不是可撤回的要求 Not an order"

    def __init__(self, kind: DutyKind) -> None:
        super().__init__(
            zh=f"{in_chinese(kind, 'DutyKind')}是按本县规定到期的事项，不能撤回；规定有误的，请更正政策包。",
            en=f"The duty '{kind}' follows from the county's rules and is not taken back; a wrong rule is corrected in "
            "the pack.",
            kind=str(kind),
        )


class DutyRecordWithdrawnBefore(Refused):
    """The record was withdrawn already."""

    code = "duty-record-withdrawn"
    title = "记录已撤回 Record withdrawn before"

    def __init__(self, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"该记录已于 {withdrawn_on} 撤回，无需再次撤回。",
            en=f"This record was withdrawn on {withdrawn_on}; there is nothing left to withdraw.",
            withdrawn_on=withdrawn_on.isoformat(),
        )


def _listed(named: Sequence[object]) -> str:
    return ", ".join(map(str, named)) or "–"
