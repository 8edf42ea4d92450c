"""Why this room refuses."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.policy.contradictions import Finding
from shared.policy.examples import Difference, Tried
from shared.policy.yaml_source import Parsed, path_of


class PackUnknown(NotFound):
    """No such pack."""

    code = "policy-pack-unknown"
    title = "政策包不存在 Policy pack unknown"

    def __init__(self, pack_id: UUID) -> None:
        super().__init__(
            zh=f"没有政策包 {pack_id}，请在本县政策包列表中查找。",
            en=f"There is no policy pack {pack_id}; list the county's packs to find it.",
            pack_id=str(pack_id),
        )


class NothingToCompare(Refused):
    """A first version has nothing before it."""

    code = "policy-pack-nothing-to-compare"
    title = "没有可比较的版本 Nothing to compare"

    def __init__(self, code: str, version: int) -> None:
        super().__init__(
            zh=f"政策包 {code} 第 {version} 版之前没有版本，请在 from_pack_id 中指定要比较的政策包。",
            en=f"Version {version} of pack {code} supersedes none; name the pack to compare with in `from_pack_id`.",
            pack=code,
            version=version,
        )


class PackNotOfOneCounty(Invalid):
    """The regions of a pack do not lie in one county."""

    code = "policy-pack-not-of-one-county"
    title = "政策包须属于一个县 Pack must belong to one county"

    def __init__(self, regions: list[str]) -> None:
        super().__init__(
            zh=f"政策包列有区划 {'、'.join(regions)}；一个政策包只能属于一个县或该县的一部分，请每县各编一个政策包。",
            en=f"The pack names the regions {', '.join(regions)}; a pack belongs to one county or to parts of one "
            "county. Write one pack for each county.",
            regions=regions,
        )


class PackRegionsUnknown(Invalid):
    """The header names region codes that are not on the list of regions."""

    code = "policy-pack-regions-unknown"
    title = "政策包地区代码不存在 Pack regions unknown"

    def __init__(self, regions: list[str]) -> None:
        super().__init__(
            zh=f"没有代码为 {'、'.join(regions)} 的有效区划，请更正 header.regions，或先导入区划。",
            en=f"No region in force has the code {', '.join(regions)}; correct `header.regions` or load the regions.",
            regions=regions,
        )


class PackCodeTaken(Refused):
    """Another county's pack has this code."""

    code = "policy-pack-code-taken"
    title = "政策包代码已被占用 Pack code taken"

    def __init__(self, pack_code: str, county_code: str) -> None:
        super().__init__(
            zh=f"代码 {pack_code} 已用于县 {county_code} 的政策包，请改用其他 header.code。",
            en=f"The code {pack_code} is that of a pack of county {county_code}; choose another `header.code`.",
            pack=pack_code,
            county_code=county_code,
        )


class PackRegionTaken(Refused):
    """Another pack holds in exactly this region."""

    code = "policy-pack-region-taken"
    title = "该地区已有其他政策包 Region has another pack"

    def __init__(self, region: str, pack_code: str) -> None:
        super().__init__(
            zh=f"区划 {region} 已适用政策包 {pack_code}，请提交该政策包的新版本，或改为其他区划；"
            "县内部分地区可另有自己的政策包。",
            en=f"In region {region} the pack {pack_code} holds; submit a new version of it, or name other regions. A "
            "part of a county may have its own pack beside the county's.",
            region=region,
            pack=pack_code,
        )


class PackVersionUsedAround(Refused):
    """A pack that holds around this one, or in a part of it, has a version of this number.

    A contract names a village and a version; both together must lead to one pack.
    """

    code = "policy-pack-version-used-around"
    title = "版本号与同县其他政策包重复 Version number used by another pack"

    def __init__(self, version: int, pack_code: str, free: int) -> None:
        super().__init__(
            zh=f"版本号 {version} 已被政策包 {pack_code} 使用，两者的适用区域有包含关系，请改写为 version: {free}。",
            en=f"Version {version} is also one of pack {pack_code}, which holds around this one or in a part of it; "
            f"write `version: {free}`.",
            version=version,
            pack=pack_code,
            free=free,
        )


class PackVersionNotNew(Refused):
    """This pack already has this or a later version."""

    code = "policy-pack-version-not-new"
    title = "政策包版本未递增 Pack version not new"

    def __init__(self, pack_code: str, version: int, latest: int) -> None:
        super().__init__(
            zh=f"政策包 {pack_code} 已有第 {latest} 版，请将 version: {version} 改写为 version: {latest + 1}。",
            en=f"Pack {pack_code} already has version {latest}; write `version: {latest + 1}` instead of {version}.",
            pack=pack_code,
            version=version,
            latest=latest,
        )


class PackSupersedesWrong(Refused):
    """`supersedes` does not name the latest confirmed version."""

    code = "policy-pack-supersedes-wrong"
    title = "替代版本不符 Wrong version superseded"

    def __init__(self, pack_code: str, written: int | None, latest: int | None) -> None:
        wanted = "leave `supersedes` out" if latest is None else f"write `supersedes: {latest}`"
        known = "no confirmed version yet" if latest is None else f"version {latest} as its latest confirmed one"
        wanted_zh = "请删去 supersedes" if latest is None else f"请改写为 supersedes: {latest}"
        known_zh = "尚无已确认的版本" if latest is None else f"最近确认的是第 {latest} 版"
        super().__init__(
            zh=f"文件中写的是 supersedes: {written or '（空）'}，但政策包 {pack_code} {known_zh}；{wanted_zh}，"
            "并纳入该版的改动。",
            en=f"The file says `supersedes: {written or 'nothing'}`, but pack {pack_code} has {known}; {wanted}, and "
            "take over what changed there.",
            pack=pack_code,
            supersedes=written,
            latest=latest,
        )


class PackStartsTooEarly(Refused):
    """A version cannot begin before the one it replaces."""

    code = "policy-pack-starts-too-early"
    title = "生效日早于前一版本 Starts before the version it replaces"

    def __init__(self, pack_code: str, effective_from: date, earliest_on: date) -> None:
        super().__init__(
            zh=f"政策包 {pack_code} 拟自 {effective_from} 生效，早于被替代版本的生效日 {earliest_on}；请改为 "
            f"{earliest_on}（作为更正）或更晚。",
            en=f"Pack {pack_code} would begin on {effective_from}, before the version it replaces, which began on "
            f"{earliest_on}; begin on {earliest_on}, as a correction, or later.",
            pack=pack_code,
            effective_from=effective_from.isoformat(),
            earliest_on=earliest_on.isoformat(),
        )


class PackExamplesFailed(Invalid):
    """The pack's own rules do not give what its worked examples expect."""

    code = "policy-pack-examples-failed"
    title = "政策包算例未通过 Worked examples failed"

    def __init__(self, failed: Sequence[Tried], parsed: Parsed) -> None:
        examples = [_failed_example(each, parsed) for each in failed]
        zh = "；".join(
            f"第 {shown['line']} 行“{shown['zh']}”（{'、'.join(map(_difference_zh, each.differences))}）"
            for each, shown in zip(failed, examples, strict=True)
        )
        en = " ".join(
            f"- line {shown['line']}, '{shown['en']}': {'; '.join(map(str, each.differences))}."
            for each, shown in zip(failed, examples, strict=True)
        )
        super().__init__(
            zh=f"政策包有 {len(failed)} 个算例与预期不符，请更正规则或算例后重新提交：{zh}。",
            en=f"{len(failed)} worked example(s) of the pack do not come out as expected; correct the rule or the "
            f"example and submit again: {en}",
            examples=examples,
        )


class PackNotSigned(Invalid):
    """The pack leaves a question unanswered, or a draft value open that it does not list."""

    code = "policy-pack-not-signed"
    title = "政策包有疑问或草稿值 Pack has open questions or draft values"

    def __init__(self, found: Sequence[Finding], parsed: Parsed) -> None:
        lines = [parsed.line_of(path_of(each.key)) for each in found]
        zh = "；".join(f"第 {line} 行 {each.key}：{each.zh}" for line, each in zip(lines, found, strict=True))
        en = "; ".join(f"line {line}, {each.key}: {each.en}" for line, each in zip(lines, found, strict=True))
        super().__init__(
            zh=f"政策包有 {len(found)} 处须先答复或确认，请处理后重新提交：{zh}。",
            en=f"{len(found)} place(s) of the pack wait for an answer or a confirmation; see to them and submit "
            f"again: {en}.",
            findings=[
                {"line": line, "key": each.key, "zh": each.zh, "en": each.en}
                for line, each in zip(lines, found, strict=True)
            ],
        )


class LeftOpenDiffers(Refused):
    """The second officer leaves other values open than the pack does."""

    code = "policy-pack-left-open-differs"
    title = "未确认的值不一致 Values left open differ"

    def __init__(self, listed: Sequence[str], named: Sequence[str]) -> None:
        differing = sorted(set(listed) ^ set(named))
        super().__init__(
            zh=f"政策包列明 {len(listed)} 个未确认的值，您确认的是 {len(named)} 个，"
            f"不一致的有：{'、'.join(differing)}；请逐项核对后在 left_open 中写明同样的键，或退回由提交人更正。",
            en=f"The pack leaves {len(listed)} value(s) open and you named {len(named)}; they differ in "
            f"{', '.join(differing)}. Compare them one by one and name the same keys in `left_open`, or have the pack "
            "corrected.",
            listed=list(listed),
            named=list(named),
        )


class PackAlreadyConfirmed(Refused):
    """Someone confirmed the pack before."""

    code = "policy-pack-already-confirmed"
    title = "政策包已确认 Pack already confirmed"

    def __init__(self, confirmed_by: str) -> None:
        super().__init__(
            zh=f"该政策包已由 {confirmed_by} 确认；如需修改规则，请提交新版本。",
            en=f"{confirmed_by} has confirmed this pack already; submit a new version to change the rules.",
            confirmed_by=confirmed_by,
        )


def _failed_example(each: Tried, parsed: Parsed) -> dict[str, Any]:
    return {
        "line": parsed.line_of(("examples", each.number)),
        "zh": each.example.name.zh,
        "en": each.example.name.en,
        "clause": list(each.example.clause),
        "differences": [asdict(difference) for difference in each.differences],
        "why": [{"zh": sentence.zh, "en": sentence.en} for sentence in each.why],
    }


def _difference_zh(difference: Difference) -> str:
    return f"{difference.figure} 应为 {difference.expected}，算得 {difference.found or '无此项'}"
