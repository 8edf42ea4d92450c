"""What households get besides loans: projects, grants, benefit agreements, dividends, supervision (ZJ-2 to ZJ-11)."""
