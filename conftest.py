"""Fixtures that every test may use."""

pytest_plugins = [
    "tests.plugin.ground",
    "tests.plugin.databases",
    "tests.plugin.services",
    "tests.plugin.marks",
    "tests.plugin.order",
    "tests.plugin.steadiness",
]
