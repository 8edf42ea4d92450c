"""What cannot be true together in what a pack says of the credit limits of its grades."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared.policy.contradictions import Finding

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack
    from shared.policy.rating_terms import GradeLimit


def grade_contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for limits that nobody could be given, of the county's grades and of each bank's own (DY-1)."""
    rating = pack.rating
    for found in _limits(rating.grade_limits.value, rating.promotion_path.value):
        yield found._replace(key=f"rating.{found.key}")
    for scheme in rating.bank_schemes.value if rating.bank_schemes else ():
        for found in _limits(scheme.grade_limits, scheme.promotion_path):
            bank = scheme.bank_code
            said = (f"{bank}，{found.key}：{found.zh}", f"{bank}, {found.key}: {found.en}")
            yield Finding("rating.bank_schemes", *said)


def _limits(best_first: "Sequence[GradeLimit]", path: Sequence[str]) -> Iterator[Finding]:
    rising = [grade.limit_or_none for grade in best_first[::-1]]
    stated = [grade.credit_limit for grade in best_first if grade.credit_limit is not None]
    if best_first and (rising != sorted(rising) or not stated or min(stated) <= 0):
        yield Finding(
            "grade_limits",
            "等级越高授信额度不得越低，写明的额度均须大于零，且至少一个等级有额度；"
            "不授信的等级请省略 credit_limit，并写明 zh、en 理由",
            "a better grade has no lower credit limit, every one stated is above zero, and one grade at least has one; "
            "for a grade that does not borrow leave out credit_limit and write why in zh and en",
        )
    for grade in best_first:
        if (grade.credit_limit is None) != bool(grade.zh and grade.en):
            yield Finding(
                "grade_limits",
                f"等级 {grade.code} 须写明 credit_limit，或用 zh、en 写明不授信的理由，二者只写其一",
                f"grade {grade.code} has either a credit_limit, or in zh and en why it has none",
            )
        elif grade.credit_limit is None and grade.code in path:
            yield Finding(
                "promotion_path",
                f"等级 {grade.code} 不授信，没有贷款可按时归还，请从中删去",
                f"grade {grade.code} has no credit limit and no loan to repay on time; leave it out here",
            )
