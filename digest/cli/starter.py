"""What init and demo write: a folder that works at once, whole or still to be repeated."""

import os
from collections.abc import Mapping
from pathlib import Path

from digest.config.starter import CONFIG_NAME, starter_files
from digest.errors import UsageError


def write_starter(folder: Path, more: Mapping[str, str]) -> None:
    """Write the files of a new newsroom, and `more` beside them; config.yaml comes last and says that all are there.

    Whoever is killed half-way can repeat it. Nothing of the caller's is overwritten. Raises: UsageError.
    """
    texts = starter_files()
    config = texts.pop(CONFIG_NAME)
    for name, text in {**texts, **more, CONFIG_NAME: config}.items():
        file = folder / name
        try:
            _write(file, text)
        except OSError as error:
            raise UsageError(f"{file}: cannot be written: {error.strerror}; choose another folder") from error


def _write(file: Path, text: str) -> None:
    if file.is_file() and file.read_bytes() == text.encode():
        return
    if file.exists():
        raise UsageError(f"{file} is there already and is not ours to overwrite: choose another folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(file)
    finally:
        fresh.unlink(missing_ok=True)
