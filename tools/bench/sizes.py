"""How much is measured: the full run, and a small one that only shows that everything works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts and seconds of one run."""

    rounds: int  # how often ours and the floor take turns
    file_lines: int  # loans that a bank's file pays on, and that single repayments are spread over
    load_seconds: float
    warm_up_seconds: float
    paced_seconds: float
    paced_per_second: int
    events: int  # loans whose events are drained
    county_scale: str  # share of a county's 12 000 households
    country_share: float  # of the 665 276 regions of the whole country
    screened_households: int  # of a large county, asked at once who may borrow
    days_loans: tuple[int, int]  # of a small and of a large county, whose day is run
    sheet_rows: int  # of a large county's household sheet
    subsidy_loans: tuple[int, int]  # of a county whose batch is approved, and of a large one

    @property
    def paced_loans(self) -> int:
        """Return how many loans the steady repayments are spread over."""
        return max(200, int(self.paced_seconds * self.paced_per_second) // 2)

    @property
    def loans(self) -> int:
        """Return how many loans there are: for files and single repayments, the steady rate, draining, the replay."""
        return self.file_lines + self.paced_loans + self.events + 1

    @property
    def file_loans(self) -> tuple[int, int]:
        """Return first and last number of the loans of files and single repayments."""
        return 1, self.file_lines

    @property
    def steady_loans(self) -> tuple[int, int]:
        """Return first and last number of the loans of the steady rate."""
        return self.file_lines + 1, self.file_lines + self.paced_loans

    @property
    def drained_loans(self) -> tuple[int, int]:
        """Return first and last number of the loans whose events are drained."""
        return self.file_lines + self.paced_loans + 1, self.loans - 1

    @property
    def replayed_loan(self) -> int:
        """Return the number of the loan that is computed anew: nothing else is recorded of it."""
        return self.loans


FULL: Final = Sizes(
    rounds=3,
    file_lines=100_000,
    load_seconds=4.0,
    warm_up_seconds=1.5,
    paced_seconds=8.0,
    paced_per_second=200,
    events=10_000,
    county_scale="1",
    country_share=1.0,
    screened_households=100_000,
    days_loans=(10_000, 1_000_000),
    sheet_rows=100_000,
    subsidy_loans=(11_000, 1_000_000),
)
QUICK: Final = Sizes(
    rounds=1,
    file_lines=4_000,
    load_seconds=1.5,
    warm_up_seconds=1.0,
    paced_seconds=2.0,
    paced_per_second=200,
    events=2_000,
    county_scale="0.05",
    country_share=0.02,
    screened_households=4_000,
    days_loans=(1_000, 20_000),
    sheet_rows=4_000,
    subsidy_loans=(1_000, 20_000),
)
