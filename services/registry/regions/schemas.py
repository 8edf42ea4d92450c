"""What goes in and out about regions."""

from shared.web.bodies import Answer


class RegionImportOut(Answer):
    """What a region file changed."""

    line_count: int
    added_count: int
    renamed_count: int
    unchanged_count: int


class RegionOut(Answer):
    """One region of the administrative tree."""

    code: str
    name: str
    level: str
    parent_code: str | None
