"""Why a region is not found or a change of codes is not recorded."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from shared.errors import Invalid, NotFound, Refused
from shared.languages import Sentence
from shared.vocabulary.load import value_words

SHOWN: Final = 20
NAMED_FAULTS: Final = 50  # enough to correct a file; the count says how many there are


class RegionUnknown(NotFound):
    """No such region is on file."""

    code = "region-unknown"
    title = "行政区划不存在 Region unknown"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"区划 {region_code} 未登记，请核对代码，或联系管理员导入区划文件。",
            en=f"Region {region_code} is not on file; check the code, or ask the administrator to load the region "
            "file.",
            region_code=region_code,
        )


class ChangeInvalid(Invalid):
    """The pairs of codes do not make a change of that kind."""

    code = "region-change-invalid"
    title = "区划变更填写有误 Region change invalid"

    def __init__(self, kind: str, faults: Sequence[Sentence]) -> None:
        super().__init__(
            zh=f"区划“{value_words()[kind].zh}”填写有误：{'；'.join(each.zh for each in faults)}。请更正后重新提交。",
            en=f"This is no {kind}: {'; '.join(each.en for each in faults)}. Correct it and send it again.",
            faults=[{"zh": each.zh, "en": each.en} for each in faults],
        )


class RegionsNotInForce(Refused):
    """Codes that change must be in force on the day."""

    code = "regions-not-in-force"
    title = "区划代码未生效或已撤销 Region codes not in force"

    def __init__(self, codes: Sequence[str], on: date) -> None:
        super().__init__(
            zh=f"以下区划代码在 {on} 未生效或已撤销：{'、'.join(codes[:SHOWN])}；请查询代码沿革，改用有效代码。",
            en=f"Not in force on {on}: {', '.join(codes[:SHOWN])}. Look up each code's lineage for the one that is.",
            region_codes=list(codes[:SHOWN]),
        )


class RegionEnded(Refused):
    """The code stood for a region once and does so no longer."""

    code = "region-ended"
    title = "区划代码已停用 Region code ended"

    def __init__(self, region_code: str, ended_on: date, successors: Sequence[str]) -> None:
        now = "、".join(successors[:SHOWN])
        super().__init__(
            zh=f"区划代码 {region_code} 自 {ended_on} 起停用，现行代码为 {now}，请改用现行代码。",
            en=f"The region code {region_code} ended on {ended_on}; the code that holds now is "
            f"{', '.join(successors[:SHOWN])}. Use that one.",
            region_code=region_code,
            ended_on=ended_on.isoformat(),
            region_codes=list(successors[:SHOWN]),
        )


class RegionCodesTaken(Refused):
    """A new code stands for a region already; codes are never used twice."""

    code = "region-codes-taken"
    title = "区划代码已被使用 Region codes taken"

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(
            zh=f"有 {len(codes)} 个新代码已用于其他区划：{'、'.join(codes[:SHOWN])}；代码不得重复使用，"
            "请先单独变更那些区划的代码，或改用其他代码。",
            en=f"{len(codes)} new codes stand for other regions already: {', '.join(codes[:SHOWN])}. Codes are never "
            "used twice; recode those regions in a change of their own first, or choose other codes.",
            region_codes=list(codes[:SHOWN]),
        )


class ParentNotInForce(Refused):
    """A new region needs a parent in force."""

    code = "region-parent-not-in-force"
    title = "上级区划未生效 Parent region not in force"

    def __init__(self, codes: Sequence[str], on: date) -> None:
        super().__init__(
            zh=f"以下区划在 {on} 没有有效的上级区划：{'、'.join(codes[:SHOWN])}；请先登记上级区划的变更。",
            en=f"No parent in force on {on} for {', '.join(codes[:SHOWN])}; record the parent's change first.",
            region_codes=list(codes[:SHOWN]),
        )


class ChildrenNotTaken(Refused):
    """Every region below a split one goes to one of its parts."""

    code = "region-children-not-taken"
    title = "下级区划未分配 Regions below not assigned"

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(
            zh=f"请用 moved_codes 写明 {'、'.join(codes[:SHOWN])} 归入哪一部分；直属下级区划须各归入一个部分。",
            en=f"Say with `moved_codes` which part gets {', '.join(codes[:SHOWN])}; each region directly below goes to "
            "one part.",
            region_codes=list(codes[:SHOWN]),
        )


class HouseholdsNotAssignable(Refused):
    """Assigned households must live in the village that is split, and go to one of its parts."""

    code = "households-not-assignable"
    title = "农户分配有误 Households not assignable"

    def __init__(self, numbers: Sequence[str], why: Sentence) -> None:
        super().__init__(
            zh=f"农户 {'、'.join(numbers[:SHOWN])}：{why.zh}。",
            en=f"{', '.join(numbers[:SHOWN])}: {why.en}.",
            household_numbers=list(numbers[:SHOWN]),
            household_count=len(numbers),
        )


class RegionFileInvalid(Invalid):
    """Lines of the file are wrong; nothing of it was loaded."""

    code = "region-file-invalid"
    title = "行政区划文件有误 Region file invalid"

    def __init__(self, faults: Sequence[tuple[int, Sentence]]) -> None:
        faults = sorted(faults, key=lambda fault: (fault[0], fault[1].en))
        zh = "；".join(f"第 {line} 行：{what.zh}" for line, what in faults[:5])
        en = "; ".join(f"line {line}: {what.en}" for line, what in faults[:5])
        super().__init__(
            zh=f"有 {len(faults)} 行有误（{zh}），请更正后重新上传整个文件。",
            en=f"{len(faults)} lines are wrong ({en}); correct them and send the whole file again.",
            lines=[{"line": line, "zh": what.zh, "en": what.en} for line, what in faults[:NAMED_FAULTS]],
            line_count=len(faults),
        )
