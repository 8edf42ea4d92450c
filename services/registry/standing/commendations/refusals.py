"""Why something about the trust list is refused."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import value_words


class CommendationUnknown(NotFound):
    """No such entry of the trust list, or not in the caller's region."""

    code = "commendation-unknown"
    title = "守信记录不存在 Trust-list entry unknown"

    def __init__(self, commendation_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有守信名单记录 {commendation_id}，请在守信名单中查找。",
            en=f"There is no entry {commendation_id} of the trust list in your region; look it up on the list.",
            commendation_id=str(commendation_id),
        )


class CommendationDecided(Refused):
    """The proposal was decided already, or is not confirmed yet."""

    code = "commendation-decided"
    title = "守信记录状态不符 Wrong state of the trust-list entry"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该守信名单记录的状态是“{value_words()[state].zh}”，不能办理此步骤；请核对记录。",
            en=f"This entry of the trust list is '{state}'; the step does not fit. Look the entry up again.",
            state=state,
        )


class CommendationEnded(Refused):
    """The entry was taken off already."""

    code = "commendation-ended"
    title = "守信记录已终止 Trust-list entry ended"

    def __init__(self, ended_on: date) -> None:
        super().__init__(
            zh=f"该守信名单记录已于 {ended_on} 终止，无需再次终止。",
            en=f"This entry of the trust list ended on {ended_on}; there is nothing left to end.",
            ended_on=ended_on.isoformat(),
        )


class ListedNotCommended(Refused):
    """Who is on the dishonesty list or the blacklist is not put on the trust list."""

    code = "listed-not-commended"
    title = "失信对象不得守信激励 Listed, not commended"
    clause = "ZJ-8"

    def __init__(self, list_name: str) -> None:
        super().__init__(
            zh=f"该对象在{value_words()[list_name].zh}上，移出后方可列入守信名单。",
            en=f"The subject is on the {list_name} list; it may go on the trust list once it is cleared.",
            list_name=list_name,
        )
