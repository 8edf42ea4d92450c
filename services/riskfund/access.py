"""Who may call, one alias per right; and what a caller sees: its regions, and a bank or insurer only its own."""

from dataclasses import dataclass
from typing import Annotated

from shared.access import RIGHTS, Principal, Right, Role
from shared.web.identity import requires

ReadFunds = Annotated[Principal, requires(Right.FUNDS_READ)]
OpenFunds = Annotated[Principal, requires(Right.FUNDS_OPEN)]
ContributeToFunds = Annotated[Principal, requires(Right.FUNDS_CONTRIBUTE)]
ReserveCover = Annotated[Principal, requires(Right.COVER_RESERVE)]
ReadClaims = Annotated[Principal, requires(Right.CLAIMS_READ)]
FileClaims = Annotated[Principal, requires(Right.CLAIMS_FILE)]
AnswerClaims = Annotated[Principal, requires(Right.CLAIMS_ANSWER)]
DecideClaims = Annotated[Principal, requires(Right.CLAIMS_DECIDE)]
PayClaims = Annotated[Principal, requires(Right.CLAIMS_PAY)]
ReturnRecoveries = Annotated[Principal, requires(Right.RECOVERIES_RETURN)]
RunJobs = Annotated[Principal, requires(Right.JOBS_RUN)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller may see under one right; a code that is None does not limit."""

    regions: list[str]
    bank_code: str | None
    insurer_code: str | None

    def sees(self, village_code: str, bank_code: str) -> bool:
        """Tell whether a loan's papers lie in the caller's regions and, for a bank, with that bank."""
        in_region = any(village_code.startswith(prefix) for prefix in self.regions)
        return in_region and self.bank_code in (None, bank_code)


def scope_of(officer: Principal, right: Right) -> Scope:
    """Return what the caller sees: holding the right only as bank or insurer limits it to its organisation."""
    return Scope(officer.regions_for(right), _limit(officer, right, Role.BANK), _limit(officer, right, Role.INSURER))


def _limit(officer: Principal, right: Right, role: Role) -> str | None:
    roles = {grant.role for grant in officer.grants if grant.role in RIGHTS[right]}
    return (officer.organisation or "") if roles == {role} else None
