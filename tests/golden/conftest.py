"""Golden files: bytes that were looked at once, and change only with somebody's eyes on the diff."""

from collections.abc import Callable
from pathlib import Path

import pytest

CheckGolden = Callable[[Path, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, for `pytest tests/golden --update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files; review the diff")


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> CheckGolden:
    """Return a check that a golden file holds these bytes; `--update-golden` writes them instead."""

    def check(path: Path, content: bytes) -> None:
        if request.config.getoption("--update-golden", default=False):
            path.write_bytes(content)
        assert path.is_file(), f"no {path.name} yet: run pytest tests/golden --update-golden"
        assert content.decode().splitlines() == path.read_text(encoding="utf-8").splitlines()
        assert content == path.read_bytes()

    return check
