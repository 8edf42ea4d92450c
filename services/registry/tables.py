"""All tables of the registry on one metadata, for migrations and the check that both agree."""

from services.registry.changes import tables as changes
from services.registry.demonstrations import tables as demonstrations
from services.registry.documents import tables as documents
from services.registry.duplicates import tables as duplicates
from services.registry.eligibility import tables as eligibility
from services.registry.entities import tables as entities
from services.registry.files import tables as files
from services.registry.households import tables as households
from services.registry.imports import tables as imports
from services.registry.lists import tables as lists
from services.registry.metadata import metadata
from services.registry.packs import tables as packs
from services.registry.rating import tables as rating
from services.registry.regions import tables as regions
from services.registry.simulations import tables as simulations

__all__ = [
    "changes",
    "demonstrations",
    "documents",
    "duplicates",
    "eligibility",
    "entities",
    "files",
    "households",
    "imports",
    "lists",
    "metadata",
    "packs",
    "rating",
    "regions",
    "simulations",
]
