"""Why a choice of demonstration villages and households is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import value_words


class DemonstrationUnknown(NotFound):
    """No such choice, or not in the caller's region."""

    code = "demonstration-choice-unknown"
    title = "示范评选不存在 Demonstration choice unknown"

    def __init__(self, choice_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有示范评选 {choice_id}，请在示范评选列表中查找。",
            en=f"There is no demonstration choice {choice_id} in your region; list the choices to find it.",
            choice_id=str(choice_id),
        )


class DemonstrationExists(Refused):
    """The county has chosen, or is choosing, for that year."""

    code = "demonstration-choice-exists"
    title = "该年度示范评选已存在 Demonstration choice exists"
    clause = "FJ-10"

    def __init__(self, county_code: str, year: int) -> None:
        super().__init__(
            zh=f"县 {county_code} 已有 {year} 年度的示范评选，示范每年评选一次；请先确认，或说明理由驳回后再提出。",
            en=f"County {county_code} has a choice for {year} already: demonstrations are chosen once a year. Have "
            "it confirmed, or rejected with a reason before another one is proposed.",
            county_code=county_code,
            year=year,
        )


class NoDemonstrationRule(Refused):
    """The county's pack chooses no demonstrations."""

    code = "no-demonstration-rule"
    title = "本县无示范评选规定 No demonstration rule"
    clause = "FJ-10"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            zh=f"县 {county_code} 的政策包未规定示范村、示范户的数量，请先确认含有该规定的政策包。",
            en=f"The policy pack of county {county_code} names no number of demonstration villages or households; "
            "have a pack confirmed that does.",
            county_code=county_code,
        )


class NothingFinalYet(Refused):
    """There is no final rating to choose from."""

    code = "no-final-rating"
    title = "尚无终审评级 No final rating"
    clause = "FJ-10"

    def __init__(self, county_code: str, as_of: date) -> None:
        super().__init__(
            zh=f"县 {county_code} 截至 {as_of} 没有已定级的评级批次，请先完成评级再评选。",
            en=f"County {county_code} has no rating campaign that was final on {as_of}; finish one, then choose.",
            county_code=county_code,
            as_of=as_of.isoformat(),
        )


class DemonstrationDecided(Refused):
    """The choice was confirmed or rejected already."""

    code = "demonstration-choice-decided"
    title = "示范评选已有结论 Demonstration choice decided"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该示范评选的状态已是“{value_words()[state].zh}”；被驳回后方可重新提出。",
            en=f"The choice is '{state}' already; a new proposal needs it to be rejected.",
            state=state,
        )


class RejectionNeedsReason(Invalid):
    """A rejection without a reason does not help the proposer."""

    code = "rejection-needs-reason"
    title = "驳回须说明理由 A rejection needs a reason"

    def __init__(self) -> None:
        super().__init__(
            zh="请说明驳回理由，以便改进后重新提出。",
            en="Say why the choice is rejected, so that the next proposal can do better.",
        )
