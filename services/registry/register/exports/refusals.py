"""Why this room refuses."""

from shared.errors import Invalid


class ExportTooWide(Invalid):
    """The region is larger than a county."""

    code = "export-too-wide"
    title = "导出范围过大 Export too wide"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"区划 {region_code} 大于县级，而各县表格的列不同，请逐县导出。",
            en=f"Region {region_code} is larger than a county, and each county's sheet has its own columns; export "
            "county by county.",
            region_code=region_code,
        )
