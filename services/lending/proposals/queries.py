"""Proposals of one kind: its table and what it shows; one of them, or a list."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends

from services.lending.proposals.schemas import CorrectionState, ProposalOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import NotFound
from shared.regions import RegionCode
from shared.scope import Scope, scope_of, scope_within, seen
from shared.web.pages import Page, page_of

Shown = TypeVar("Shown", bound=ProposalOut)


class ProposalsAsked:
    """What a list of proposals is asked for: those of a region, in a state, of a loan."""

    def __init__(
        self,
        page: Page,
        region_code: RegionCode | None = None,
        state: CorrectionState | None = None,
        loan_id: UUID | None = None,
    ) -> None:
        self.page, self.region_code, self.state, self.loan_id = page, region_code, state, loan_id

    def scope_for(self, officer: Principal) -> Scope:
        """Return what of the region asked about an officer sees. Raises: OutsideRegion."""
        if self.region_code is None:
            return scope_of(officer, Right.LOANS_READ)
        return scope_within(officer, Right.LOANS_READ, self.region_code)


Asked = Annotated[ProposalsAsked, Depends()]


@dataclass(frozen=True, slots=True)
class Proposals(Generic[Shown]):
    """One kind of proposal.

    `columns` are those that it shows beside what every proposal says, of itself (`v`), of its loan (`l`) or of what
    `joins` brings; `joins` ends with the loan.
    """

    table: str
    shown: type[Shown]
    unknown: Callable[[UUID], NotFound]
    columns: str
    joins: str = "JOIN loan l ON l.id = v.loan_id"

    @property
    def selected(self) -> str:
        """Return the statement of those in a scope, whose lists are the first two parameters."""
        return f"""
SELECT v.id, l.id AS loan_id, l.contract_number, l.bank_code, l.village_code, v.reason, v.state, v.proposed_on,
  v.proposed_by, v.decided_on, v.decided_by, v.decision_reason, {self.columns}
FROM {self.table} v {self.joins} WHERE {seen("l.village_code", "l.bank_code")}
"""  # noqa: S608 - our own texts

    async def one(self, conn: Connection, proposal_id: UUID, scope: Scope) -> Shown:
        """Return one proposal. Raises: what the kind calls unknown."""
        row = await conn.fetchrow(f"{self.selected} AND v.id = $3", scope.regions, scope.banks, proposal_id)
        if row is None:
            raise self.unknown(proposal_id)
        return self.shown(**row)

    async def confirmed(self, conn: Connection, loan_id: UUID, scope: Scope) -> list[Shown]:
        """Return what was confirmed for one loan, by id."""
        chosen = f"{self.selected} AND l.id = $3 AND v.state = 'confirmed' ORDER BY v.id"
        return [self.shown(**row) for row in await conn.fetch(chosen, scope.regions, scope.banks, loan_id)]

    async def page(
        self, conn: Connection, officer: Principal, asked: ProposalsAsked, among: Collection[UUID] | None = None
    ) -> dict[str, Any]:
        """Return a page of what was asked for, by id; a bank sees its own; `among`: only some of them.

        Raises: OutsideRegion, CursorInvalid.
        """
        page, scope = asked.page, asked.scope_for(officer)
        rows = await conn.fetch(
            f"{self.selected} AND ($3::text IS NULL OR v.state = $3) AND ($4::uuid IS NULL OR l.id = $4) "
            "AND ($5::uuid IS NULL OR v.id > $5) AND ($7::uuid[] IS NULL OR v.id = ANY ($7)) ORDER BY v.id LIMIT $6",
            *(scope.regions, scope.banks, asked.state, asked.loan_id, page.after_as(UUID), page.limit + 1),
            None if among is None else list(among),
        )
        return page_of([self.shown(**row) for row in rows], page.limit, "id")
