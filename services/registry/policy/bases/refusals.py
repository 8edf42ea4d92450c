"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound, Refused


class BaseUnknown(NotFound):
    """No such base."""

    code = "policy-base-unknown"
    title = "省级基础不存在 Base unknown"

    def __init__(self, base_id: UUID) -> None:
        super().__init__(
            zh=f"没有省级基础 {base_id}，请在省级基础列表中查找。",
            en=f"There is no province's base {base_id}; list the bases to find it.",
            base_id=str(base_id),
        )


class BaseVersionNotNext(Refused):
    """The version does not follow the latest one of its base, or the code is another province's."""

    code = "policy-base-version-not-next"
    title = "省级基础版本不符 Base version not the next"

    def __init__(self, code: str, version: int, latest: int) -> None:
        super().__init__(
            zh=f"基础 {code} 最新为第 {latest} 版，不能提交第 {version} 版；请将版本写为 {latest + 1}，"
            "并确认代码属于本省。",
            en=f"Base {code} stands at version {latest}, so {version} cannot follow; write version {latest + 1} and "
            "check that the code is this province's.",
            base_code=code,
            version=version,
            latest=latest,
        )


class BaseAlreadyConfirmed(Refused):
    """Someone confirmed the base before."""

    code = "policy-base-already-confirmed"
    title = "省级基础已确认 Base already confirmed"

    def __init__(self, confirmed_by: str) -> None:
        super().__init__(
            zh=f"该省级基础已由 {confirmed_by} 确认；如需修改，请提交新版本。",
            en=f"{confirmed_by} has confirmed this base already; submit a new version to change it.",
            confirmed_by=confirmed_by,
        )
