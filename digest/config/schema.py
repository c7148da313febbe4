"""The shape of config.yaml as JSON Schema (draft 2020-12), for editors: completion, descriptions, warnings."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from digest.config.raw import RawSettings
from digest.config.source_keys import NEEDED, SOURCE_TYPES, TYPES_OF, belongs

SCHEMA_NAME = "config.schema.json"
"""The file beside config.yaml that its first line names."""


class _EditorSchema(GenerateJsonSchema):
    """A key may be left out, but never be empty: so no value may be null, and none is the default."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False  # they would only repeat the keys

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        written = super().dict_schema(schema)
        return written | {"additionalProperties": False} if "patternProperties" in written else written

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        plain = isinstance(schema.get("default"), str | int | bool)
        return super().default_schema(schema) if plain else self.generate_inner(schema["schema"])


def schema_json() -> str:
    """Return the schema; the same shapes give the same text."""
    schema = RawSettings.model_json_schema(schema_generator=_EditorSchema)
    schema["$defs"]["RawSource"]["allOf"] = [_rules_of(type_) for type_ in SOURCE_TYPES]
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | schema, indent=2, ensure_ascii=False) + "\n"


def _rules_of(type_: str) -> dict[str, Any]:
    """Return what a source of a type must have, and the keys that are of other types."""
    rules: dict[str, Any] = {"properties": {key: False for key in TYPES_OF if not belongs(key, type_)}}
    if type_ in NEEDED:
        rules["required"] = list(NEEDED[type_])
    return {"if": {"properties": {"type": {"const": type_}}, "required": ["type"]}, "then": rules}
