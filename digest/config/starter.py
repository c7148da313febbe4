"""What `digest init` writes: the shipped configuration, its schema for editors, and a sample newsroom to read."""

from importlib.resources import files
from pathlib import Path

from digest.config.schema import SCHEMA_NAME, schema_json

CONFIG_NAME = "config.yaml"

_SAMPLE = "digest/demo/newsroom/"  # where the shipped configuration, in a checkout, finds the sample
_SAMPLE_IN_STARTER = "newsroom/"


def shipped_config_text() -> str:
    """Return the config.yaml that comes with digest: packaged, or in a checkout the file at its root."""
    packaged = files("digest").joinpath("_templates", CONFIG_NAME)
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / CONFIG_NAME).read_text(encoding="utf-8")


def starter_files() -> dict[str, str]:
    """Return the texts of a folder that works at once, by relative path with `/`; the configuration comes last."""
    found = {SCHEMA_NAME: schema_json()}
    for page in sorted(files("digest").joinpath("demo", "newsroom").iterdir(), key=lambda page: page.name):
        found[_SAMPLE_IN_STARTER + page.name] = page.read_text(encoding="utf-8")
    found[CONFIG_NAME] = shipped_config_text().replace(_SAMPLE, _SAMPLE_IN_STARTER)
    return found
