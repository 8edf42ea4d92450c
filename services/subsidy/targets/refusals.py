"""Why this room refuses."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class FigureProposed(Refused):
    """The same figure waits for its second officer."""

    code = "programme-figure-proposed"
    title = "该数据待确认 Figure proposed"

    def __init__(self, kind: str, counted_on: date) -> None:
        super().__init__(
            zh=f"{counted_on} 的“{in_chinese(kind, 'FigureIn.kind')}”待另一人确认；请先确认或退回，再重新录入。",
            en=f"The figure '{kind}' of {counted_on} waits for a second officer; decide on it, then enter another.",
            kind=kind,
            counted_on=counted_on.isoformat(),
        )


class FigureUnknown(NotFound):
    """No such figure in the caller's regions."""

    code = "programme-figure-unknown"
    title = "数据不存在 Figure unknown"

    def __init__(self, figure_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有数据 {figure_id}，请在项目的数据列表中查找。",
            en=f"There is no figure {figure_id} in your region; list the programme's figures to find it.",
        )


class FigureDecided(Refused):
    """Someone decided on it before."""

    code = "programme-figure-decided"
    title = "数据已处理 Figure decided"

    def __init__(self, figure_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"数据 {figure_id} 已处理，当前为“{in_chinese(state, 'FigureOut.state')}”；如需更改，请重新录入。",
            en=f"Figure {figure_id} is '{state}' already; enter a new one to change it.",
            state=state,
        )
