"""What digest writes as YAML is read back as what it was, and looks as people would write it."""

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from digest.config.plain import read_plain
from digest.config.writing import as_yaml, yaml_lines

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text("ab #:'\"[]{}*&!?,-%@\\<=~|>", max_size=6)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(10**6), 10**6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@given(VALUES)
@example("<<")
@example("=")
@example("a: b")
@example("a #b")
@example("7:30")
@example("no")
@example("x\x85y")
@example("\ufeff")
def test_a_value_is_read_back(value: Any) -> None:
    """Whatever a value is, YAML reads it back."""
    assert yaml.safe_load(f"key: {as_yaml(value)}") == {"key": value}


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.integers(1, 5))
@example({"<<": {"a": "b"}}, 2)
def test_a_block_is_read_back(block: dict[str, Any], step: int) -> None:
    """Whatever its keys and values are, a block over lines is read back."""
    assert (yaml.safe_load("\n".join(yaml_lines(block, step))) or {}) == block


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("article.card h2 > a", "article.card h2 > a"),
        ("a[rel=next]@href", "a[rel=next]@href"),
        (["a[rel=next]@href", "time@datetime"], '["a[rel=next]@href", time@datetime]'),
        ('[rel="next"]', "'[rel=\"next\"]'"),
        ("https://a.example.org/?b=c#d", "https://a.example.org/?b=c#d"),
        ("%d %B %Y", '"%d %B %Y"'),
        ("7:30", '"7:30"'),
        ("1033", '"1033"'),
        ("Côte d'Ivoire", "Côte d'Ivoire"),
        ('it\'s: "so"', '"it\'s: \\"so\\""'),
        ("a\nb", '"a\\nb"'),
        ("", '""'),
        (True, "true"),
        ({"Press Release": ["a", 1]}, "{Press Release: [a, 1]}"),
    ],
)
def test_how_it_looks(value: Any, written: str) -> None:
    """Quotes stand only where they must."""
    assert as_yaml(value) == written


@pytest.mark.parametrize("value", [None, {"a": {1, 2}}, object()])
def test_what_no_configuration_holds_is_a_mistake_of_ours(value: object) -> None:
    """Nothing is written of which nobody knows how it would be read."""
    with pytest.raises(TypeError):
        as_yaml(value)


@given(st.text("nyo0123456789:._-+eE~ ", max_size=6))
def test_no_surprise_is_written_without_quotes(text: str) -> None:
    """Text that YAML takes for something else stands in quotes."""
    assert as_yaml(text).startswith('"') or read_plain(text) == text
