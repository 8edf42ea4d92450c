"""Settings of the property tests of the interest engine."""

from hypothesis import settings

# Two busy cores stall an example now and then; a slow example is no wrong one. All else stays as the profile in use.
settings.register_profile("no-deadline", parent=settings(), deadline=None)
settings.load_profile("no-deadline")
