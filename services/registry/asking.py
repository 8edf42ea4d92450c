"""Questions that a service asks in an officer's name: answered within that officer's regions, and no wider."""

from typing import Annotated, Final

from pydantic import Field

from shared.access import Principal, Right, Role
from shared.errors import Invalid
from shared.regions import RegionPrefix, overlap

ASKER_REGIONS_MAX: Final = 1000  # the grants of one officer, with the earlier codes of their regions

AskerRegions = Annotated[tuple[RegionPrefix, ...], Field(min_length=1, max_length=ASKER_REGIONS_MAX)] | None


class AskerRegionsMissing(Invalid):
    """A service asks without saying in whose regions."""

    code = "asker-regions-missing"
    title = "未注明经办人辖区 Asker's regions missing"

    def __init__(self) -> None:
        super().__init__(
            zh="服务代他人查询时，须在 asker_regions 中注明经办人的辖区。",
            en="A service asks in somebody's name: name the regions of that officer in asker_regions.",
        )


def scopes_asked(caller: Principal, right: Right, asker_regions: tuple[str, ...] | None) -> list[str]:
    """Return the region prefixes in which a question is answered: the caller's own, narrowed to the asker's.

    Raises:
        AskerRegionsMissing: a service asks and does not say in whose regions.
    """
    granted = caller.regions_for(right)
    if asker_regions is not None:
        return overlap(granted, asker_regions)
    if caller.has_role(Role.SERVICE):
        raise AskerRegionsMissing
    return granted
