"""Why a request reaches no service."""

from shared.errors import NotFound, Unavailable


class NoSuchOperation(NotFound):
    """No service has this operation."""

    code = "no-such-operation"
    title = "没有此操作 No such operation"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(
            zh=f"没有操作 {method} {path}，可用的操作见 /docs。",
            en=f"There is no {method} {path}; see /docs for what there is.",
        )


class ServiceAway(Unavailable):
    """The service behind the operation did not answer."""

    code = "service-unavailable"
    title = "服务暂不可用 Service unavailable"

    def __init__(self, service: str) -> None:
        super().__init__(
            zh=f"{service} 服务暂无响应，请以相同的 Idempotency-Key 重新发送。",
            en=f"The {service} service does not answer; repeat the request with the same Idempotency-Key.",
            service=service,
        )
