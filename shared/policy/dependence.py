"""Which worked examples prove nothing of a clause that they cite: changing what rests on it changes no figure."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from shared.languages import Sentence
from shared.policy.examples import Example, Tried
from shared.policy.perturbed import carrying, perturbed
from shared.policy.yaml_source import Mistake, Parsed

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack

TRIES_MAX: Final = 5_000  # for one clause of one example; the shipped packs need at most some hundred
TryExamples = Callable[["PolicyPack"], Sequence[Tried]]


def unproven(pack: "PolicyPack", parsed: Parsed, try_all: TryExamples) -> Iterator[Mistake]:
    """Yield a mistake for every clause cited by an example whose figures stay the same whatever rests on the clause.

    Examples that `try_all` does not run are left out.
    """
    for number, example in enumerate(pack.examples):
        alone = pack.model_copy(update={"examples": (example,)})
        for clause in example.clause if try_all(alone) else ():
            found = list(carrying(alone, clause))
            others = (other for leaf in found for other in perturbed(alone, leaf))
            if not any(_notices(other, try_all) for other in islice(others, TRIES_MAX)):
                line = parsed.line_of(("examples", number))
                yield _nothing_of(example, clause, f"examples[{number}].clause", line, [leaf.place for leaf in found])


def _notices(pack: "PolicyPack", try_all: TryExamples) -> bool:
    try:
        return not all(each.passed for each in try_all(pack))
    except (LookupError, ValueError, TypeError, ArithmeticError, RuntimeError):
        return False  # values that fit nothing else in the pack show nothing either


def _nothing_of(example: Example, clause: str, key: str, line: int | None, places: list[str]) -> Mistake:
    if not places:
        return Mistake(
            line,
            key,
            Sentence(
                f"算例“{example.name.zh}”引用 {clause}，而没有任何取值依据该条款",
                f"the example '{example.name.en}' cites {clause}, on which no value rests",
            ),
            Sentence("请引用取值所依据的条款", "Cite the clause on which the value rests that it shows"),
        )
    return Mistake(
        line,
        key,
        Sentence(
            f"算例“{example.name.zh}”不能说明 {clause}：改动依据该条款的取值（{'、'.join(places)}），结果不变",
            f"the example '{example.name.en}' proves nothing of {clause}: other values of {', '.join(places)} change "
            "none of its figures",
        ),
        Sentence(
            "请改写算例，使其结果取决于这些取值，或引用其他条款",
            "Write it so that its figures depend on them, or cite another clause",
        ),
    )
