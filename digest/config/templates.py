"""Templates: the one home of Jinja2. An operator's file of the same name wins over ours, one by one."""

import os
import stat
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import jinja2
from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import TemplateError

FAULTS = (
    JinjaError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a wrong template can raise: Jinja2's own errors, those of expressions in it, and of reading its file."""


class Templates:
    """The templates in a folder of the operator's, or packaged. A template sees the names and filters it is given.

    Everything else is out of its reach, and nothing it sees can be changed by it. Compiling them takes 0.1 s of each
    process; with `compiled`, a private folder, the next process finds them there.
    """

    def __init__(
        self, folder: Path | None, filters: Mapping[str, Callable[..., Any]], compiled: Path | None = None
    ) -> None:
        self._folders = [find_templates()] if folder is None else [folder, find_templates()]
        # Jinja2's select_autoescape() takes `.html.j2` for plain text: said by hand.
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            autoescape=lambda name: name is None or name.endswith(".html.j2"),
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=None if compiled is None else _Compiled(compiled),
        )
        self._environment.filters.update(filters)

    def fill(self, name: str, names: Mapping[str, Any]) -> str:
        """Return a template filled with names.

        Raises: TemplateError, with the file and line that failed.
        """
        try:
            return self._environment.get_template(name).render(names)
        except FAULTS as error:
            template, line = _find_place(error, name)
            raise TemplateError(template, line, str(error) or type(error).__name__) from error

    def read(self, name: str) -> bytes:
        """Return the bytes of a file that is no template, such as a picture.

        Raises: TemplateError when it cannot be read.
        """
        paths = [folder / name for folder in self._folders]
        try:
            return next((path for path in paths if path.is_file()), paths[-1]).read_bytes()
        except OSError as error:
            raise TemplateError(name, None, error.strerror or str(error)) from error


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder, by the hash of their source; where they cannot be kept, all goes on without."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Another version of Jinja2 may compile otherwise.
        super().__init__(str(folder), f"{jinja2.__version__}-%s")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            if self._is_private():
                super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if self._is_private():
                super().dump_bytecode(bucket)

    def _is_private(self) -> bool:
        """Tell whether nobody else may write into the folder, since code is run from it."""
        about = os.lstat(self._folder)
        return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o022


def find_templates() -> Path:
    """Return the folder of our own templates: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_templates"
    return packaged if packaged.is_dir() else package.parent / "templates"


def _find_place(error: BaseException, name: str) -> tuple[str, int | None]:
    """Return the template and line that failed: Jinja2 puts them into the traceback, the innermost last."""
    if isinstance(error, TemplateSyntaxError):
        return (error.name or name, error.lineno)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return (name, None)
    path = Path(frames[-1].filename)
    return (f"{path.parent.name}/{path.name}", frames[-1].lineno)
