"""What every test shares: Hypothesis' profiles, and the fixtures for databases."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases", "tests.desks", "tests.newsrooms", "tests.published"]

# No deadline: the machines that run these tests are shared, and a slow moment is no finding.
settings.register_profile("local", deadline=None, max_examples=100)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))
