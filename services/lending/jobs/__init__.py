"""Jobs (定时任务): what is done for a whole county and a business date, repeatable with the same result."""
