"""What in a pack would leave a step without anybody who can take it: refused when the pack is checked or submitted.

Services refuse by the same functions of `shared.offices`. A pack confirmed before stays readable. Pure.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from shared.languages import Sentence
from shared.offices import Step, could_take, key_of, may_take, name_of, office_zh, offices_of
from shared.policy.load import PackRefused
from shared.policy.vocabulary import Office, RegionLevel
from shared.policy.yaml_source import Mistake, Parsed, path_of
from shared.vocabulary.load import in_chinese

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack

# Of the offices that keep the account together one is enough; every other office that a pack names must be able to act.
_ONE_IS_ENOUGH: Final = frozenset(
    {Step.FUND_OPENING, Step.FUND_MOVEMENT, Step.FUND_MOVEMENT_DECISION, Step.CLAIM_PAYMENT}
)


def ensure_somebody_acts(pack: "PolicyPack", parsed: Parsed, origin: str = "the pack") -> None:
    """Refuse a pack by which a step would be nobody's.

    Raises:
        PackRefused: with every such value, its line and what could stand there.
    """
    found = [
        Mistake(parsed.line_of(path_of(key)), key, message, remedy, parsed.clause_of(path_of(key)))
        for key, message, remedy in stranded(pack)
    ]
    if found:
        raise PackRefused(origin, found)


class Stranded(NamedTuple):
    """A value by which nobody could act: its key, and in both languages what is wrong and what to write."""

    key: str
    message: Sentence
    remedy: Sentence


def stranded(pack: "PolicyPack") -> Iterator[Stranded]:
    """Yield what in a pack would leave a step to an office that cannot take it, or decisions to a level above.

    Every product of the county is looked at; of a further one only what its first product does not say already.
    """
    known = tuple(_stranded(pack))
    yield from known
    for number, product in enumerate(pack.products):
        for found in _stranded(pack.for_product(product.code)):
            if found not in known:
                yield found._replace(key=f"products[{number}].{found.key}")


def _stranded(pack: "PolicyPack") -> Iterator[Stranded]:
    for step in Step:
        named = offices_of(pack, step) or ()
        unable = [office for office in named if not may_take(step, office)]
        if not (step in _ONE_IS_ENOUGH and len(unable) < len(named)):
            yield from (_without_the_right(step, office) for office in unable)
    yield from _notices(pack)
    yield from _decided_above(pack)


def _without_the_right(step: Step, office: Office) -> Stranded:
    name, could = name_of(step), could_take(step)
    listed = "、".join(f"{office_zh(each)}（{each}）" for each in could)
    return Stranded(
        key_of(step),
        Sentence(
            f"{office_zh(office)}（{office}）不能办理{name.zh}，此环节将无人可办",
            f"{office} cannot take {name.en}, so nobody could",
        ),
        Sentence(f"请改为可以办理的部门：{listed}", f"Name an office that can: {', '.join(could)}"),
    )


def _notices(pack: "PolicyPack") -> Iterator[Stranded]:
    notice, key = pack.public_notice, "public_notice.offices"
    named = [each.level for each in notice.offices.value] if notice.offices else []
    for level in dict.fromkeys(named):
        if level not in notice.levels.value:
            no_notice = Sentence(f"{in_chinese(level)}级不公示", f"there is no public notice at the level {level}")
            remove = Sentence("请删去，或补入 public_notice.levels", "Remove it, or add it to public_notice.levels")
            yield Stranded(key, no_notice, remove)
        if named.count(level) > 1:
            twice = Sentence(f"{in_chinese(level)}级写了两次", f"names the level {level} twice")
            yield Stranded(key, twice, Sentence("每级请只写一行", "Keep one line for each level"))


def _decided_above(pack: "PolicyPack") -> Iterator[Stranded]:
    level = pack.supervision.responsible_level.value if pack.supervision else RegionLevel.COUNTY
    if level in (RegionLevel.PROVINCE, RegionLevel.PREFECTURE):
        message = Sentence(
            f"{in_chinese(level)}级部门在平台上只查看和报告，决定由县级及以下作出",
            f"an office of the {level} reads and reports here; decisions are the county's or below",
        )
        yield Stranded("supervision.responsible_level", message, Sentence("请写 county", "Write county"))
