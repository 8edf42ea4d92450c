"""What households get besides loans: projects, direct grants, benefit agreements, dividends, supervision (ZJ-2 to ZJ-11)."""
