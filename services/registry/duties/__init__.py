"""Duties (履职事项): what an office owes by the county's rules, when it fell due, who did it on what evidence."""
