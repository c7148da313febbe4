"""Names that stand for something elsewhere in the file: kinds, regions, topics."""

from digest.config.document import Document, Path
from digest.config.fields import did_you_mean


def check_name(document: Document, place: Path, name: str, noun: str) -> None:
    """Report an id that no kind, region or topic of this file has, unless it or its section is already reported."""
    section = f"{noun}s"
    known = tuple(document.block(section))
    if name not in known and not document.is_broken((section,)):
        listed = f"the {section} are {', '.join(known)}" if known else f"there are no `{section}` in this file"
        document.report_value(place, f"no {noun} has the id `{name}`", did_you_mean(name, known) or listed)
