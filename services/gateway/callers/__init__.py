"""Who is calling now: the account as it stands in the database, its regions after changes of codes, its rate."""
