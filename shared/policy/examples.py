"""Worked examples of a pack: facts that an officer writes down and what the county's rules must make of them.

They stand in the same file as the rules, under `examples`. The services run on the rules alone; the examples are run
when a pack is written (`make pack-check`) and when it is submitted, and a pack whose examples fail is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from pydantic import Discriminator, Field, Tag

from shared.languages import Sentence
from shared.policy import example_facts as facts
from shared.policy.contradictions import Finding
from shared.policy.household_facts import Code
from shared.policy.sourced import BothLanguages, Clauses, Section, leaf, maybe

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


class Example(Section):
    """What every worked example says: its name in both languages and the clauses it shows at work."""

    name: BothLanguages = leaf("名称", "what the example shows, in both languages")
    clause: Annotated[Clauses, Field(min_length=1)] = leaf("条款", "clauses that it shows at work")
    product: Code | None = maybe("产品", "code of the product; the county's first if left out")


class BorrowingExample(Example):
    """May this household borrow, and what stands against it?"""

    borrowing: facts.Borrowing = leaf("能否贷款", "a household and what it asks for")
    expect: facts.BorrowingExpected = leaf("预期", "what the rules must answer")


class RatingExample(Example):
    """What score, grade and credit limit do these answers give?"""

    rating: facts.Rating = leaf("评级", "what was collected about a household")
    expect: facts.RatingExpected = leaf("预期", "score, grade and credit limit")


class LimitGrowthExample(Example):
    """What credit limit follows a loan that was repaid on time?"""

    limit_growth: facts.LimitGrowth = leaf("额度增长", "a loan repaid on time")
    expect: facts.LimitGrowthExpected = leaf("预期", "grade and credit limit for the next loan")


class LoanExample(Example):
    """What are the rate, the maturity and the repayment plan of this loan?"""

    loan: facts.Loan = leaf("贷款合同", "a loan that is paid out")
    expect: facts.LoanExpected = leaf("预期", "the contract's figures")


class SubsidyExample(Example):
    """How much of this interest is given back?"""

    subsidy: facts.Subsidy = leaf("贴息", "interest that was paid")
    expect: facts.SubsidyExpected = leaf("预期", "what is given back")


class ClaimExample(Example):
    """When may this loss be claimed and who carries it?"""

    claim: facts.Claim = leaf("代偿", "a loss")
    expect: facts.ClaimExpected = leaf("预期", "first day and shares")


class CoverExample(Example):
    """How far may lending go on this fund?"""

    cover: facts.Cover = leaf("基金额度", "a fund and what is lent on it")
    expect: facts.CoverExpected = leaf("预期", "limit and what must be paid in")


class PublicNoticeExample(Example):
    """Until which day is this notice public at each level?"""

    public_notice: facts.PublicNotice = leaf("公示", "a notice that is posted")
    expect: facts.PublicNoticeExpected = leaf("预期", "last day by level")


class DepositExample(Example):
    """Which deposit does this loan's recommender put down?"""

    deposit: facts.Deposit = leaf("风险保证金", "a loan with a recommender")
    expect: facts.DepositExpected = leaf("预期", "the deposit")


AnyExample = (
    BorrowingExample
    | RatingExample
    | LimitGrowthExample
    | LoanExample
    | SubsidyExample
    | ClaimExample
    | CoverExample
    | PublicNoticeExample
    | DepositExample
)
KINDS: Final[Mapping[str, type[Example]]] = {
    "borrowing": BorrowingExample,
    "rating": RatingExample,
    "limit_growth": LimitGrowthExample,
    "loan": LoanExample,
    "subsidy": SubsidyExample,
    "claim": ClaimExample,
    "cover": CoverExample,
    "public_notice": PublicNoticeExample,
    "deposit": DepositExample,
}
EXAMPLE_KIND: Final = "example_kind"  # pydantic's name of the fault
NO_KIND: Final = Sentence(
    f"没有种类或有多个种类，须写且只写一种：{'、'.join(KINDS)}",
    f"is of no kind, or of several; write exactly one of {', '.join(KINDS)}",
)
HOUSEHOLD_KINDS: Final = ("borrowing", "rating", "limit_growth")  # what the registry's own rules answer


def kind_of(example: Any) -> str | None:
    """Return the one kind that an example, or its plain data, is of; None when it has none or several."""
    if isinstance(example, Example):
        return next(kind for kind, model in KINDS.items() if type(example) is model)
    named = [kind for kind in KINDS if kind in example] if isinstance(example, Mapping) else []
    return named[0] if len(named) == 1 else None


_Tagged = (
    Annotated[BorrowingExample, Tag("borrowing")]
    | Annotated[RatingExample, Tag("rating")]
    | Annotated[LimitGrowthExample, Tag("limit_growth")]
    | Annotated[LoanExample, Tag("loan")]
    | Annotated[SubsidyExample, Tag("subsidy")]
    | Annotated[ClaimExample, Tag("claim")]
    | Annotated[CoverExample, Tag("cover")]
    | Annotated[PublicNoticeExample, Tag("public_notice")]
    | Annotated[DepositExample, Tag("deposit")]
)
_ByKind = Discriminator(
    kind_of,
    custom_error_type=EXAMPLE_KIND,
    custom_error_message=NO_KIND.en,
)
Examples = Annotated[
    tuple[Annotated[_Tagged, _ByKind], ...],
    Field(title="算例", description="worked examples: facts and what the rules must make of them"),
]


def example_clauses(examples: Sequence[Example]) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield (path of the example, clause id) for every clause that an example shows."""
    for number, example in enumerate(examples):
        for clause in example.clause:
            yield ("examples", number), clause


@cache
def example_places() -> dict[str, list[Sentence]]:
    """Return every key that an example may have, with the keys under which it stands."""
    example = Sentence("算例", "the example")
    places: dict[str, list[Sentence]] = {key: [example] for key in ("name", "clause", "product", "expect")}
    for kind, model in KINDS.items():
        places.setdefault(kind, []).append(example)
        for part in (kind, "expect"):
            for key in _keys(model.model_fields[part].annotation):
                expected = Sentence(f"{kind} 的 expect", f"`expect` of {kind}")
                places.setdefault(key, []).append(Sentence(part, f"`{part}`") if part == kind else expected)
    return places


def _keys(model: Any) -> Iterator[str]:
    for key, field in model.model_fields.items():
        yield key
        for inner in get_args(field.annotation):
            if isinstance(inner, type) and issubclass(inner, Section):
                yield from inner.model_fields


def example_contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for every fact of an example that cannot be, or that the pack does not know."""
    offered = [product.code for product in pack.products_offered()]
    for number, example in enumerate(pack.examples):
        named = example.product
        if named is not None and named not in offered:
            said = Sentence("本政策包的产品", "a product of this pack")
            yield from _unknown(f"examples[{number}].product", (named,), offered, said)
            continue
        for found in _contradictions(example, pack_of_example(example, pack)):
            yield found._replace(key=f"examples[{number}].{found.key}")


def pack_of_example(example: Example, pack: "PolicyPack") -> "PolicyPack":
    """Return the pack as it is for the product that an example names."""
    return pack.for_product(example.product)


def _contradictions(example: AnyExample, pack: "PolicyPack") -> Iterator[Finding]:
    if isinstance(example, BorrowingExample):
        yield from _borrowing(example.borrowing, pack)
    elif isinstance(example, RatingExample):
        known = [indicator.code for indicator in pack.rating.indicators.value]
        yield from _unknown(
            "rating.answers", example.rating.answers, known, Sentence("本政策包的评分指标", "an indicator of this pack")
        )
    elif isinstance(example, LimitGrowthExample):
        yield from _grade("limit_growth.grade", example.limit_growth.grade, pack)
    elif isinstance(example, SubsidyExample):
        if example.subsidy.period_until < example.subsidy.period_from:
            yield Finding("subsidy.period_until", "早于 period_from", "lies before period_from")
        days = [state.from_on for state in example.subsidy.states or ()]
        if days != sorted(set(days)):
            yield Finding("subsidy.states", "每个日期只写一次，最早的在前", "name each day once, the earliest first")
    elif isinstance(example, ClaimExample):
        yield from _claim(example.claim)


def _borrowing(asked: facts.Borrowing, pack: "PolicyPack") -> Iterator[Finding]:
    if asked.age is not None and asked.born_on is not None:
        yield Finding(
            "borrowing.age",
            "年龄写了两次，age 与 born_on 请只保留一个",
            "is said twice: keep either `age` or `born_on`",
        )
    if asked.state_word is not None:
        yield from _state_word(asked, pack)
    if asked.rated is False and asked.rating is not None:
        yield Finding(
            "borrowing.rated",
            "为 false，却写有 rating，请只保留一个",
            "is false, yet there is a `rating`; keep one of them",
        )
    if asked.rating is not None:
        yield from _grade("borrowing.rating.grade", asked.rating.grade, pack)
    kinds = [term.code for term in pack.eligibility.exclusions.value]
    yield from _unknown(
        "borrowing.exclusions",
        asked.exclusions or (),
        kinds,
        Sentence("本政策包的排除类别", "a kind of excluded persons here"),
    )
    if asked.entity is not None:
        conditions = [term.code for term in pack.entities.conditions.value]
        met = asked.entity.conditions_met or ()
        yield from _unknown(
            "borrowing.entity.conditions_met",
            met,
            conditions,
            Sentence("本政策包的主体认定条件", "a condition of an entity here"),
        )


def _state_word(asked: facts.Borrowing, pack: "PolicyPack") -> Iterator[Finding]:
    if asked.state is not None:
        said_zh = "状态写了两次，state 与 state_word 请只保留一个"
        yield Finding("borrowing.state_word", said_zh, "the state is said twice: keep either `state` or `state_word`")
    words = pack.eligibility.state_words
    known = [each.zh for each in words.value] if words else []
    said = Sentence("本政策包的户类型名称 state_words", "one of this pack's state_words")
    yield from _unknown("borrowing.state_word", (asked.state_word,), known, said)


def _claim(loss: facts.Claim) -> Iterator[Finding]:
    if not (loss.matures_on or loss.overdue_from or loss.pursued_from):
        yield Finding(
            "claim",
            "须写明 matures_on、overdue_from 或 pursued_from，以便计算等待期",
            "needs `matures_on`, `overdue_from` or `pursued_from` to count the wait from",
        )


def _grade(key: str, code: str | None, pack: "PolicyPack") -> Iterator[Finding]:
    grades = [grade.code for grade in pack.rating.grade_limits.value]
    yield from _unknown(
        key, () if code is None else (code,), grades, Sentence("本政策包的信用等级", "a grade of this pack")
    )


def _unknown(
    key: str, codes: Sequence[str] | Mapping[str, Any], known: Sequence[str], what: Sentence
) -> Iterator[Finding]:
    for code in codes:
        if code not in known:
            yield Finding(
                key,
                f"{code} 不是{what.zh}；已知的有：{'、'.join(known) or '无'}",
                f"{code} is not {what.en}; known are {', '.join(known) or 'none'}",
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules made of an example's facts: figures by name, and why."""

    figures: Mapping[str, Any]
    why: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not as expected; `found` is None when there is no such figure at all."""

    figure: str
    expected: str
    found: str | None

    def __str__(self) -> str:
        """Return both values in one line."""
        return f"{self.figure}: expected {self.expected}, found {self.found or 'nothing of the kind'}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A worked example that was run: what differs, what was found for each expected figure, and why."""

    number: int
    kind: str
    example: Example
    figures: tuple[tuple[str, str], ...]
    differences: tuple[Difference, ...]
    why: tuple[Sentence, ...]

    @property
    def passed(self) -> bool:
        """Return whether everything is as expected."""
        return not self.differences


def compared(number: int, example: AnyExample, answer: Answer) -> Tried:
    """Compare what the rules found with what the example expects."""
    expected = example.expect.figures()
    differences = tuple(
        Difference(name, spoken(value), spoken(answer.figures[name]) if name in answer.figures else _refused(answer))
        for name, value in expected.items()
        if name not in answer.figures or answer.figures[name] != value
    )
    shown = tuple((name, spoken(value)) for name, value in expected.items())
    return Tried(number, str(kind_of(example)), example, shown, differences, answer.why)


def _refused(answer: Answer) -> str | None:
    return f"refused: {answer.figures['refused']}" if "refused" in answer.figures else None


def spoken(value: Any) -> str:
    """Return a figure as an officer writes it in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
