"""Why a caller is turned away before anything is asked."""

from shared.errors import Refusal


class TooManyRequests(Refusal):
    """The caller sends more than its limit."""

    http_status = 429
    code = "too-many-requests"
    title = "请求过于频繁 Too many requests"

    def __init__(self, limit: str) -> None:
        super().__init__(
            zh=f"请求过于频繁（上限 {limit}），请放慢频率，几秒后重试。",
            en=f"More than {limit} were sent; slow down and try again in a few seconds.",
            limit=limit,
        )
