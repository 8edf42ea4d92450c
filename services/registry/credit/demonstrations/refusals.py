"""Why a choice of demonstration villages and households is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused


class DemonstrationUnknown(NotFound):
    """No such choice, or not in the caller's region."""

    code = "demonstration-choice-unknown"
    title = "示范评选不存在 Demonstration choice unknown"

    def __init__(self, choice_id: UUID) -> None:
        super().__init__(f"There is no demonstration choice {choice_id} in your region.", choice_id=str(choice_id))


class DemonstrationExists(Refused):
    """The county has chosen, or is choosing, for that year."""

    code = "demonstration-choice-exists"
    title = "该年度示范评选已存在 Demonstration choice exists"
    clause = "FJ-10"

    def __init__(self, county_code: str, year: int) -> None:
        super().__init__(
            f"County {county_code} has a choice for {year} already: demonstrations are chosen once a year. Have it "
            "confirmed, or rejected with a reason before another one is proposed.",
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
            f"The policy pack of county {county_code} names no number of demonstration villages or households; have "
            "a pack confirmed that does.",
            county_code=county_code,
        )


class NothingFinalYet(Refused):
    """There is no final rating to choose from."""

    code = "no-final-rating"
    title = "尚无终审评级 No final rating"
    clause = "FJ-10"

    def __init__(self, county_code: str, as_of: date) -> None:
        super().__init__(
            f"County {county_code} has no rating campaign that was final on {as_of}; finish one, then choose.",
            county_code=county_code,
            as_of=as_of.isoformat(),
        )


class DemonstrationDecided(Refused):
    """The choice was confirmed or rejected already."""

    code = "demonstration-choice-decided"
    title = "示范评选已有结论 Demonstration choice decided"

    def __init__(self, state: str) -> None:
        super().__init__(f"The choice is '{state}' already; a new proposal needs it to be rejected.", state=state)


class RejectionNeedsReason(Invalid):
    """A rejection without a reason tells the proposer nothing."""

    code = "rejection-needs-reason"
    title = "驳回须说明理由 A rejection needs a reason"

    def __init__(self) -> None:
        super().__init__("Say why the choice is rejected, so that the next proposal can do better.")
