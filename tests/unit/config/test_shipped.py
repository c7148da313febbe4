"""The configuration that comes with digest, and what `digest init` makes of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.config.load import load_config, parse_config
from digest.config.raw import RawSettings
from digest.config.schema import SCHEMA_NAME, schema_json
from digest.config.starter import shipped_config_text, starter_files
from tests.costs import Work, assert_cheap, assert_gentle_growth

ROOT = Path(__file__).parents[3]


def test_shipped_config_is_right() -> None:
    """The shipped configuration has no problem, and holds a newsroom, its topics, regions and two lists."""
    settings = load_config(ROOT / "config.yaml")
    assert {source.type for source in settings.sources} == {"text"}
    assert [mailing.id for mailing in settings.lists] == ["daily", "weekly"]
    assert (len(settings.topics), len(settings.regions)) == (18, 7)
    assert settings.mail.transport == "maildir"
    assert all(topic.description for topic in settings.topics)


def test_shipped_config_names_its_schema() -> None:
    """Editors find the schema by the first line."""
    assert shipped_config_text().startswith(f"# yaml-language-server: $schema={SCHEMA_NAME}\n")
    assert shipped_config_text() == (ROOT / "config.yaml").read_text(encoding="utf-8")


def test_sample_is_where_the_config_says() -> None:
    """The source of the shipped configuration has files to read."""
    path = load_config(ROOT / "config.yaml").sources[0].path
    assert path is not None
    assert list(Path(path).parent.glob(Path(path).name))


def test_schema_is_current() -> None:
    """The committed schema is the one that the shapes give."""
    assert (ROOT / SCHEMA_NAME).read_text(encoding="utf-8") == schema_json()


def test_schema_describes_every_key() -> None:
    """Every key has a description and, where it is no block, an example that the shapes accept."""
    schema = json.loads(schema_json())
    for shape in (schema, *schema["$defs"].values()):
        assert shape["additionalProperties"] is False
        for key, field in shape["properties"].items():
            assert field.get("description") or schema["$defs"][field["$ref"].rpartition("/")[2]]["description"], key
            assert field.get("examples") or "$ref" in field or "patternProperties" in field, key


def test_schema_has_no_null() -> None:
    """A key is left out or has a value; an empty one is an error, and editors say so too."""
    assert "null" not in schema_json()


def test_examples_are_right() -> None:
    """What an error message suggests is no error: a configuration of all examples has the right shape."""
    schema = json.loads(schema_json())

    def example(field: dict[str, Any]) -> object:
        if "examples" in field:
            return field["examples"][0]
        if "patternProperties" in field:
            (entry,) = field["patternProperties"].values()
            return {"one": example(entry)}
        if "$ref" in field:
            shape = schema["$defs"][field["$ref"].rpartition("/")[2]]
            return {key: example(value) for key, value in shape["properties"].items()}
        raise AssertionError(field)

    RawSettings.model_validate({key: example(field) for key, field in schema["properties"].items()})


def test_starter_files_work(tmp_path: Path) -> None:
    """The files of a new folder make a configuration that is right and has something to read."""
    for name, text in starter_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = load_config(tmp_path / "config.yaml")
    assert settings.sources[0].path == str(tmp_path / "newsroom" / "*.txt")
    assert len(list(tmp_path.glob("newsroom/*.txt"))) == 2
    assert (tmp_path / SCHEMA_NAME).is_file()


def test_shipped_config_is_read_fast() -> None:
    """Judging the shipped configuration, with its 2,000 terms, costs a small multiple of reading its YAML."""
    content = shipped_config_text().encode()
    assert_cheap(_reading(content), lambda: yaml.load(content, Loader=yaml.CSafeLoader), below=8)


@pytest.mark.parametrize("terms", [10, 60])
def test_many_topics_are_read_fast(terms: int) -> None:
    """Twice as many topics, 200 for 100, cost twice as much to read."""
    rule = ", ".join(f"word{at}*" for at in range(terms))
    site = "site: {title: T, url: https://t.example.org}\ntopics:\n"

    def read(topics: int) -> Work:
        lines = (f"  t{at}: {{title: Topic {at}, any: [{rule}]}}\n" for at in range(topics))
        return _reading((site + "".join(lines)).encode())

    assert_gentle_growth(read, 100)


def _reading(content: bytes) -> Work:
    return lambda: parse_config(content, Path("config.yaml"))
