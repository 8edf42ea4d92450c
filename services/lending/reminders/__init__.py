"""Reminders (到期提醒) before principal or interest falls due: which are due, which were given, which were not."""
