"""Why this room refuses."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.languages import Sentence
from shared.policy.contradictions import Finding
from shared.policy.corrections import CORRECTABLE, MOMENT_OF, Moment

_WHY_NOT: Final = {
    Moment.SIGNED: Sentence(
        "已写入合同、还款计划和贷款账户，更正须重算贷款账户，目前不能办理；请由银行与农户另行约定",
        "is in the contract, its schedule and its account; correcting it means working the loan's account out anew, "
        "which is not possible yet: bank and household agree on it apart",
    ),
    Moment.FILED: Sentence(
        "约束办理中的申请而非合同；请撤回申请，按现行版本重新提交",
        "binds applications under way, not contracts: withdraw the application and file it under the version in force",
    ),
    Moment.CURRENT: Sentence(
        "始终按办理当日有效的版本执行；确认新版本即可",
        "is always taken from the version in force on the day: confirming a new version is enough",
    ),
    Moment.RECORDED: Sentence(
        "目前只作登记，没有业务读取；确认新版本即可",
        "is recorded only and nothing acts on it yet: confirming a new version is enough",
    ),
}


class PackCorrectionUnknown(NotFound):
    """No such correction."""

    code = "pack-correction-unknown"
    title = "政策包更正不存在 Pack correction unknown"

    def __init__(self, correction_id: UUID) -> None:
        super().__init__(
            zh=f"没有政策包更正 {correction_id}，请在本县的更正列表中查找。",
            en=f"There is no correction {correction_id}; list the county's corrections to find it.",
            correction_id=str(correction_id),
        )


class VersionsNotOfOnePack(Refused):
    """Both versions are confirmed ones of the same pack."""

    code = "pack-correction-other-pack"
    title = "不是同一政策包的已确认版本 Not confirmed versions of one pack"

    def __init__(self, code: str, follows_code: str) -> None:
        super().__init__(
            zh=f"更正须在同一政策包的两个已确认版本之间进行（现为 {code} 与 {follows_code}），"
            "请先确认正确的版本，再指定该版本。",
            en=f"A correction leads from one confirmed version of a pack to another (here {code} and {follows_code}); "
            "have the right version confirmed first and name it.",
            code=code,
            follows_code=follows_code,
        )


class KeyNotCorrectable(Refused):
    """The value is not read when something is decided about an open contract."""

    code = "pack-correction-key-not-correctable"
    title = "该键不能对在办合同更正 Not correctable for open contracts"

    def __init__(self, key: str) -> None:
        why = _WHY_NOT[MOMENT_OF.get(key.partition(".")[0], Moment.RECORDED)]
        possible = ", ".join(CORRECTABLE)
        super().__init__(
            zh=f"{key} {why.zh}。对在办合同可更正的有：{possible}。",
            en=f"`{key}` {why.en}. For open contracts {possible} can be corrected.",
            key=key,
            correctable=list(CORRECTABLE),
        )


class NothingToCorrect(Refused):
    """Both versions say the same there."""

    code = "pack-correction-changes-nothing"
    title = "没有可更正的差异 Nothing to correct"

    def __init__(self, keys: Sequence[str]) -> None:
        named = ", ".join(keys) or ", ".join(CORRECTABLE)
        super().__init__(
            zh=f"对在办合同而言，两个版本在 {named} 上没有差异，请核对版本和键。",
            en=f"For open contracts both versions say the same of {named}; check the versions and the keys.",
            keys=list(keys),
        )


class CorrectionContradicts(Refused):
    """What the contracts would follow cannot be true together."""

    code = "pack-correction-contradicts"
    title = "更正后自相矛盾 Corrected values contradict each other"

    def __init__(self, findings: Sequence[Finding]) -> None:
        zh = "；".join(f"{each.key}：{each.zh}" for each in findings)
        en = "; ".join(f"{each.key}: {each.en}" for each in findings)
        super().__init__(
            zh=f"更正后的取值不能同时成立（{zh}），请一并更正相关的键。",
            en=f"The corrected values cannot be true together ({en}); correct the keys that belong together at once.",
            findings=[{"key": each.key, "zh": each.zh, "en": each.en} for each in findings],
        )


class CorrectionStartsBefore(Invalid):
    """A correction reaches only what is decided after it."""

    code = "pack-correction-starts-before"
    title = "更正不得溯及既往 Corrections do not reach back"

    def __init__(self, effective_from: date, today: date) -> None:
        super().__init__(
            zh=f"更正只作用于此后的决定，不能自 {effective_from} 起生效；请提出自 {today} 或更晚起生效的更正。",
            en=f"A correction reaches only what is decided after it and cannot hold from {effective_from}; propose it "
            f"from {today} on or later.",
            effective_from=effective_from.isoformat(),
            earliest_on=today.isoformat(),
        )


class CorrectionNotOpen(Refused):
    """It was confirmed or withdrawn before."""

    code = "pack-correction-not-open"
    title = "更正已办结 Correction already concluded"

    def __init__(self, state: str, person: str) -> None:
        zh, en = {"confirmed": ("确认", "confirmed"), "withdrawn": ("撤回", "withdrawn")}[state]
        super().__init__(
            zh=f"该更正已由 {person} {zh}；如需再改，请提出新的更正。",
            en=f"The correction was {en} by {person}; propose another one to change it again.",
            state=state,
            person=person,
        )


class CorrectionOvertaken(Refused):
    """Another correction of the same version was confirmed since; what was shown is not what would happen."""

    code = "pack-correction-overtaken"
    title = "其间已有其他更正 Overtaken by another correction"

    def __init__(self) -> None:
        super().__init__(
            zh="提出之后，该版本已有其他更正得到确认，所列差异已不准确；请撤回并重新提出。",
            en="Another correction of this version was confirmed since it was proposed, so the differences shown are "
            "no longer right; withdraw it and propose it again.",
        )
