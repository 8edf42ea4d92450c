"""Who may call: one alias per right."""

from typing import Annotated

from shared.access import Principal, Right
from shared.web.identity import requires

ReadRates = Annotated[Principal, requires(Right.RATES_READ)]
PublishRates = Annotated[Principal, requires(Right.RATES_PUBLISH)]
ManageProgrammes = Annotated[Principal, requires(Right.PROGRAMMES_MANAGE)]
ReadSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_READ)]
PrepareSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_PREPARE)]
ReviewSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_REVIEW)]
ApproveSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_APPROVE)]
PaySubsidies = Annotated[Principal, requires(Right.SUBSIDIES_PAY)]
ConfirmSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_CONFIRM)]
ReadProjects = Annotated[Principal, requires(Right.PROJECTS_READ)]
RunProjects = Annotated[Principal, requires(Right.PROJECTS_RUN)]
ApproveProjects = Annotated[Principal, requires(Right.PROJECTS_APPROVE)]
AcceptProjects = Annotated[Principal, requires(Right.PROJECTS_ACCEPT)]
ConfirmGrants = Annotated[Principal, requires(Right.GRANTS_CONFIRM)]
SuperviseProjects = Annotated[Principal, requires(Right.PROJECTS_SUPERVISE)]
CorrectProjects = Annotated[Principal, requires(Right.PROJECTS_CORRECT)]
ReimburseProjects = Annotated[Principal, requires(Right.PROJECTS_REIMBURSE)]
ReadAgreements = Annotated[Principal, requires(Right.AGREEMENTS_READ)]
DraftAgreements = Annotated[Principal, requires(Right.AGREEMENTS_DRAFT)]
ConfirmAgreements = Annotated[Principal, requires(Right.AGREEMENTS_CONFIRM)]
PrepareDividends = Annotated[Principal, requires(Right.DIVIDENDS_PREPARE)]
ReviewDividends = Annotated[Principal, requires(Right.DIVIDENDS_REVIEW)]
ApproveDividends = Annotated[Principal, requires(Right.DIVIDENDS_APPROVE)]
RecordDividends = Annotated[Principal, requires(Right.DIVIDENDS_RECORD)]
RunJobs = Annotated[Principal, requires(Right.JOBS_RUN)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]
