"""Who does what in the life of the loans, drawn from a seed: who prepays, is late, defaults, and what goes wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from random import Random
from typing import Final

from tools.demo.county import County, Loan

STORY_SEED: Final = 20181220
SHARES: Final = {"prepaid": Decimal("0.012"), "late": Decimal("0.010"), "unpaid": Decimal("0.002")}
DEFAULTS_AT_FULL_SIZE: Final = 24
SMALLEST_DEFAULTS: Final = 4  # one death with insurance, one malicious, two failed businesses
LIVES_ON: Final = timedelta(days=60)


@dataclass(frozen=True)
class Mistake:
    """A household settles its loan, and its bank posts the money on the loan of another household (串户)."""

    payer: Loan
    other: Loan


@dataclass(frozen=True)
class Story:
    """Who does what, drawn from a seed."""

    prepay: tuple[Loan, ...]
    late: frozenset[str]
    default: tuple[Loan, ...]
    unpaid: frozenset[str]
    cured: Loan | None = None  # in default, and paid before the fund had to
    mistake: Mistake | None = None

    @property
    def settled_early(self) -> frozenset[str]:
        """Return the contracts that were settled before they fell due."""
        return contracts((*self.prepay, *([self.mistake.payer] if self.mistake else [])))

    @property
    def in_default(self) -> frozenset[str]:
        """Return the contracts whose principal is not repaid when it falls due."""
        return contracts((*self.default, *([self.cured] if self.cured else [])))


def draw_story(county: County) -> Story:
    """Choose who prepays, who pays late, who defaults, who owes the last interest, and whose money goes astray."""
    rng = Random(STORY_SEED)
    first = sorted(county.first_loans, key=lambda loan: loan.contract_number)
    shortest = min(loan.term_months for loan in first)
    short = [loan for loan in first if loan.term_months == shortest]
    candidates = [loan for loan in short if loan.matures_on <= county.life.defaulters_mature_by]
    wanted = max(SMALLEST_DEFAULTS, round(DEFAULTS_AT_FULL_SIZE * county.plan.scale))
    default = tuple(rng.sample(candidates, min(wanted, len(candidates))))
    others = [loan for loan in first if loan.term_months > shortest] or [loan for loan in short if loan not in default]
    allowed = county.pack.loan_terms().prepayment_allowed
    prepay = tuple(_some(others, len(first), "prepaid", rng)) if allowed else ()
    payers = [loan for loan in others if loan not in prepay]
    late, unpaid = _some(payers, len(first), "late", rng), _some(payers, len(first), "unpaid", rng)
    punctual = [loan for loan in payers if loan not in late and loan not in unpaid]
    left = [loan for loan in candidates if loan not in {*default, *prepay, *late, *unpaid}]
    cured = rng.choice(left) if left else None
    mistake = _mistake(county, [loan for loan in punctual if loan != cured]) if allowed else None
    return Story(prepay, contracts(late), default, contracts(unpaid), cured, mistake)


def _mistake(county: County, loans: Sequence[Loan]) -> Mistake | None:
    """Return the smallest and the largest loan of one bank that both outlive the day on which it is put right."""
    until = county.life.righted_on + LIVES_ON
    long = sorted((loan for loan in loans if loan.matures_on > until), key=lambda loan: loan.bank_code)
    for _, of_bank in groupby(long, key=lambda loan: loan.bank_code):
        payer, *rest = sorted(of_bank, key=lambda loan: (loan.principal, loan.contract_number))
        if rest:
            return Mistake(payer, rest[-1])
    return None


def _some(loans: Sequence[Loan], of: int, kind: str, rng: Random) -> list[Loan]:
    return rng.sample(loans, min(len(loans), max(1, round(of * SHARES[kind]))))


def contracts(loans: Iterable[Loan]) -> frozenset[str]:
    """Return the loans' contract numbers."""
    return frozenset(loan.contract_number for loan in loans)
