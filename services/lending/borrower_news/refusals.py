"""Why news of a borrower is not answered or withdrawn."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused


class NewsUnknown(NotFound):
    """No such news in the caller's sight."""

    code = "news-unknown"
    title = "没有该反馈 News unknown"

    def __init__(self, news_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有借款人情况反馈 {news_id}，请核对编号。",
            en=f"There is no news {news_id} of a borrower in your regions; check the number.",
            news_id=str(news_id),
        )


class NewsSettled(Refused):
    """News is answered once, and not withdrawn after that."""

    code = "news-settled"
    title = "反馈已办结 News settled"

    def __init__(self, settled_on: date, settled_by: str) -> None:
        super().__init__(
            zh=f"该反馈已由 {settled_by} 于 {settled_on} 答复或撤回；有新情况请另行反馈。",
            en=f"{settled_by} answered or withdrew it on {settled_on}; send what is new as news of its own.",
            settled_on=settled_on.isoformat(),
            settled_by=settled_by,
        )
