"""What every test shares: how much is tried (`--quick`, `--long`), and the plug-ins with the fixtures."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import USUAL

pytest_plugins = [
    "tests.clocks",
    "tests.commands",
    "tests.databases",
    "tests.desks",
    "tests.newsrooms",
    "tests.published",
]

QUICK = {"unit", "golden"}
"""Folders of `./run test quick`."""

# No deadline: the machines that run these tests are shared, and a slow moment is no finding.
EXAMPLES = {"quick": 15, "usual": USUAL, "long": 20 * USUAL}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say how much is tried."""
    parser.addoption("--quick", action="store_true", help="few examples of each property")
    parser.addoption("--long", action="store_true", help="many examples of each property, and a kill at every step")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis tries: always the same ones, and new ones with `--long`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts with it what it puts in the background, and the programs that tests interrupt would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = next((one for one in ("quick", "long") if config.getoption(f"--{one}")), "usual")
    settings.register_profile(
        chosen,
        deadline=None,
        max_examples=EXAMPLES[chosen],
        derandomize=chosen != "long",
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large] if chosen == "long" else [],
    )
    settings.load_profile(chosen)


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Tell whether a test should try all that it can, and not what shows the most."""
    return bool(request.config.getoption("--long"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what a quick run left out."""
    if config.getoption("--quick"):
        folders = {
            file.relative_to(Path(__file__).parent).parts[0] for file in Path(__file__).parent.rglob("test_*.py")
        }
        terminalreporter.write_line(
            f"quick: left out are {', '.join(sorted(folders - QUICK))}, and most examples of each property. "
            "./run test runs them all."
        )
