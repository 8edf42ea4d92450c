"""The body of an application taken back."""

from shared.web.bodies import Body, HappenedOn, LongText


class WithdrawalIn(Body):
    """The household takes its application back, or an office finds that it cannot go on."""

    withdrawn_on: HappenedOn
    reason: LongText
