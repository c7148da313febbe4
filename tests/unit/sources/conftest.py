"""Pieces of an invented newsroom's listing page."""

import pytest

HEADER = (
    "Newsroom\n\nWe report from the rivers of Ruritania.\n\n"
    "Below you’ll find songs, recipes and walks.\n\n"
    "For members of the press there is [email\u00a0protected]\n\n"
)
EXCERPT = "Responding to the closing of the ferry to Strelsau, Ada Brook, who knows the river, said:"


@pytest.fixture
def header() -> str:
    """The top of the page as it is printed before the first item."""
    return HEADER


@pytest.fixture
def excerpt() -> str:
    """An excerpt that ends in a colon, as many do."""
    return EXCERPT
