"""Why a record of an heir is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import value_words


class HeirUnknown(NotFound):
    """No such record in the caller's sight."""

    code = "heir-unknown"
    title = "没有该继承人记录 Heir unknown"

    def __init__(self, heir_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有继承人记录 {heir_id}，请在该贷款的继承人中查找。",
            en=f"There is no record {heir_id} of an heir in your regions; look it up at the loan.",
            heir_id=str(heir_id),
        )


class HeirPapersMissing(Refused):
    """The record lacks papers that its inheritance needs."""

    code = "heir-papers-missing"
    title = "继承材料不全 Papers of the heir missing"

    def __init__(self, missing: Sequence[str]) -> None:
        words = value_words()
        super().__init__(
            zh="登记继承人还须附："
            + "、".join(f"“{words[kind].zh}”" for kind in missing)
            + "。请在 papers 中填写后重新登记。",
            en="A record of an heir also needs: "
            + ", ".join(words[kind].en for kind in missing)
            + ". Name them in `papers` and record it again.",
            missing=list(missing),
        )


class HeirReplaced(Refused):
    """The record does not stand, or another one that takes its place is under way."""

    code = "heir-replaced"
    title = "该记录不能替换 Heir record not replaceable"

    def __init__(self, heir_id: UUID) -> None:
        super().__init__(
            zh=f"记录 {heir_id} 未生效、已被替换或正在被替换，请核对该贷款现有的继承人记录。",
            en=f"Record {heir_id} does not stand, or was replaced or is being replaced; look at the loan's heirs.",
            heir_id=str(heir_id),
        )


class OtherDayOfDeath(Refused):
    """A borrower dies once."""

    code = "other-day-of-death"
    title = "死亡日期不一致 Another day of death"

    def __init__(self, died_on: date, on_file: date) -> None:
        super().__init__(
            zh=f"填写的死亡日期为 {died_on}，而该贷款已登记为 {on_file}；请核对死亡证明，先更正有误的一处。",
            en=f"The record says {died_on}, what is on file says {on_file}; look at the certificate, and correct what "
            "is wrong first.",
            died_on=died_on.isoformat(),
            on_file=on_file.isoformat(),
        )
