"""Request and response bodies of accounts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.access import Grant, Role
from shared.regions import RegionPrefix
from shared.web.bodies import Answer, Body, Reference, Text

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{2,63}$")]

GRANTS_MAX = 600  # of one account: a bank in every county of several provinces
PEOPLE_ASKED_MAX = 100  # of one question


class GrantBody(Body):
    """A role on a region; the empty region is the whole country."""

    role: Role
    region: RegionPrefix

    @property
    def grant(self) -> Grant:
        """Return it as rules see it."""
        return Grant(self.role, self.region)


class PersonBody(Body):
    """A person who signs in."""

    username: Username
    display_name: Text
    password: Annotated[str, Field(max_length=200)]
    grants: Annotated[list[GrantBody], Field(min_length=1, max_length=GRANTS_MAX)]
    organisation: Reference | None = None


class PeopleBody(Body):
    """Several people at once."""

    people: Annotated[list[PersonBody], Field(min_length=1, max_length=500)]


class ApiClientBody(Body):
    """A bank's or insurer's program."""

    client_id: Username
    display_name: Text
    client_secret: Annotated[str, Field(max_length=200)]
    organisation: Reference
    grants: Annotated[list[GrantBody], Field(min_length=1, max_length=GRANTS_MAX)]


class GrantsBody(Body):
    """Grants that an account gets besides those it has."""

    username: Username
    grants: Annotated[list[GrantBody], Field(min_length=1, max_length=GRANTS_MAX)]


class AccountsCreated(Answer):
    """How many accounts were made, and their names."""

    created_count: int
    usernames: list[str]


class GrantAnswer(Answer):
    """A role on a region."""

    role: Role
    region: str


class GrantsAdded(Answer):
    """How many grants an account got, and all it has now."""

    added_count: int
    grants: list[GrantAnswer]


class PersonAnswer(Answer):
    """The account holder behind an id: a person, or the API client of a bank or insurer."""

    id: UUID
    display_name: str
    organisation: str | None
    roles: list[GrantAnswer]
    is_active: bool


class PeopleAnswer(Answer):
    """The people asked for, in the order asked, and the ids that no account has."""

    items: list[PersonAnswer]
    unknown: list[UUID]


class EndedGrant(Answer):
    """A grant on a region that was merged or split; people choose which successors the officer goes on with."""

    username: str
    display_name: str
    role: Role
    region: str
    ended_on: date
    successors: list[str]

    @property
    def place(self) -> str:
        """Return where the grant stands in the list."""
        return f"{self.username} {self.role} {self.region}"


class Me(Answer):
    """Who the caller is and what the caller may do."""

    subject: str
    name: str
    organisation: str | None
    grants: list[GrantAnswer]
    rights: list[str]
