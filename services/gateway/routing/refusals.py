"""Why a request reaches no service."""

from shared.errors import NotFound, Unavailable


class NoSuchOperation(NotFound):
    """No service has this operation."""

    code = "no-such-operation"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"There is no {method} {path}; see /docs for what there is.")


class ServiceAway(Unavailable):
    """The service behind the operation did not answer."""

    code = "service-unavailable"

    def __init__(self, service: str) -> None:
        super().__init__(
            f"The {service} service does not answer; repeat the request with the same Idempotency-Key.", service=service
        )
