"""docs/reference/sources.md says of every key what the program knows of it, and its examples are right."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic.fields import FieldInfo

from digest.config.load import parse_config
from digest.config.raw_source import RawDetail, RawSource
from digest.config.settings import ENRICHMENTS
from digest.config.source_keys import SOURCE_TYPES, TYPES_OF
from digest.config.writing import as_yaml
from digest.errors import ConfigError

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "reference/sources.md").read_text(encoding="utf-8")
HEAD = (
    "site: {title: T, url: https://t.example.org/}\n"
    "kinds: {press-release: {title: Press releases}, report: {title: Reports}, statement: {title: Statements}}\n"
)
BLOCKS = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    if block.startswith("sources:")
]
"""The examples of config.yaml; the others show files of a folder."""


def _row(key: str, field: FieldInfo, types: tuple[str, ...] | None) -> str:
    """Return the row of a key as it stands in the page."""
    said = re.sub(r"^(?:wordpress|html): ", "", field.description or "")
    example = as_yaml({key: (field.examples or [""])[0]})[1:-1]
    marked = ["plug-ins" if one == "a plug-in" else f"`{one}`" for one in types or ()]
    cells = [f"`{key}`", *([", ".join(marked) or "all"] if types is not None else []), said, f"`{example}`"]
    return f"| {' | '.join(cells)} |"


def test_every_key_has_its_row() -> None:
    """The tables hold a row for each key, with the types it is for, what it is and its example, and no other row."""
    keys = [_row(key, field, TYPES_OF.get(key, ())) for key, field in RawSource.model_fields.items()]
    detail = [_row(key, field, None) for key, field in RawDetail.model_fields.items()]
    found = [line for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") > 3]
    assert found == [*keys, *detail]


def test_every_type_has_its_chapter() -> None:
    """Each type of our own is a chapter with an example, in the order of the list."""
    assert re.findall(r"^## `(\w+)`", PAGE, re.MULTILINE) == list(SOURCE_TYPES)
    shown = {block["type"] for text in BLOCKS for block in yaml.safe_load(text)["sources"].values()}
    assert set(SOURCE_TYPES) <= shown


def _problems(block: str) -> list[str]:
    """Return what is wrong with a configuration that holds an example."""
    try:
        parse_config((HEAD + block).encode(), Path("/x/config.yaml"))
    except ConfigError as error:
        return [one.message for one in error.problems]
    return []


@pytest.mark.parametrize("block", BLOCKS)
def test_examples_can_be_used(block: str) -> None:
    """Each example, put into a configuration, is right; that of a plug-in is only wrong because none is installed."""
    assert [one for one in _problems(block) if "no source type is called `statements`" not in one] == []


def test_the_examples_use_every_key() -> None:
    """No key is only named: each stands in an example."""
    sources = [source for text in BLOCKS for source in yaml.safe_load(text)["sources"].values()]
    assert {key for source in sources for key in source} == set(RawSource.model_fields)
    assert {key for source in sources for key in source.get("detail", {})} == set(RawDetail.model_fields)


def test_what_can_be_added_is_listed() -> None:
    """The page names everything that an item's own page can add."""
    assert re.findall(r"^- `(\w+)`: ", PAGE, re.MULTILINE) == list(ENRICHMENTS)
