"""Answers of a child process → values, with nothing in them but our own nouns, rightly filled.

The child has read what strangers wrote, and may have run a plug-in: neither is trusted to know our classes.
"""

import io
import pickle
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_HOMES = ("digest.model.", "digest.sources.", "digest.config.settings.")
_TIMES: dict[tuple[str, str], type] = {("datetime", one.__name__): one for one in (date, datetime, timedelta, timezone)}
_BROKEN = (
    pickle.UnpicklingError, ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError,
    MemoryError, RecursionError, TypeError, ValueError,
)  # fmt: skip


class AnswerError(Exception):
    """An answer that is none; it never leaves the code that asks."""


def load_answer(data: bytes, returns: type) -> Any:
    """Return the value of an answer, a `returns` with fields of their declared types. Raises: AnswerError."""
    try:
        value = _Reader(io.BytesIO(data)).load()
        misfit = _find_misfit(value)
    except _BROKEN as error:
        raise AnswerError(str(error) or type(error).__name__) from error
    if not isinstance(value, returns):
        raise AnswerError(f"{type(value).__name__} in place of {returns.__name__}")
    if misfit:
        raise AnswerError(misfit)
    return value


class _Reader(pickle.Unpickler):
    """Admits what needs no import, times, and the dataclasses and enums of our own."""

    def find_class(self, module: str, name: str) -> type:
        if (module, name) in _TIMES:
            return _TIMES[module, name]
        # No dots: a name may not reach through a class for what else its module has imported.
        if f"{module}.".startswith(_HOMES) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}, which is none of the classes that an adapter may return")


def _find_misfit(value: object) -> str | None:
    """Return what is wrong in the fields of a dataclass, at any depth, as words; None where all is right."""
    if isinstance(value, (tuple, list)):
        return next((misfit for one in value if (misfit := _find_misfit(one))), None)
    if isinstance(value, datetime) and value.tzinfo is None:
        return "a time without a zone"
    if isinstance(value, type) or not is_dataclass(value):
        return None
    owner: type = type(value)
    return next((misfit for field in _list_fields(owner) if (misfit := field.find_misfit(value))), None)


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a dataclass: what it may be, and what its parts may be where it is a tuple; None is anything."""

    owner: str
    name: str
    classes: tuple[type, ...] | None
    parts: tuple[type, ...] | None

    def find_misfit(self, value: object) -> str | None:
        """Return what is wrong with this field of a value."""
        given = getattr(value, self.name)
        if given is None or type(given) is str:
            wrong = self.classes is not None and type(given) not in self.classes
            return self._tell(type(given).__name__) if wrong else None
        if self.classes is not None and not isinstance(given, self.classes):
            return self._tell(type(given).__name__)
        if self.parts is not None and isinstance(given, tuple):
            odd = next((part for part in given if not isinstance(part, self.parts)), self)
            if odd is not self:
                return self._tell(f"tuple with a {type(odd).__name__}")
        misfit = _find_misfit(given)
        return self._tell(misfit) if misfit == "a time without a zone" else misfit

    def _tell(self, what: str) -> str:
        return f"a {self.owner} whose {self.name} is {what if what.startswith('a ') else f'a {what}'}"


@cache
def _list_fields(owner: type) -> tuple[_Field, ...]:
    hints = get_type_hints(owner)
    return tuple(
        _Field(owner.__name__, field.name, _classes_of(hints[field.name]), _parts_of(hints[field.name]))
        for field in fields(owner)
    )


def _classes_of(hint: Any) -> tuple[type, ...] | None:
    """Return the classes that a type hint admits, None where that cannot be said by classes alone."""
    if get_origin(hint) in (Union, UnionType):
        each = [_classes_of(part) for part in get_args(hint)]
        return None if None in each else tuple(one for classes in each for one in classes or ())
    if get_origin(hint) is tuple:
        return (tuple,)
    if hint is None:
        return (NoneType,)
    return (hint,) if isinstance(hint, type) and get_origin(hint) is None else None


def _parts_of(hint: Any) -> tuple[type, ...] | None:
    """Return the classes that the parts of a `tuple[X, ...]` may have."""
    given = get_args(hint)
    return _classes_of(given[0]) if get_origin(hint) is tuple and given[1:] == (Ellipsis,) else None
