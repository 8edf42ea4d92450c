"""What goes out about grants and regions."""

from datetime import date

from shared.access import Role
from shared.web.bodies import Answer


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
