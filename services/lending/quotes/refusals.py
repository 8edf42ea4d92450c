"""Why this room refuses."""

from shared.errors import Invalid


class QuoteRefused(Invalid):
    """No schedule exists for these terms."""

    code = "quote-refused"
    title = "无法试算 No schedule for these terms"
