"""Who may call: one alias per right."""

from typing import Annotated

from shared.access import Principal, Right
from shared.web.identity import requires

FileApplications = Annotated[Principal, requires(Right.APPLICATIONS_FILE)]
ExplainRefusals = Annotated[Principal, requires(Right.REFUSALS_EXPLAIN)]
WithdrawExplanations = Annotated[Principal, requires(Right.EXPLANATIONS_WITHDRAW)]
HandOverApplications = Annotated[Principal, requires(Right.APPLICATIONS_HAND_OVER)]
ReadApplications = Annotated[Principal, requires(Right.APPLICATIONS_READ)]
SignApplications = Annotated[Principal, requires(Right.APPLICATIONS_SIGN)]
ConfirmDefaults = Annotated[Principal, requires(Right.DEFAULTS_CONFIRM)]
ReportDefaults = Annotated[Principal, requires(Right.DEFAULTS_REPORT)]
RunJobs = Annotated[Principal, requires(Right.JOBS_RUN)]
RecordLegacyLoans = Annotated[Principal, requires(Right.LEGACY_LOANS_RECORD)]
ReadLenders = Annotated[Principal, requires(Right.LENDERS_READ)]
AssignLenders = Annotated[Principal, requires(Right.LENDERS_ASSIGN)]
RegisterLenders = Annotated[Principal, requires(Right.LENDERS_REGISTER)]
DisburseLoans = Annotated[Principal, requires(Right.LOANS_DISBURSE)]
ReadLoans = Annotated[Principal, requires(Right.LOANS_READ)]
RaiseObjections = Annotated[Principal, requires(Right.OBJECTIONS_RAISE)]
SettleObjections = Annotated[Principal, requires(Right.OBJECTIONS_SETTLE)]
RateHouseholds = Annotated[Principal, requires(Right.RATINGS_FINALISE)]
RunPublicNotices = Annotated[Principal, requires(Right.PUBLIC_NOTICES_RUN)]
ReviewClasses = Annotated[Principal, requires(Right.CLASSES_REVIEW)]
RecordCollections = Annotated[Principal, requires(Right.COLLECTIONS_RECORD)]
SignPlans = Annotated[Principal, requires(Right.PLANS_SIGN)]
RecordPursuits = Annotated[Principal, requires(Right.PURSUITS_RECORD)]
ReadQuotes = Annotated[Principal, requires(Right.QUOTES_READ)]
RecordRecoveries = Annotated[Principal, requires(Right.RECOVERIES_RECORD)]
CorrectRepayments = Annotated[Principal, requires(Right.REPAYMENTS_CORRECT)]
RecordChecks = Annotated[Principal, requires(Right.DUTIES_RECORD)]
SendNews = Annotated[Principal, requires(Right.TESTIMONIES_RECORD)]
WithdrawNews = Annotated[Principal, requires(Right.TESTIMONIES_WITHDRAW)]
FollowUpLoans = Annotated[Principal, requires(Right.LOANS_FOLLOW_UP)]
RecordRepayments = Annotated[Principal, requires(Right.REPAYMENTS_RECORD)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]
