"""The household spreadsheet: its columns, and the words a cell may hold, for whoever writes it and whoever reads it.

The sheet has the fixed `HOUSEHOLD_COLUMNS` followed by one number column per rating indicator of the
county's policy pack (`household_columns`). Header cells are bilingual, Chinese first; a reader accepts the
whole header, either language alone, or the column's key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.characters import half_width
from shared.policy.rating_terms import RatingScheme
from shared.policy.terms import StateWord
from shared.policy.vocabulary import PovertyState

SHEET_NAME: Final = "农户 Households"
INDICATOR_PREFIX: Final = "indicator."


class CellKind(StrEnum):
    """What a cell of the column holds."""

    TEXT = "text"
    INTEGER = "integer"  # not negative
    NUMBER = "number"  # not negative, decimals allowed
    DATE = "date"  # written YYYY-MM-DD
    CHOICE = "choice"  # one of the column's words


class CivilCapacity(StrEnum):
    """Civil capacity of the head of household (MS-2)."""

    FULL = "full"  # 完全民事行为能力
    LIMITED = "limited"  # 限制民事行为能力
    NONE = "none"  # 无民事行为能力


class CreditRecord(StrEnum):
    """What the credit databases say about the head of household (MS-2)."""

    NONE = "none"  # never borrowed
    CLEAN = "clean"
    BAD_UNRESOLVED = "bad_unresolved"
    BAD_SETTLED = "bad_settled"  # not malicious and fully repaid


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: `words` maps each accepted Chinese or English word, folded, to the value it stands for."""

    key: str
    zh: str
    en: str
    width: int
    kind: CellKind = CellKind.TEXT
    required: bool = True
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def header(self) -> str:
        """Return the bilingual header cell."""
        return f"{self.zh} {self.en}".strip()


def folded(cell: str) -> str:
    """Return the cell in half-width lower case without any spaces, the form in which words are compared."""
    return "".join(half_width(cell).split()).lower()


def written_words(column: SheetColumn) -> list[str]:
    """Return the words our own sheets write into a column of choices, one for each value."""
    first: dict[str, str] = {}
    for word, value in column.words.items():
        first.setdefault(value, word)
    return list(first.values())


def _words(accepted: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    return MappingProxyType({folded(word): value for value, words in accepted.items() for word in (*words, value)})


# The first word of each value is the one our own sheets are written with.
YES_NO_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "yes": ("是", "有", "y", "true", "1", "√"),
    "no": ("否", "无", "n", "false", "0", "×"),
}
POVERTY_STATE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    PovertyState.REGISTERED: (
        *("建档立卡", "建档立卡贫困户", "建档立卡户", "未脱贫", "未脱贫户", "贫困户", "返贫", "返贫户"),
        *("一般贫困户", "低保贫困户", "五保贫困户", "特困供养贫困户"),
    ),
    PovertyState.LIFTED: ("已脱贫", "已脱贫户", "脱贫户", "脱贫", "已脱贫(享受政策)", "脱贫(享受政策)"),
    PovertyState.STABLY_LIFTED: ("稳定脱贫", "稳定脱贫户", "已脱贫(不再享受政策)", "脱贫(不再享受政策)"),
    PovertyState.MONITORED: ("监测户", "监测", "监测对象", "监测对象户", "脱贫不稳定户", "突发严重困难户"),
    PovertyState.MARGINAL: ("边缘户", "边缘", "边缘易致贫户"),
    PovertyState.GENERAL: ("一般户", "一般农户"),
}
CIVIL_CAPACITY_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    CivilCapacity.FULL: ("完全", "完全民事行为能力"),
    CivilCapacity.LIMITED: ("限制", "限制民事行为能力"),
    CivilCapacity.NONE: ("无", "无民事行为能力"),
}
CREDIT_RECORD_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    CreditRecord.NONE: ("无记录", "无信用记录", "无"),
    CreditRecord.CLEAN: ("良好", "正常"),
    CreditRecord.BAD_UNRESOLVED: ("不良未结清", "不良"),
    CreditRecord.BAD_SETTLED: ("不良已结清",),
}

STATE_COLUMN: Final = "poverty_state"
HOUSEHOLD_COLUMNS: Final[tuple[SheetColumn, ...]] = (
    SheetColumn("household_number", "户编号", "Household number", 20),
    SheetColumn("head_name", "户主姓名", "Head name", 14),
    SheetColumn("resident_id", "身份证号", "Resident ID", 22),
    SheetColumn("phone", "联系电话", "Phone", 15),
    SheetColumn("village_code", "村编码", "Village code", 16),
    SheetColumn("member_count", "家庭人口", "Members", 10, CellKind.INTEGER),
    SheetColumn("labourer_count", "劳动力人数", "Labourers", 10, CellKind.INTEGER),
    SheetColumn(STATE_COLUMN, "贫困状态", "Poverty state", 12, CellKind.CHOICE, words=_words(POVERTY_STATE_WORDS)),
    SheetColumn("registered_on", "建档日期", "Registered on", 13, CellKind.DATE),
    SheetColumn("four_kinds", "四类人员", "Four-kinds person", 10, CellKind.CHOICE, words=_words(YES_NO_WORDS)),
    SheetColumn(
        "civil_capacity", "民事行为能力", "Civil capacity", 13, CellKind.CHOICE, words=_words(CIVIL_CAPACITY_WORDS)
    ),
    SheetColumn("able_to_work", "有劳动或经营能力", "Able to work", 16, CellKind.CHOICE, words=_words(YES_NO_WORDS)),
    SheetColumn("credit_record", "信用记录", "Credit record", 14, CellKind.CHOICE, words=_words(CREDIT_RECORD_WORDS)),
    SheetColumn("bank_code", "开户银行代码", "Bank code", 16),
    SheetColumn("bank_account", "银行账号", "Bank account", 24),
    # Where the household lives when that is not its village, and the banks where other members of it owe (MS-2).
    SheetColumn("residence_code", "常住地编码", "Residence code", 16, required=False),
    SheetColumn("family_debts", "家庭成员在贷银行", "Banks of family debts", 20, required=False),
    SheetColumn("group_name", "村民组", "Villagers' group", 16, required=False),
)

# The national register writes 之子, 之女, 之儿媳 …: each word is read with 之 in front as well.
_RELATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "head": ("户主", "本人"),
    "spouse": ("配偶", "妻子", "丈夫", "夫", "妻"),
    "child": ("子女", "儿子", "女儿", "子", "女", "长子", "次子", "三子", "长女", "次女", "三女", "独生子", "独生女"),
    "parent": ("父母", "父亲", "母亲", "父", "母"),
    "child_in_law": ("儿媳女婿", "儿媳", "女婿", "媳妇"),
    "parent_in_law": ("岳父母公婆", "岳父", "岳母", "公公", "婆婆", "公婆", "岳父母"),
    "grandchild": ("孙子女", "孙子", "孙女", "外孙", "外孙子", "外孙女"),
    "grandparent": ("祖父母", "祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母", "外公", "外婆"),
    "sibling": ("兄弟姐妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟", "姐妹"),
    "other": ("其他", "其他亲属", "其他亲属关系", "非亲属", "曾孙子", "曾孙女", "曾祖父", "曾祖母"),
}
RELATION_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    relation: (*words, *(f"之{word}" for word in words)) for relation, words in _RELATIONS.items()
}
LABOUR_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "able": ("有劳动能力", "普通劳动力", "技能劳动力", "有"),
    "partly": ("弱劳动能力", "弱劳动力", "半劳动力", "部分丧失劳动能力"),
    "unable": ("无劳动能力", "丧失劳动能力", "丧失劳动力", "无劳动力", "无"),
}
EDUCATION_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "none": ("文盲", "文盲或半文盲", "半文盲", "未上学", "学龄前儿童", "无"),
    "primary": ("小学",),
    "junior_middle": ("初中",),
    "senior_middle": ("高中",),
    "vocational": ("中专", "中职", "职高", "技校"),
    "college": ("大专及以上", "大专", "本科", "本科及以上", "大学", "研究生", "高职高专", "大学本科"),
}
# Whether a person is at school; the national register writes the class instead of yes.
AT_SCHOOL_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "yes": (
        *YES_NO_WORDS["yes"],
        *("在校", "在校生", "学前教育", "小学", "七年级", "八年级", "九年级", "初中"),
        *("普通高中", "普通高中一年级", "普通高中二年级", "普通高中三年级", "高中"),
        *("中职", "中职一年级", "中职二年级", "中职三年级", "技师学院"),
        *("高职高专", "高职高专一年级", "高职高专二年级", "高职高专三年级", "大专", "本科", "大学本科", "研究生"),
        *("硕士研究生", "博士研究生"),
    ),
    "no": (*YES_NO_WORDS["no"], "非在校", "非在校生", "不在校", "未上学"),
}
HEALTH_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "healthy": ("健康", "良好"),
    "chronic_illness": ("慢性病", "长期慢性病", "患有慢性病"),
    "serious_illness": ("大病", "患有大病", "重病"),
    "disabled": ("残疾",),
}
MEMBERS_SHEET_NAME: Final = "家庭成员 Members"
# One row per person, the head among them or not; facts that were not collected stay empty.
MEMBER_COLUMNS: Final[tuple[SheetColumn, ...]] = (
    SheetColumn("household_number", "户编号", "Household number", 20),
    SheetColumn("name", "姓名", "Name", 14),
    SheetColumn("resident_id", "身份证号", "Resident ID", 22),
    SheetColumn("relation", "与户主关系", "Relation to the head", 14, CellKind.CHOICE, words=_words(RELATION_WORDS)),
    SheetColumn(
        "civil_capacity", "民事行为能力", "Civil capacity", 13, CellKind.CHOICE, False, _words(CIVIL_CAPACITY_WORDS)
    ),
    SheetColumn("labour", "劳动能力", "Labour", 14, CellKind.CHOICE, False, _words(LABOUR_WORDS)),
    SheetColumn("education", "文化程度", "Education", 12, CellKind.CHOICE, False, _words(EDUCATION_WORDS)),
    SheetColumn("at_school", "是否在校", "At school", 10, CellKind.CHOICE, False, _words(AT_SCHOOL_WORDS)),
    SheetColumn("health", "健康状况", "Health", 12, CellKind.CHOICE, False, _words(HEALTH_WORDS)),
    SheetColumn("migrant_worker", "是否外出务工", "Migrant worker", 12, CellKind.CHOICE, False, _words(YES_NO_WORDS)),
)


def rating_columns(scheme: RatingScheme) -> tuple[SheetColumn, ...]:
    """Return one number column per collected fact of the scheme, keyed `indicator.<code>`.

    A fact that already has a column (`member_count`, `labourer_count`) gets no second one.
    """
    names = {indicator.code: (indicator.zh, indicator.en) for indicator in scheme.indicators}
    for divisor in (indicator.per for indicator in scheme.indicators if indicator.per is not None):
        names.setdefault(divisor, (divisor, ""))
    fixed = {column.key for column in HOUSEHOLD_COLUMNS}
    return tuple(
        SheetColumn(f"{INDICATOR_PREFIX}{code}", zh, en, 14, CellKind.NUMBER)
        for code, (zh, en) in names.items()
        if code not in fixed
    )


def household_columns(scheme: RatingScheme, state_words: Sequence[StateWord] = ()) -> tuple[SheetColumn, ...]:
    """Return all columns of the county's sheet in order: the fixed ones, then those of the rating.

    States of households are written in the county's own words and read in these and the platform's; the county's word
    decides where it means another state here.
    """
    return (*(_in_own_words(column, state_words) for column in HOUSEHOLD_COLUMNS), *rating_columns(scheme))


def _in_own_words(column: SheetColumn, state_words: Sequence[StateWord]) -> SheetColumn:
    if column.key != STATE_COLUMN or not state_words:
        return column
    own = {folded(word.zh): str(word.state) for word in state_words}
    return replace(
        column, words=MappingProxyType({**own, **{word: of for word, of in column.words.items() if word not in own}})
    )


def written_state(state: str, columns: Iterable[SheetColumn]) -> str:
    """Return the word that a sheet with these columns writes for a state of a household."""
    column = next(each for each in columns if each.key == STATE_COLUMN)
    return next(word for word, value in column.words.items() if value == state)


def read_state(word: str, columns: Iterable[SheetColumn]) -> str | None:
    """Return the state of a household that a word means in a sheet with these columns; None where it means none."""
    column = next(each for each in columns if each.key == STATE_COLUMN)
    return column.words.get(folded(word))


def column_for_header(cell: str, columns: Iterable[SheetColumn]) -> SheetColumn | None:
    """Return the column a header cell names, or None: whole header, either language, or key; spaces never matter."""
    name = folded(cell)
    for column in columns:
        if name and name in {folded(column.header), folded(column.zh), folded(column.en), folded(column.key)}:
            return column
    return None


def written(words: Mapping[str, tuple[str, ...]], value: str) -> str:
    """Return the Chinese word our own sheets write for `value`, e.g. 已脱贫 for `lifted`."""
    return words[value][0]
