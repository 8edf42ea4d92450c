"""Why this room refuses."""

from shared.errors import Invalid, Refused


class ReferenceRateContradicts(Refused):
    """The series already has other rates from that day on."""

    code = "reference-rate-contradicts"
    title = "与已公布利率矛盾 Contradicts a published rate"

    def __init__(self, basis: str, effective_from: str, known: str, sent: str) -> None:
        super().__init__(
            f"{basis} from {effective_from} is published as {known}, you sent {sent}; nothing was recorded. "
            "Contracts rest on published rates, so they never change: correct your figures.",
            basis=basis,
            effective_from=effective_from,
            known=known,
            sent=sent,
        )


class ReferenceRateEmpty(Invalid):
    """A publication without any rate."""

    code = "reference-rate-empty"
    title = "利率为空 No rate given"

    def __init__(self, basis: str, effective_from: str) -> None:
        super().__init__(f"{basis} from {effective_from} names no rate at all; give at least one of the three tenors.")
