"""Who may call: one alias per right."""

from typing import Annotated

from shared.access import Principal, Right
from shared.web.identity import requires

ReadRegions = Annotated[Principal, requires(Right.REGIONS_READ)]
LoadRegions = Annotated[Principal, requires(Right.REGIONS_LOAD)]
ReadPacks = Annotated[Principal, requires(Right.PACKS_READ)]
SubmitPacks = Annotated[Principal, requires(Right.PACKS_SUBMIT)]
ConfirmPacks = Annotated[Principal, requires(Right.PACKS_CONFIRM)]
ReadHouseholds = Annotated[Principal, requires(Right.HOUSEHOLDS_READ)]
ImportHouseholds = Annotated[Principal, requires(Right.HOUSEHOLDS_IMPORT)]
ExportHouseholds = Annotated[Principal, requires(Right.HOUSEHOLDS_EXPORT)]
MarkHouseholds = Annotated[Principal, requires(Right.HOUSEHOLDS_MARK)]
ProposeChanges = Annotated[Principal, requires(Right.CHANGES_PROPOSE)]
DecideChanges = Annotated[Principal, requires(Right.CHANGES_DECIDE)]
AssignHelpers = Annotated[Principal, requires(Right.HELPERS_ASSIGN)]
RecordFamilyDebts = Annotated[Principal, requires(Right.FAMILY_DEBTS_RECORD)]
SettleDuplicates = Annotated[Principal, requires(Right.DUPLICATES_SETTLE)]
CorrectAccounts = Annotated[Principal, requires(Right.ACCOUNTS_CORRECT)]
RevealAccounts = Annotated[Principal, requires(Right.ACCOUNTS_REVEAL)]
ScoreRatings = Annotated[Principal, requires(Right.RATINGS_SCORE)]
ReviewRatings = Annotated[Principal, requires(Right.RATINGS_REVIEW)]
FinaliseRatings = Annotated[Principal, requires(Right.RATINGS_FINALISE)]
CheckEligibility = Annotated[Principal, requires(Right.ELIGIBILITY_CHECK)]
ReadLists = Annotated[Principal, requires(Right.LISTS_READ)]
ProposeListings = Annotated[Principal, requires(Right.LISTS_PROPOSE)]
AppealListings = Annotated[Principal, requires(Right.LISTS_APPEAL)]
DecideListings = Annotated[Principal, requires(Right.LISTS_DECIDE)]
ReadEntities = Annotated[Principal, requires(Right.ENTITIES_READ)]
RegisterEntities = Annotated[Principal, requires(Right.ENTITIES_REGISTER)]
CheckEntities = Annotated[Principal, requires(Right.ENTITIES_CHECK)]
AssessEntities = Annotated[Principal, requires(Right.ENTITIES_ASSESS)]
ConfirmEntities = Annotated[Principal, requires(Right.ENTITIES_CONFIRM)]
BindEntities = Annotated[Principal, requires(Right.ENTITIES_BIND)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]
