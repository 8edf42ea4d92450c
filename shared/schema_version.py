"""Whether a database is at the schema version this code needs; a service refuses to serve on any other."""

from pathlib import Path

from shared.db import Database

ROOT = Path(__file__).resolve().parent.parent


class SchemaNotCurrent(RuntimeError):
    """The database is not at the schema version this code needs."""


def head(service: str) -> str:
    """Return the newest revision in the service's folder: version files are named after their revision, in order."""
    folder = ROOT / "services" / service / "migrations" / "versions"
    return max(file.stem for file in folder.glob("[0-9]*.py"))


async def ensure_current(service: str, database: Database) -> None:
    """Refuse to serve on a database at another revision.

    Raises:
        SchemaNotCurrent: with the command that mends it.
    """
    async with database.connection() as connection:
        exists = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        found = await connection.fetchval("SELECT version_num FROM alembic_version") if exists else None
    if found != head(service):
        raise SchemaNotCurrent(
            f"{service}: database is at {found}, code needs {head(service)}; run `python -m deploy migrate {service}`"
        )
