from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.config.settings import Settings
from digest.errors import ConfigError, Problem

Read = Callable[[str], Settings]
Problems = Callable[[str], tuple[Problem, ...]]

HEAD = "site: {title: Pier News, url: https://pier.example.org/}\n"


@pytest.fixture
def read() -> Read:
    """Read a configuration whose first line is a whole site, in a folder that does not exist."""
    return lambda rest: parse_config((HEAD + rest).encode(), Path("/srv/pier/config.yaml"))


@pytest.fixture
def problems() -> Problems:
    """Return what is wrong with such a configuration."""

    def find(rest: str) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as caught:
            parse_config((HEAD + rest).encode(), Path("config.yaml"))
        return caught.value.problems

    return find
