"""Linkages (利益联结): an orchard leased to households with a floor price, and jobs that partners are offered first."""
