"""The sorts of values that only a source has: its type, how it writes dates, what is added to its items."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from digest.config.date_formats import DateFormatError, check_date_format
from digest.config.fields import TEXTS, Line, as_tuple, did_you_mean, wrong
from digest.config.installed import plugin_types
from digest.config.settings import ENRICHMENTS
from digest.config.source_keys import SOURCE_TYPES

_INSTALL = "a type of your own comes with a plug-in: `pip install` it where digest is installed"


def _source_type(text: str) -> str:
    if text in SOURCE_TYPES or text in (plugins := plugin_types()):
        return text
    known = (*SOURCE_TYPES, *plugins)
    near = did_you_mean(text, known)
    listed = f"{', '.join(known[:-1])} and {known[-1]}"
    raise wrong(f"no source type is called `{text}`; there are {listed}", f"{near}\n{_INSTALL}" if near else _INSTALL)


def _enrichment(text: str) -> str:
    if text not in ENRICHMENTS:
        listed = f"it can give {', '.join(ENRICHMENTS)}"
        raise wrong(f"no item's page gives `{text}`", did_you_mean(text, ENRICHMENTS) or listed)
    return text


def _date_format(text: str) -> str:
    try:
        return check_date_format(text)
    except DateFormatError as error:
        raise wrong(str(error), error.suggestion) from error


# A plug-in's name must do as well: editors offer the types of our own, and allow others.
SourceType = Annotated[
    str, AfterValidator(_source_type), WithJsonSchema({"anyOf": [{"enum": list(SOURCE_TYPES)}, {"type": "string"}]})
]
DateFormats = Annotated[
    tuple[Annotated[Line, AfterValidator(_date_format)], ...], BeforeValidator(as_tuple), WithJsonSchema(TEXTS)
]
_ENRICHMENT = {"enum": list(ENRICHMENTS)}
Enrichments = Annotated[
    tuple[Annotated[str, AfterValidator(_enrichment)], ...],
    BeforeValidator(as_tuple),
    WithJsonSchema({"anyOf": [_ENRICHMENT, {"type": "array", "items": _ENRICHMENT}]}),
]
