"""Why something about a suspected duplicate is refused."""

from typing import Final
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused

_OUTCOMES_ZH: Final = {"same_person": "同一人", "different_persons": "不同的人"}


class SuspicionUnknown(NotFound):
    """No such suspicion, or one of its persons is not the caller's to see."""

    code = "duplicate-suspicion-unknown"
    title = "疑似重复记录不存在 Duplicate suspicion unknown"

    def __init__(self, suspicion_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有疑似重复记录 {suspicion_id}；跨乡镇的两人由县扶贫办处理。",
            en=f"There is no suspicion {suspicion_id} of two persons in your region; a pair across townships is for "
            "the county's poverty office.",
            suspicion_id=str(suspicion_id),
        )


class SuspicionAlreadySettled(Refused):
    """Someone has judged the pair before."""

    code = "duplicate-already-settled"
    title = "疑似重复已处理 Suspicion already settled"

    def __init__(self, state: str, decided_by: str) -> None:
        outcome_zh = _OUTCOMES_ZH[state]
        super().__init__(
            zh=f"{decided_by} 已将这两人判定为“{outcome_zh}”；登记有误的，请提出变更申请更正。",
            en=f"{decided_by} judged the pair already: {state}; a wrong person on file is put right by a change "
            "request.",
            state=state,
            decided_by=decided_by,
        )


class WrongMemberNeeded(Invalid):
    """Of two entries for one person, one is wrong and leaves."""

    code = "wrong-member-needed"
    title = "须指明误登成员 Wrong member needed"

    def __init__(self) -> None:
        super().__init__(
            zh="判定为同一人的，请在 wrong_member_id 中指明应移出的一条；判定为不同人的，请留空。",
            en="For the same person name in `wrong_member_id` which of the two entries leaves; for different "
            "persons leave it out.",
        )


class NotOneOfThePair(Invalid):
    """The member named is none of the two."""

    code = "not-one-of-the-pair"
    title = "不属于该疑似对 Not one of the pair"

    def __init__(self, member_id: UUID) -> None:
        super().__init__(
            zh=f"成员 {member_id} 不是该疑似重复记录中的两人之一，请填写其中一人。",
            en=f"Member {member_id} is none of the two persons of this suspicion; name one of them.",
            member_id=str(member_id),
        )
