"""Why the classification of a loan is refused."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import value_words


class ClassReviewUnknown(NotFound):
    """No such proposal in the officer's scope."""

    code = "class-review-unknown"
    title = "分类调整不存在 Class review unknown"

    def __init__(self, review_id: UUID) -> None:
        super().__init__(
            zh=f"没有分类调整 {review_id}，请在该贷款的分类调整中查找。",
            en=f"There is no review of a class {review_id} in your regions; look it up among the loan's reviews.",
            class_review_id=str(review_id),
        )


class ClassReviewOnFile(Refused):
    """Somebody has proposed a class for the loan."""

    code = "class-review-on-file"
    title = "已有分类调整 Class review on file"

    def __init__(self, review_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款已有待复核的分类调整 {review_id}，请先对其作出决定。",
            en=f"A class is proposed for the loan already ({review_id}); decide that proposal first.",
            class_review_id=str(review_id),
        )


class ClassNotWorse(Refused):
    """The rule gives this class or a worse one."""

    code = "class-not-worse"
    title = "不得上调分类 Class not worse than the rule's"
    clause = "LG-43"

    def __init__(self, asked: str, by_rule: str) -> None:
        words = value_words()
        super().__init__(
            zh=f"按规则该贷款为“{words[by_rule].zh}”，不得认定为“{words[asked].zh}”；人工只能下调。",
            en=f"By the rule the loan is '{words[by_rule].en}'; officers may set a worse class, "
            f"not '{words[asked].en}'.",
            loan_class=asked,
            by_rule=by_rule,
        )


class NoClassToLift(Refused):
    """No class set by officers holds."""

    code = "no-class-to-lift"
    title = "无人工分类 No class set by officers"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款没有人工认定的分类，无需恢复；如需下调，请填写 loan_class。",
            en="No class set by officers holds for the loan, so there is none to lift; name a class to set one.",
        )


class LoanNotClassified(Refused):
    """The loan was not lent yet, or owed nothing any more."""

    code = "loan-not-classified"
    title = "贷款不参与分类 Loan not classified"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"{on} 该贷款尚未发放或已结清，不参与分类；请选择贷款存续期间的日期。",
            en=f"On {on} the loan was not lent yet or owed nothing any more; choose a day on which it was outstanding.",
            day=on.isoformat(),
        )
