"""How a source writes its dates: strftime's directives, checked before any date is read with them."""

import re

_KNOWN = frozenset("aAbBdHIjmMpSyYzZf%")
_SAYS = {
    "e": "d", "h": "b", "k": "H", "l": "I", "P": "p",
    "D": "m/%d/%y", "F": "Y-%m-%d", "T": "H:%M:%S", "R": "H:%M",
}  # fmt: skip
_PATTERN_LETTERS = (
    ("EEEE", "%A"), ("EEE", "%a"), ("MMMM", "%B"), ("MMM", "%b"), ("MM", "%m"), ("M", "%m"), ("yyyy", "%Y"),
    ("yy", "%y"), ("y", "%Y"), ("dd", "%d"), ("d", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"),
)  # fmt: skip
_LETTERS = dict(_PATTERN_LETTERS) | {name.upper(): says for name, says in _PATTERN_LETTERS if name[0] in "yd"}
_PATTERN = re.compile("|".join(sorted(_LETTERS, key=len, reverse=True)))
_NEEDED = (("a day", "dj"), ("a month", "mbBj"), ("a year", "yY"))
_EXAMPLE = 'write it as "%d %B %Y"'


class DateFormatError(ValueError):
    """A text cannot tell how dates are written; `suggestion` says what would."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def check_date_format(text: str) -> str:
    """Return the text if it is a format that gives a day, a month and a year. Raises: DateFormatError."""
    directives = re.findall(r"%-?(.?)", text)
    if not directives:
        raise DateFormatError(f"`{text}` holds no directive such as %d", _suggest_for_pattern(text))
    if bad := next((one for one in directives if one and one not in _KNOWN), None):
        raise DateFormatError(f"`{text}`: `%{bad}` stands for no part of a date", _suggest_for(text, bad))
    if "" in directives:
        raise DateFormatError(f"`{text}` ends in a lone %", _EXAMPLE)
    missing = [name for name, letters in _NEEDED if not set(letters) & set(directives)]
    if missing:
        raise DateFormatError(f"`{text}` gives no {missing[0].removeprefix('a ')}", _EXAMPLE)
    return text


def _suggest_for(text: str, bad: str) -> str:
    if bad in _SAYS:
        return f'write it as "{text.replace("%" + bad, "%" + _SAYS[bad])}"'
    return f"%d day, %m or %B or %b month, %Y or %y year, %H:%M time: {_EXAMPLE}"


def _suggest_for_pattern(text: str) -> str:
    """Return a suggestion for a pattern as spreadsheets have it, dd/MM/yyyy."""
    read = _PATTERN.sub(lambda found: _LETTERS[found[0]], text)
    directives = re.findall("%(.)", read)
    usable = all(set(letters) & set(directives) for _, letters in _NEEDED)
    return f'write it as "{read}"' if usable else _EXAMPLE
