"""config.yaml → frozen settings, or everything that is wrong with it.

    file | decode | YAML with places | shapes | names that must exist | settings

Each step adds its problems, and only a step that cannot go on without its result ends the reading.
"""

from pathlib import Path

from pydantic import ValidationError

from digest.config.build import build_settings
from digest.config.checks import check_references
from digest.config.compose import compose
from digest.config.document import Document
from digest.config.messages import report_shape_error, report_surprises
from digest.config.raw import RawSettings
from digest.config.settings import Settings
from digest.config.text import ConfigText, decode_text, in_order, read_text


def load_config(path: Path) -> Settings:
    """Read and check a configuration; relative paths in it count from its own folder.

    Raises:
        ConfigError: with all problems, in the order of the file.
    """
    return _parse(read_text(path), path)


def parse_config(content: bytes, path: Path) -> Settings:
    """Check the bytes of a configuration as if they stood in the file `path`; nothing is read.

    Raises:
        ConfigError: with all problems, in the order of the file.
    """
    return _parse(decode_text(str(path), content), path)


def _parse(text: ConfigText, path: Path) -> Settings:
    document = compose(text)
    raw = _check(document)
    if document.problems or raw is None:
        raise in_order(document.problems)
    return build_settings(raw, document, path.absolute())


def _check(document: Document) -> RawSettings | None:
    """Report what is wrong in the document; return its shape if that is right."""
    raw = None
    try:
        raw = RawSettings.model_validate(document.data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            report_shape_error(details, document)
    report_surprises(document)
    check_references(document)
    return raw
