"""Refusals: named, with a stable code, the values in the sentence, and what to do next.

One handler in `shared.web.problems` turns them into problem+json (RFC 9457).
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from shared.languages import Sentence


class Refusal(Exception):
    """A request that is refused by name; subclass `NotFound`, `NotAllowed`, `Refused` or `Invalid`."""

    http_status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "请求被拒绝 Refused"
    clause: ClassVar[str | None] = None

    def __init__(self, *, zh: str, en: str, **values: Any) -> None:
        self.sentence = Sentence(zh, en)
        self.values = values
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """Return the sentence in both languages in one line, as a sheet's cell or a stored reason holds it."""
        return str(self.sentence)


class WrongValue(ValueError):
    """A value of a field that makes no sense; raised by validators, shown with the field in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh, en)


class NotFound(Refusal):
    """The thing does not exist, or lies outside the caller's region (the two look the same on purpose)."""

    http_status = 404
    code = "not-found"
    title = "未找到 Not found"


class NotAllowed(Refusal):
    """The caller may not do this."""

    http_status = 403
    code = "not-allowed"
    title = "无权操作 Not allowed"


class Refused(Refusal):
    """A business rule or the current state stands against it."""


class Invalid(Refusal):
    """The request makes no sense as written; correct it and send it again."""

    http_status = 422
    code = "invalid"
    title = "输入有误 Invalid input"


class Unauthenticated(Refusal):
    """No valid identity came with the request."""

    http_status = 401
    code = "unauthenticated"
    title = "未登录 Not authenticated"


class Unavailable(Refusal):
    """A part that is needed for a certain answer did not answer in time; nothing was changed."""

    http_status = 503
    code = "unavailable"
    title = "暂不可用 Temporarily unavailable"


class MakerIsChecker(NotAllowed):
    """The person who prepared a record may not also approve it."""

    code = "maker-is-checker"
    title = "经办与审核不得为同一人 Maker and checker must differ"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"本记录由 {person} 经办，本人不得审核，请由其他人员审核。",
            en=f"{person} prepared this record and may not approve it; ask another officer to review it.",
            person=person,
        )


class OutsideRegion(NotAllowed):
    """The region of the request is outside every region granted for this right."""

    code = "outside-region"
    title = "超出辖区 Outside your region"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"区划 {region_code} 不在您办理此事项的授权辖区内，请联系该区划的负责人员办理。",
            en=f"Region {region_code} is outside the regions granted to you for this action; "
            "ask the officer responsible for that region.",
            region_code=region_code,
        )


class RightMissing(NotAllowed):
    """No role of the caller carries this right."""

    code = "right-missing"
    title = "没有此项权限 Right missing"

    def __init__(self, right: str, roles: Iterable[str]) -> None:
        allowed = ", ".join(sorted(roles))
        super().__init__(
            zh=f"您的角色没有权限 {right}，具有该权限的角色为：{allowed}；请联系管理员授权。",
            en=f"Your roles do not include '{right}'; it belongs to: {allowed}. Ask the administrator for a grant.",
            right=str(right),
        )


class ActsInTheCounty(NotAllowed):
    """The caller's grants for this right are all above the county."""

    code = "acts-in-the-county"
    title = "由县级办理 Done by the county"
    clause = "SX-7"

    def __init__(self, right: str, regions: Sequence[str]) -> None:
        above = [region or "全国" for region in regions]
        super().__init__(
            zh=f"权限 {right} 只能由县级及以下部门行使，您的授权区划为 {'、'.join(above)}，只能查看和报告；"
            "请由所在县的部门办理。",
            en=f"'{right}' is for offices of a county or below; your grants are for {', '.join(above)}, where one "
            "reads and reports. Ask the county's office.",
            right=str(right),
            regions=list(regions),
        )
