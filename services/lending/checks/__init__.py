"""Checks before and during the procedure (贷前摸底、贷中审查): who looked at an application, when, what was found."""
