"""A44: YAML that runs code, grows without end, says two things at once, or means something else than it says.

The tables of every form stand in tests/unit/config/test_yaml.py and test_frontmatter.py; here are the attacks, on both
places where digest reads YAML: its configuration and the front matter of an editor's file.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config.edit import add_source
from digest.config.frontmatter import read_front_matter
from digest.config.load import parse_config
from digest.errors import ConfigError
from tests.costs import assert_cheap, assert_gentle_growth

HEAD = "site: {title: Pier News, url: https://pier.example.org/}\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)

Refuse = Callable[[str], ConfigError]


def _refuse_config(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse_config((HEAD + text).encode(), Path("/x/config.yaml"))
    return caught.value


def _refuse_front_matter(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_front_matter(text, "story.md")
    return caught.value


both = pytest.mark.parametrize("refuse", [_refuse_config, _refuse_front_matter], ids=["config", "front-matter"])


@both
@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {}']",
        '!!python/object/new:os.system ["touch {}"]',
        "!!python/name:os.system x",
        "!!python/module:os x",
        "!!binary aGVsbG8=",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch {}']",
        "!file /etc/hostname",
        "!!set {a, b}",
    ],
)
def test_a44_tags_are_refused_and_never_obeyed(refuse: Refuse, tag: str, tmp_path: Path) -> None:
    """A tag of YAML, whatever it stands for, is an error at its place; nothing is constructed or run."""
    witness = tmp_path / "witness"
    error = refuse(f"var: {tag.replace('{}', str(witness))}\n")
    assert "tag" in str(error)
    assert not witness.exists()


@both
def test_a44_an_alias_bomb_is_refused_at_once(refuse: Refuse) -> None:
    """Ten billion words in ten lines are refused at the first anchor or alias, in no time."""
    assert "`&a0` is an anchor in YAML" in str(refuse(BOMB))
    assert_cheap(lambda: refuse(BOMB), lambda: refuse("a0: &a0 [x]\n" + "# words\n" * 10), below=100)


@both
def test_a44_an_alias_to_itself_is_refused(refuse: Refuse) -> None:
    """A list that holds itself is refused, and not walked through."""
    assert "`&a` is an anchor in YAML" in str(refuse("a: &a [*a]\n"))


@both
def test_a44_merged_keys_are_refused(refuse: Refuse) -> None:
    """`<<` would bring keys that nobody sees where they count."""
    assert "merges blocks" in str(refuse("feeds:\n  <<: {folder: /tmp}\n  entries: 5\n"))


@both
@pytest.mark.parametrize("text", ["var: a\nvar: b\n", "feeds: {folder: a, folder: b}\n", "'var': a\n\"var\": b\n"])
def test_a44_a_key_that_stands_twice_is_refused(refuse: Refuse, text: str) -> None:
    """Of two values none wins: YAML itself would take the last without a word."""
    assert "stands here a second time" in str(refuse(text))


@both
@pytest.mark.parametrize("shape", ["[", "{a: ", "- ", "? "])
def test_a44_endless_nesting_is_refused(refuse: Refuse, shape: str) -> None:
    """Brackets in brackets in brackets end in an error, not in the end of the stack, and cost what their size costs."""
    refuse(shape * 100_000)
    assert_gentle_growth(lambda size: lambda: refuse(shape * size), 50_000)


@pytest.mark.parametrize("word", ["no", "off", "yes", "7:30", "1_000", "0x1F", "2026-03-09", "~"])
def test_a44_norway_in_the_configuration_is_told(word: str) -> None:
    """A word that YAML reads as something else is told with the quotes that cure it, never silently changed."""
    error = _refuse_config(f"topics: {{t: {{title: T, any: [{word}]}}}}\n")
    assert "YAML reads" in str(error) or "without quotes is a number" in str(error)
    assert f'"{word}"' in str(error)


@pytest.mark.parametrize("word", ["no", "off", "yes", "7:30", "1_000", "0x1F", "2026-03-09", "1e3"])
def test_a44_norway_in_front_matter_is_itself(word: str) -> None:
    """An editor who writes `no` means Norwegian: front matter is text."""
    assert read_front_matter(f"language: {word}\n", "story.md") == {"language": word}


@pytest.mark.parametrize(
    "text", ["no", "7:30", "*a", "&a x", "!!python/name:os.system x", "a: b", "x # y", "a\n  type: text\n  path: /etc"]
)
def test_a44_what_the_program_writes_stays_text(text: str, tmp_path: Path) -> None:
    """A selector found on a stranger's page, written into config.yaml, is text there and brings no keys of its own."""
    config = tmp_path / "config.yaml"
    config.write_text(HEAD)
    add_source(config, "found", {"type": "html", "url": "https://pier.example.org/", "items": text, "title": "h2"})
    (source,) = parse_config(config.read_bytes(), config).sources
    assert source.html is not None
    assert (source.html.items, source.type, source.path) == (" ".join(text.split()), "html", None)
