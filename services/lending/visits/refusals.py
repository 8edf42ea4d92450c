"""Why a visit is not opened, granted or withdrawn."""

from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class VisitUnknown(NotFound):
    """No such visit in the caller's regions, or of another bank."""

    code = "visit-unknown"
    title = "没有该入户记录 Visit unknown"

    def __init__(self, visit_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有入户记录 {visit_id}，请核对编号。",
            en=f"There is no visit {visit_id} in your regions; check the number.",
            visit_id=str(visit_id),
        )


class VisitsDoNotRate(Refused):
    """The county's pack has campaigns alone rate households."""

    code = "visits-do-not-rate"
    title = "本县不在入户时评级授信 Visits do not rate"
    clause = "DY-4"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"{region_code} 适用的政策包未规定一次入户评级、授信并受理申请，请先评级，再单独申报。",
            en=f"The pack that holds in {region_code} has no visit rate, grant and file at once; rate the household "
            "first, then file its application.",
            region_code=region_code,
        )


class VisitOpen(Refused):
    """The household has a visit that waits."""

    code = "visit-open"
    title = "该户已有待办的入户记录 Visit open"

    def __init__(self, visit_id: UUID) -> None:
        super().__init__(
            zh=f"该户已有待授信的入户记录 {visit_id}；请先办结或撤回该记录。",
            en=f"The household's visit {visit_id} waits to be granted; settle that one or withdraw it first.",
            visit_id=str(visit_id),
        )


class VisitNotOpen(Refused):
    """The visit was granted or withdrawn."""

    code = "visit-not-open"
    title = "入户记录已办结 Visit not open"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该入户记录当前为“{in_chinese(state, 'VisitOut.state')}”，不能再办理；如需更正，请重新入户。",
            en=f"The visit is {state}; nothing more is done to it. Visit the household again to correct it.",
            state=state,
        )
