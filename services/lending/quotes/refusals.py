"""Why this room refuses."""

from shared.errors import Invalid
from shared.languages import Sentence


class QuoteRefused(Invalid):
    """No schedule exists for these terms."""

    code = "quote-refused"
    title = "无法试算 No schedule for these terms"

    def __init__(self, why: Sentence, rule: str) -> None:
        super().__init__(zh=why.zh, en=why.en, rule=rule)
