"""Who may call: one alias per right."""

from typing import Annotated

from shared.access import Principal, Right
from shared.web.identity import requires

ReadFunds = Annotated[Principal, requires(Right.FUNDS_READ)]
OpenFunds = Annotated[Principal, requires(Right.FUNDS_OPEN)]
ContributeToFunds = Annotated[Principal, requires(Right.FUNDS_CONTRIBUTE)]
ProposeFundMovements = Annotated[Principal, requires(Right.FUNDS_PROPOSE)]
DecideFundMovements = Annotated[Principal, requires(Right.FUNDS_DECIDE)]
ReserveCover = Annotated[Principal, requires(Right.COVER_RESERVE)]
ReadClaims = Annotated[Principal, requires(Right.CLAIMS_READ)]
FileClaims = Annotated[Principal, requires(Right.CLAIMS_FILE)]
AnswerClaims = Annotated[Principal, requires(Right.CLAIMS_ANSWER)]
DecideClaims = Annotated[Principal, requires(Right.CLAIMS_DECIDE)]
PayClaims = Annotated[Principal, requires(Right.CLAIMS_PAY)]
ConfirmPolicies = Annotated[Principal, requires(Right.INSURANCE_CONFIRM)]
CancelPolicies = Annotated[Principal, requires(Right.INSURANCE_CANCEL)]
PledgePolicies = Annotated[Principal, requires(Right.INSURANCE_PLEDGE)]
ReleasePledges = Annotated[Principal, requires(Right.INSURANCE_RELEASE)]
RecordGuarantees = Annotated[Principal, requires(Right.GUARANTEES_RECORD)]
WithdrawGuarantees = Annotated[Principal, requires(Right.GUARANTEES_WITHDRAW)]
ReturnRecoveries = Annotated[Principal, requires(Right.RECOVERIES_RETURN)]
RunJobs = Annotated[Principal, requires(Right.JOBS_RUN)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]
