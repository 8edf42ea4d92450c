"""Why something about village rules is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused


class VillageRuleUnknown(NotFound):
    """No such rules, or not in the caller's region."""

    code = "village-rule-unknown"
    title = "村规民约不存在 Village rules unknown"

    def __init__(self, rule_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有村规民约 {rule_id}，请在列表中查找。",
            en=f"There are no village rules {rule_id} in your region; list them to find the right ones.",
            village_rule_id=str(rule_id),
        )


class RulesNeedVillage(Invalid):
    """Only a village on file has rules of its own."""

    code = "rules-need-village"
    title = "须填写行政村 A village is needed"
    clause = "FJ-16"

    def __init__(self, code: str) -> None:
        super().__init__(
            zh=f"{code} 不是已登记的村，村规民约由行政村制定，请更正代码。",
            en=f"{code} is no village on file; a village has rules of its own. Correct the code.",
            village_code=code,
        )


class LaterRulesInForce(Refused):
    """Rules of a later day are in force."""

    code = "later-rules-in-force"
    title = "已有更晚的村规民约 Later rules in force"

    def __init__(self, adopted_on: date) -> None:
        super().__init__(
            zh=f"该村 {adopted_on} 通过的村规民约正在施行；如记录有误，请先终止该记录。",
            en=f"The village's rules of {adopted_on} are in force; if that is wrong, have that record ended first.",
            adopted_on=adopted_on.isoformat(),
        )


class VillageRuleEnded(Refused):
    """The rules hold no more."""

    code = "village-rule-ended"
    title = "村规民约已终止 Village rules ended"

    def __init__(self, ended_on: date) -> None:
        super().__init__(
            zh=f"该村规民约已于 {ended_on} 终止，无需再次终止。",
            en=f"These rules ended on {ended_on}; there is nothing left to end.",
            ended_on=ended_on.isoformat(),
        )
