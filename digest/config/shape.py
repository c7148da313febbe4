"""What every block of config.yaml has in common."""

from pydantic import BaseModel, ConfigDict


def _title(shape: type[object]) -> str:
    return shape.__name__.removeprefix("Raw")


class Shape(BaseModel):
    """A block of keys; a key that is not listed is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, model_title_generator=_title)
