"""What the register's codes are called on a printed file, Chinese before English. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Words = Mapping[str, str]

VILLAGE_CAUSES: Final[Words] = MappingProxyType(
    {
        "registered": "建档登记 registered",
        "moved": "迁入 moved",
        "split": "分户 split",
        "region_change": "区划变更 official codes changed",
    }
)
END_REASONS: Final[Words] = MappingProxyType(
    {
        "merged": "并户 merged",
        "moved_out": "迁出本县 moved out",
        "died_out": "整户消亡 died out",
        "error": "误登 entered by mistake",
    }
)
DEBT_KINDS: Final[Words] = MappingProxyType(
    {"production_loan": "生产经营贷款 production loan", "credit_limit": "授信额度 credit limit"}
)
LIST_NAMES: Final[Words] = MappingProxyType({"dishonesty": "失信名单 dishonesty list", "blacklist": "黑名单 blacklist"})
LIST_CAUSES: Final[Words] = MappingProxyType(
    {
        "overdue": "贷款逾期 overdue",
        "malicious": "恶意拖欠 malicious default",
        "malicious_evasion": "恶意逃废债 malicious evasion",
        "misuse": "挪用贷款 misuse",
        "false_documents": "提供虚假材料 false documents",
        "guarantee_broken": "违反担保或收益承诺 guarantee broken",
        "other": "其他 other",
    }
)
LIST_STATES: Final[Words] = MappingProxyType(
    {"listed": "在列 listed", "appealed": "申诉中 appealed", "cleared": "已移出 cleared"}
)
REQUEST_KINDS: Final[Words] = MappingProxyType(
    {"entry": "列入提议 proposal", "appeal": "申诉 appeal", "removal": "移出申请 removal"}
)
REQUEST_STATES: Final[Words] = MappingProxyType(
    {"open": "待决定 open", "accepted": "采纳 accepted", "rejected": "不采纳 rejected"}
)
CHANGE_KINDS: Final[Words] = MappingProxyType(
    {
        "member_added": "新增成员 member added",
        "member_corrected": "成员更正 member corrected",
        "member_left": "成员减少 member left",
        "head_changed": "变更户主 head changed",
        "contact_changed": "变更联系方式 contact changed",
        "residence_changed": "变更常住地 residence changed",
        "group_changed": "变更村民组 group changed",
        "household_split": "分户 household split",
        "households_merged": "并户 households merged",
        "household_moved": "迁移 household moved",
        "household_ended": "销户 household ended",
    }
)
CHANGE_STATES: Final[Words] = MappingProxyType(
    {
        "proposed": "待审核 proposed",
        "approved": "已批准 approved",
        "rejected": "已驳回 rejected",
        "withdrawn": "已撤回 withdrawn",
    }
)
ROLES: Final[Words] = MappingProxyType(
    {
        "poverty_office": "扶贫办 poverty office",
        "finance_bureau": "财政局 finance bureau",
        "service_centre": "金融服务中心 service centre",
        "township": "乡镇 township",
        "village": "村 village",
        "helper": "帮扶责任人 helper",
        "auditor": "审计 auditor",
    }
)


def said(words: Words, code: str | None) -> str:
    """Return what a code is called; the code itself where it has no name, nothing where there is none."""
    return "" if code is None else words.get(code, code)
