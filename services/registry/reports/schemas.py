"""The register in figures."""

from shared.web.bodies import Answer


class CountByCode(Answer):
    """How many there are of one kind."""

    code: str
    household_count: int


class TownshipCounts(Answer):
    """A township of the region with its households."""

    code: str
    name: str
    household_count: int
    rated_count: int


class RejectionCount(Answer):
    """How many imported rows were rejected for one reason."""

    code: str
    zh: str
    en: str
    row_count: int


class RegistryReport(Answer):
    """Registered, rated, listed and rejected in one region."""

    region_code: str
    region_name: str
    households_registered: int
    households_rated: int
    import_rows: int
    import_rows_rejected: int
    by_poverty_state: list[CountByCode]
    by_grade: list[CountByCode]
    by_township: list[TownshipCounts]
    listed_dishonesty: int
    listed_blacklist: int
    village_quotas_cut: int
    rejections: list[RejectionCount]
