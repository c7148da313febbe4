"""Languages: which way they are written."""

import pytest

from digest.model.language import find_direction


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he_IL", "rtl"),
        ("iw", "rtl"),
        ("ur-Latn", "ltr"),
        ("pa-Arab-PK", "rtl"),
        ("", "ltr"),
    ],
)
def test_direction(language: str, expected: str) -> None:
    """A script that is named decides the direction, else the language does."""
    assert find_direction(language) == expected
