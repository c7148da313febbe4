"""The form in which an editor reads and writes the words of an item: `field: words`, one after the other."""

import asyncio
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from digest.errors import UsageError

LONGEST_FORM = 100_000
"""Bytes of a form that are read back: many times what its fields may hold."""

HEAD = """\
# Change what is wrong, save and close; you will be asked before anything is done.
# A field goes on until the next one begins. An empty kind or author is taken away.
"""


def write_form(words: Mapping[str, str]) -> str:
    """Return the form of these fields."""
    return HEAD + "".join(f"{field}: {text}\n" for field, text in words.items())


def read_form(text: str, fields: Sequence[str]) -> dict[str, str]:
    """Return the fields of a form that was filled in; one that was deleted is not in it.

    Raises: UsageError where a field stands there twice, or words belong to none.
    """
    begins = re.compile(rf"({'|'.join(map(re.escape, fields))})\s*:(.*)")
    found: dict[str, list[str]] = {}
    last: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        begun = begins.fullmatch(line)
        if begun and begun[1] in found:
            raise UsageError(f"line {number} of the form: {begun[1]} stands there a second time; nothing was changed")
        if begun:
            last = found[begun[1]] = [begun[2]]
        elif last is not None:
            last.append(line)
        elif line.strip():
            raise UsageError(f"line {number} of the form begins with no field ({', '.join(fields)}); nothing changed")
    return {field: " ".join(" ".join(lines).split()) for field, lines in found.items()}


def ask_editor(text: str) -> str:
    """Let the person edit a text in $VISUAL or $EDITOR and return it; in a file that nobody else can read.

    Raises: UsageError where there is no editor, it fails, or what it saved is no text of a form's size.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("vi" if sys.stdin.isatty() else "")
    if not editor:
        raise UsageError("nobody is there to edit: say what to change (--title, --summary …), or set $EDITOR")
    with tempfile.TemporaryDirectory(prefix="digest-edit-") as folder:
        file = Path(folder) / "item.txt"
        file.write_text(text, encoding="utf-8")
        try:
            code = asyncio.run(_start([*shlex.split(editor), str(file)]))
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the editor `{editor}` cannot be started: set $EDITOR, or use --title and so on"
            ) from error
        if code:
            raise UsageError(f"the editor `{editor}` failed ({code}); nothing was changed")
        return _read_back(file)


async def _start(command: Sequence[str]) -> int:
    """Run a program on the terminal of the caller and return its exit code."""
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait()


def _read_back(file: Path) -> str:
    try:
        data = file.read_bytes()
        if len(data) > LONGEST_FORM:
            raise UsageError(f"the form has {len(data):,} bytes, more than an item can hold; nothing was changed")
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("what the editor saved is no text in UTF-8; nothing was changed") from error
