"""Reports (报表): the lending figures of a region, computed from the ledgers."""
