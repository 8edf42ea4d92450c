"""Why something about a list is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.vocabulary.load import value_words


class ListingUnknown(NotFound):
    """No such entry, or not in the caller's region."""

    code = "listing-unknown"
    title = "名单记录不存在 List entry unknown"

    def __init__(self, listing_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有名单记录 {listing_id}，请在名单中查找。",
            en=f"There is no list entry {listing_id} in your region; look it up on the list.",
            listing_id=str(listing_id),
        )


class ListingRequestUnknown(NotFound):
    """No such request, or not in the caller's region."""

    code = "listing-request-unknown"
    title = "名单申请不存在 List request unknown"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有名单申请 {request_id}，请在名单申请列表中查找。",
            en=f"There is no request {request_id} about a list in your region; list the requests to find it.",
            listing_request_id=str(request_id),
        )


class SubjectNotOne(Invalid):
    """A proposal or question names no subject, or two."""

    code = "one-subject-needed"
    title = "须指定一户或一个主体 One household or one entity"

    def __init__(self) -> None:
        super().__init__(
            zh="请填写一户农户或一个实施主体，不得同时填写，也不得都不填。",
            en="Name either one household or one implementing entity, not both and not neither.",
        )


class AlreadyListed(Refused):
    """An officer's entry on that list holds already."""

    code = "already-listed"
    title = "已在名单 Already listed"

    def __init__(self, list_name: str, listed_on: date) -> None:
        super().__init__(
            zh=f"该对象已于 {listed_on} 经办理列入{value_words()[list_name].zh}，目前仍然有效，无需再次列入。",
            en=f"Officers entered it on the {list_name} list on {listed_on} already, and the entry is still in "
            "force; no second one is needed.",
            list_name=list_name,
            listed_on=listed_on.isoformat(),
        )


class ListingRequestOpen(Refused):
    """Another request about the same thing waits for its decision."""

    code = "listing-request-open"
    title = "已有待决申请 A request is open"

    def __init__(self, kind: str, request_id: UUID, decision_due_on: date) -> None:
        super().__init__(
            zh=f"{value_words()[kind].zh}申请 {request_id} 尚未决定，应于 {decision_due_on} 前决定，请等待结果。",
            en=f"The {kind} {request_id} is still open, to be decided by {decision_due_on}; wait for the decision.",
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
            zh=f"名单记录 {listing_id} 已于 {cleared_on} 移出，无需再申请。",
            en=f"The entry {listing_id} was cleared on {cleared_on}; there is nothing left to request.",
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
            zh=f"该记录源于贷款 {loan_id}，贷款还清后自动移出；记录有误的，请提出申诉。",
            en=f"This entry rests on loan {loan_id}; it is cleared by itself when nothing is owed on the loan any "
            "more. If the entry is wrong, file an appeal.",
            loan_id=str(loan_id),
        )


class ListingRequestDecided(Refused):
    """The request was decided before."""

    code = "listing-request-decided"
    title = "该申请已决定 Request decided"

    def __init__(self, request_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"名单申请 {request_id} 的状态已是“{value_words()[state].zh}”，申请只决定一次。",
            en=f"The request {request_id} was {state} already; a decision is made once.",
            listing_request_id=str(request_id),
            state=state,
        )


class OwnEntryAppealed(NotAllowed):
    """Who made an entry may not judge the appeal against it."""

    code = "own-entry-appealed"
    title = "申诉须由他人裁决 Another officer decides the appeal"

    def __init__(self, person: str) -> None:
        super().__init__(
            zh=f"{person} 提出或决定了被申诉的名单记录，请由未参与的人员裁决。",
            en=f"{person} proposed or decided the entry that the appeal is against; ask an officer who took no part.",
            person=person,
        )
