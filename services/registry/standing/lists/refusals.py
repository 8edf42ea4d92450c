"""Why something about a list is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused


class ListingUnknown(NotFound):
    """No such entry, or not in the caller's region."""

    code = "listing-unknown"
    title = "名单记录不存在 List entry unknown"

    def __init__(self, listing_id: UUID) -> None:
        super().__init__(f"There is no list entry {listing_id} in your region.", listing_id=str(listing_id))


class ListingRequestUnknown(NotFound):
    """No such request, or not in the caller's region."""

    code = "listing-request-unknown"
    title = "名单申请不存在 List request unknown"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(
            f"There is no request {request_id} about a list in your region.", listing_request_id=str(request_id)
        )


class SubjectNotOne(Invalid):
    """A proposal or question names no subject, or two."""

    code = "one-subject-needed"
    title = "须指定一户或一个主体 One household or one entity"

    def __init__(self) -> None:
        super().__init__("Name either one household or one implementing entity, not both and not none.")


class AlreadyListed(Refused):
    """An officer's entry on that list holds already."""

    code = "already-listed"
    title = "已在名单 Already listed"

    def __init__(self, list_name: str, listed_on: date) -> None:
        super().__init__(
            f"Officers entered it on the {list_name} list on {listed_on} already, and the entry still holds; "
            "no second one is needed.",
            list_name=list_name,
            listed_on=listed_on.isoformat(),
        )


class ListingRequestOpen(Refused):
    """Another request about the same thing waits for its decision."""

    code = "listing-request-open"
    title = "已有待决申请 A request is open"

    def __init__(self, kind: str, request_id: UUID, decision_due_on: date) -> None:
        super().__init__(
            f"The {kind} {request_id} is still open, to be decided by {decision_due_on}; wait for the decision.",
            kind=kind,
            listing_request_id=str(request_id),
            decision_due_on=decision_due_on.isoformat(),
        )


class ListingCleared(Refused):
    """The entry does not hold any more."""

    code = "listing-cleared"
    title = "该记录已移出 Entry cleared"

    def __init__(self, listing_id: UUID, cleared_on: date) -> None:
        super().__init__(
            f"The entry {listing_id} was cleared on {cleared_on}; there is nothing left to ask for.",
            listing_id=str(listing_id),
            cleared_on=cleared_on.isoformat(),
        )


class RemovalNeedsRepayment(Refused):
    """An entry over a loan is cleared by the loan's repayment alone."""

    code = "removal-needs-repayment"
    title = "还清贷款后自动移出 Removal needs repayment"
    clause = "LG-22"

    def __init__(self, loan_id: UUID) -> None:
        super().__init__(
            f"This entry rests on loan {loan_id}; it is cleared by itself when nothing is owed on the loan any more. "
            "If the entry is wrong, file an appeal.",
            loan_id=str(loan_id),
        )


class ListingRequestDecided(Refused):
    """The request was decided before."""

    code = "listing-request-decided"
    title = "该申请已决定 Request decided"

    def __init__(self, request_id: UUID, state: str) -> None:
        super().__init__(
            f"The request {request_id} was {state} already; a decision is made once.",
            listing_request_id=str(request_id),
            state=state,
        )


class OwnEntryAppealed(NotAllowed):
    """Who made an entry may not judge the appeal against it."""

    code = "own-entry-appealed"
    title = "申诉须由他人裁决 Another officer decides the appeal"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"{person} proposed or decided the entry that the appeal is against; ask an officer who took no part.",
            person=person,
        )
