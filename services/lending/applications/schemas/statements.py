"""What is stated with an application besides household, amount, term and purpose."""

from datetime import date

from shared.money import ZERO, Money
from shared.policy.vocabulary import LoanSecurity, ProjectStage
from shared.web.bodies import Answer, Body, HappenedOn, Sha256


class ConsentIn(Body):
    """That the household itself wants this application filed: when it said so, and the digest of what it signed."""

    given_on: HappenedOn
    sha256: Sha256 | None = None


class StatementIn(Body):
    """What the household, and for a longer term the bank, states besides; judged where the county's pack asks for it.

    An amount of 0.00 was not stated. Clauses: JN-3, JN-4, MS-1, MS-2, SX-10, XX-1.
    """

    project_stage: ProjectStage = ProjectStage.PLANNED
    project_investment: Money = ZERO
    repayable_amount: Money = ZERO
    security: LoanSecurity = LoanSecurity.CREDIT
    accepts_supervision: bool = False
    volunteers: bool = False
    takes_part: bool = False
    consent: ConsentIn | None = None

    @property
    def consented_on(self) -> date | None:
        """Return the day of the household's consent, or None."""
        return self.consent.given_on if self.consent else None


class ConsentOut(Answer):
    """The household's consent to its application."""

    given_on: date
    sha256: str | None


class StatementOut(Answer):
    """What was stated with the application."""

    project_stage: ProjectStage
    project_investment: Money
    repayable_amount: Money
    security: LoanSecurity
    accepts_supervision: bool
    volunteers: bool
    takes_part: bool
    consent: ConsentOut | None
