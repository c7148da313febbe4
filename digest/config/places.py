"""What other rooms find wrong with a configuration that is right in itself, told at its place in the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from digest.config.compose import compose
from digest.config.document import Path as Keys
from digest.config.text import in_order, read_text
from digest.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a value: the keys that lead to it, a sentence, and a cure if there is one."""

    keys: Keys
    message: str
    suggestion: str | None = None


def locate(file: Path, findings: Iterable[Finding]) -> ConfigError:
    """Return findings as the error of a file, each with its line and caret, in the order of the file.

    The file is read again. Raises: ConfigError where it cannot be read any more.
    """
    document = compose(read_text(file))
    for one in findings:
        document.report(document.value_place(one.keys), one.message, one.suggestion)
    return in_order(document.problems)
