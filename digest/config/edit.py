"""config.yaml changed by the program: a source more, and not a character else."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from digest.config.compose import compose
from digest.config.insert import insert_source
from digest.config.load import parse_config
from digest.config.raw_source import RawSource
from digest.config.text import decode_text, read_bytes
from digest.config.writing import yaml_lines
from digest.errors import ConfigError, UsageError

_BOM = b"\xef\xbb\xbf"


def source_yaml(id_: str, source: Mapping[str, object]) -> str:
    """Return a source as lines to paste under `sources:`, indented by two spaces, with a line break at the end."""
    return "".join(f"  {line}\n" for line in yaml_lines({id_: _in_order(source)}))


def add_source(config: Path, id_: str, source: Mapping[str, object]) -> None:
    """Write a source into a configuration, after those that are there; its comments, order and style stay.

    The file is replaced as a whole, after what it will hold has been checked.

    Raises:
        ConfigError: the file is broken as it is, or would be with this source.
        UsageError: there is a source of that id, or the file cannot be written.
    """
    content = read_bytes(config)
    text = decode_text(str(config), content).text
    _check_old(config, content, id_)
    fresh = insert_source(text, id_, _in_order(source)).encode()
    if content.startswith(_BOM):
        fresh = _BOM + fresh
    parse_config(fresh, config)
    if _data(fresh) != _with_source(_data(content), id_, source):
        raise UsageError(f"{config}: digest finds no place in it for a source; write it in by hand")
    _replace(config, content, fresh)


def _in_order(source: Mapping[str, object]) -> dict[str, object]:
    """Return the keys of a source in the order of the reference, unknown ones last."""
    known = {key: source[key] for key in RawSource.model_fields if key in source}
    return known | {key: value for key, value in source.items() if key not in known}


def _check_old(config: Path, content: bytes, id_: str) -> None:
    """Refuse a broken file and an id that is taken; `sources:` without a value is what this mends."""
    document = compose(decode_text(str(config), content))
    if id_ in document.block("sources"):
        line = document.key_place(("sources", id_)).line
        raise UsageError(f"{config}:{line}: there is a source `{id_}` already: choose another id")
    empty = document.key_place(("sources",)).line if document.value(("sources",)) == "" else 0
    try:
        parse_config(content, config)
    except ConfigError as error:
        if problems := tuple(one for one in error.problems if one.line != empty):
            raise ConfigError(problems) from error


def _data(content: bytes) -> object:
    return compose(decode_text("", content)).data


def _with_source(data: object, id_: str, source: Mapping[str, object]) -> object:
    assert isinstance(data, dict)
    return data | {"sources": (data.get("sources") or {}) | {id_: _plain(source)}}


def _plain(value: object) -> object:
    """Return a value as YAML gives it back: blocks and lists, whatever they were."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _replace(config: Path, seen: bytes, fresh: bytes) -> None:
    """Put new content in the place of a file, or of what a link leads to; readers see the old or the new, whole."""
    target = config.resolve()
    temporary: Path | None = None
    try:
        with NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(fresh)
            file.flush()
            _copy_owner(target, file.fileno())
            os.fsync(file.fileno())
        if target.read_bytes() != seen:
            raise UsageError(f"{config} was changed by somebody else at this moment: try again")
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise UsageError(f"{config} cannot be written: {error.strerror}; it is as it was") from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _copy_owner(target: Path, descriptor: int) -> None:
    status = target.stat()
    with suppress(PermissionError):  # nobody but root gives files away
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
