"""The closed words about members of a household. Pure; the same as the CHECKs of the tables."""

from enum import StrEnum


class Relation(StrEnum):
    """How a member is related to the head (与户主关系)."""

    HEAD = "head"  # 户主
    SPOUSE = "spouse"  # 配偶
    CHILD = "child"  # 子女
    PARENT = "parent"  # 父母
    CHILD_IN_LAW = "child_in_law"  # 儿媳、女婿
    PARENT_IN_LAW = "parent_in_law"  # 岳父母、公婆
    GRANDCHILD = "grandchild"  # 孙子女
    GRANDPARENT = "grandparent"  # 祖父母
    SIBLING = "sibling"  # 兄弟姐妹
    OTHER = "other"  # 其他


class Labour(StrEnum):
    """Ability to work or to run a business (劳动能力)."""

    ABLE = "able"  # 有劳动能力
    PARTLY = "partly"  # 弱劳动能力; counts as a labourer
    UNABLE = "unable"  # 丧失或无劳动能力


class Education(StrEnum):
    """Highest schooling (文化程度)."""

    NONE = "none"
    PRIMARY = "primary"
    JUNIOR_MIDDLE = "junior_middle"
    SENIOR_MIDDLE = "senior_middle"
    VOCATIONAL = "vocational"
    COLLEGE = "college"


class Health(StrEnum):
    """State of health (健康状况)."""

    HEALTHY = "healthy"
    CHRONIC_ILLNESS = "chronic_illness"
    SERIOUS_ILLNESS = "serious_illness"
    DISABLED = "disabled"


class LeftReason(StrEnum):
    """Why a person is no longer a member."""

    DEATH = "death"  # 死亡
    MOVED_OUT = "moved_out"  # 迁出
    MARRIED_OUT = "married_out"  # 婚出
    SPLIT = "split"  # 分户
    MERGED = "merged"  # 并户
    ERROR = "error"  # 误登


class EndReason(StrEnum):
    """Why a household is no longer on the register."""

    MERGED = "merged"  # 并户
    MOVED_OUT = "moved_out"  # 整户迁出
    DIED_OUT = "died_out"  # 整户消亡
    ERROR = "error"  # 误登
