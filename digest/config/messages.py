"""What a shape found wrong, in a sentence for an operator, at its place in the file."""

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from digest.config.document import Document, Path
from digest.config.fields import did_you_mean
from digest.config.plain import in_quotes, reads
from digest.config.raw import RawSettings
from digest.config.raw_source import RawSource
from digest.config.shape import Shape
from digest.config.source_keys import belongs
from digest.config.writing import as_yaml

_DICT_KEY = "[key]"  # pydantic's mark for an error in a key itself
_SECRETS = ("password", "passwd", "secret")


def report_shape_error(error: ErrorDetails, document: Document) -> None:
    """Add one of pydantic's findings to a document's problems, unless its place is already reported."""
    path: Path = error["loc"]
    if document.is_broken(path):
        return
    kind = error["type"]
    if kind == "missing":
        _report_missing(path, document)
        return
    if kind == "extra_forbidden":
        _report_unknown(path, document)
    elif path[-1:] == (_DICT_KEY,):
        path = path[:-1]
        message, cure = _explain_value(error, path, document)
        document.report(document.key_place(path), message, cure)
    else:
        message, cure = _explain_value(error, path, document)
        document.report(document.value_place(path), message, cure)
    document.broken.add(path)


def report_surprises(document: Document) -> None:
    """Add what YAML misread in values that would otherwise do."""
    for path, message in document.surprises.items():
        if not document.is_broken(path):
            place = document.value_place(path)
            document.report(place, message, in_quotes(place.text or ""))


def label(path: Path) -> str:
    """Return a path as people write it: `lists.daily.send`."""
    return ".".join(part for part in path if isinstance(part, str))


def _report_missing(path: Path, document: Document) -> None:
    parent, key = path[:-1], path[-1]
    owner = f"`{label(parent)}`" if parent else "the file"
    document.report(document.key_place(parent), f"{owner} has no `{key}`", example(path, "add"))


def _report_unknown(path: Path, document: Document) -> None:
    key = str(path[-1])
    owner = f"of `{label(path[:-1])}`" if len(path) > 1 else "of this file"
    known = _known_keys(path[:-1], document)
    cure = did_you_mean(key, known) or f"the keys here are {', '.join(known)}"
    if key.lower() in _SECRETS and "password_file" in known:
        cure = "put the password into a file of its own, and name that file with `password_file`"
    document.report(document.key_place(path), f"`{key}` is no key {owner}", cure)


def _known_keys(path: Path, document: Document) -> tuple[str, ...]:
    """Return the keys that a block may have; of a source, those of its type."""
    shape = _shape_at(path)
    known = tuple(_fields(shape)) if shape else ()
    type_ = document.value((*path, "type"))
    if shape is not RawSource or not isinstance(type_, str) or document.is_broken((*path, "type")):
        return known
    return tuple(key for key in known if belongs(key, type_))


def _explain_value(error: ErrorDetails, path: Path, document: Document) -> tuple[str, str | None]:
    """Return message and cure; a value that YAML misread is explained by that, whatever the shape says of it."""
    message, cure = _explain_shape(error, path, document)
    if path in document.surprises:
        return document.surprises[path], cure
    return message, cure


def _explain_shape(error: ErrorDetails, path: Path, document: Document) -> tuple[str, str | None]:
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "digest":
        cure = context["suggestion"]
        return f"`{label(path)}`: {context['message']}", example(path, "write it as") if cure is None else cure or None
    if error["type"] == "string_type" and not isinstance(value := error["input"], dict | list | tuple):
        written = document.value_place(path).text or ""
        return f"{reads(written, value)}, and `{label(path)}` is text", _in_text(path, written)
    if error["type"] == "literal_error":
        known = _literals(path)
        return f"`{label(path)}` must be {' or '.join(known)}", did_you_mean(str(error["input"]), known)
    explain = _EXPECTED.get(error["type"])
    message = f" {explain(context)}" if explain else f": {error['msg']}"
    return f"{f'`{label(path)}`' if path else 'the file'}{message}", example(path, "write it as")


_EXPECTED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "must be a text, not a block",
    "int_type": lambda _: "must be a whole number",
    "bool_type": lambda _: "must be true or false",
    "tuple_type": lambda _: "must be a list",
    "dict_type": lambda _: "must be a block of ids, each with keys of its own",
    "model_type": lambda _: "must be a block of keys",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
}


def _in_text(path: Path, written: str) -> str | None:
    """Suggest quotes where they cure it, else an example."""
    field = _field_at(path)
    wanted: Any = field.annotation if field else str
    if field and field.metadata:
        wanted = Annotated[wanted, *field.metadata]
    try:
        TypeAdapter(wanted).validate_python(written)
    except ValidationError:
        return example(path, "write it as")
    return in_quotes(written)


def example(path: Path, verb: str) -> str | None:
    """Suggest the example of a key: `add `every: 15 min``; None for keys that have none."""
    field = _field_at(path)
    if field is None or not field.examples:
        return None
    key = next(part for part in reversed(path) if isinstance(part, str))
    return f"{verb} `{key}: {as_yaml(field.examples[0])}`"


def _literals(path: Path) -> tuple[str, ...]:
    field = _field_at(path)
    return get_args(field.annotation) if field else ()


def _fields(shape: type[Shape]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def _shape_at(path: Path) -> type[Shape] | None:
    found = _walk(path)
    return found if isinstance(found, type) and issubclass(found, Shape) else None


def _field_at(path: Path) -> FieldInfo | None:
    """Return the field that a path leads to; list positions belong to the list's field."""
    while path and not isinstance(path[-1], str):
        path = path[:-1]
    shape = _shape_at(path[:-1])
    return _fields(shape).get(str(path[-1])) if path and shape else None


def _walk(path: Path) -> object:
    """Follow the shapes from the top of the file; None where there is none."""
    found: object = RawSettings
    for part in path:
        if get_origin(found) is dict:
            found = get_args(found)[1]
        elif isinstance(found, type) and issubclass(found, Shape):
            field = _fields(found).get(str(part))
            found = _without_none(field.annotation) if field else None
    return found


def _without_none(annotation: object) -> object:
    """Return what a key holds that may be left out."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if isinstance(annotation, UnionType) and len(kinds) == 1 else annotation
