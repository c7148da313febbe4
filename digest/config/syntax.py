"""YAML's own complaints in words for an operator."""

import yaml

from digest.config.text import ConfigText
from digest.errors import Problem

_AT_PROBLEM = {
    "mapping values are not allowed in this context": (
        "a colon where none can stand",
        "quote a text that holds `: `, and check the indentation of this line and the one before",
    ),
    "did not find expected key": (
        "this does not fit what stands before it",
        "is it indented as far as the lines above? is a bracket or a quote too many?",
    ),
    "did not find expected '-' indicator": (
        "this does not belong to the list above",
        "begin the line with `- `, or indent it less",
    ),
    "did not find expected <document start>": (
        "this line is indented less than the first",
        "begin every section in the first column",
    ),
    "found unknown escape character": ("`\\` has a meaning between double quotes", "use single quotes"),
    "found undefined tag handle": ("`!` begins a tag in YAML", "write the text in quotes"),
    "found incompatible YAML document": ("this version of YAML is unknown", "take the line away"),
    "did not find expected alphabetic or numeric character": (
        "`*` and `&` cannot stand first in a text",
        "a term ends with its `*`: refugee*",
    ),
    "found character that cannot start any token": ("a text cannot begin with this character", "write it in quotes"),
}
_AT_CONTEXT = {
    "while scanning a quoted scalar": ("this quote is never closed", None),
    "while parsing a flow sequence": ("this `[` is never closed, or a comma is missing in it", None),
    "while parsing a flow mapping": ("this `{` is never closed, or a comma is missing in it", None),
    "while scanning a simple key": ("a key without its colon", "write it as `key: value`, or in a list as `- value`"),
}
_UNREAD = "What follows could not be read: there may be more."


def explain_syntax(text: ConfigText, error: yaml.MarkedYAMLError) -> Problem:
    """Return the problem at which reading ended; it says that more may follow."""
    mark = error.problem_mark
    message, cure = _AT_PROBLEM.get(error.problem or "", (None, None))
    if error.context in _AT_CONTEXT and error.problem not in _AT_PROBLEM:
        mark = error.context_mark
        message, cure = _AT_CONTEXT[error.context]
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if message is None:
        message = f"this is not YAML: {error.problem}"
    return text.problem(line, column, message, f"{cure}\n  {_UNREAD}" if cure else _UNREAD)
