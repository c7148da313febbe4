"""A picture's lines in a text dump → its alt text, caption and credit.

The page prints the alt text first, then caption or credit, each only where it has one. A lone line must be told by its
words: a credit is nothing but names and an agency, a caption has a dateline, a date, a credit at its end or several
sentences, and everything else is alt text.
"""

import re
from collections.abc import Sequence

from digest.model.item import Image

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DATE = re.compile(rf"\b{_MONTH} \d{{1,2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|\b\d{{4}}[/-]\d\d[/-]\d\d\b", re.I)
_DATELINE = re.compile(
    rf"^[^\W\d_a-z][^a-z:]{{2,60}}(?:[-–—,]|\s)\s*(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}|\d{{4}}[/-]\d\d)", re.I
)
_SENTENCES = re.compile(
    r"[^\W\d_]{3}(?<!\bGen)(?<!\bSen)(?<!\bGov)(?<!\bRep)(?<!\bRev)(?<!\bCol)(?<!\bSgt)(?<!\bCapt)(?<!\bProf)"
    r"[.!?][”\"’')]* (?:- )?[“\"‘']?[A-Z]"
)
_CREDIT_START = re.compile(
    r"^\W{0,2}(?:photo(?:graph)?s?|images?|pictures?|pics?|illustrations?|artwork|credits?|фото|foto)\b"
    r"(?:\s+(?:credits?|copyright|illustration)\b)?\s*(?:by\b|courtesy\b|should read\b|via\b|[:©/|])"
    r"|^\W{0,2}(?:art|graphics?|videos?|screen ?shots?|screen grab|still) (?:by|courtesy|via)\b"
    r"|^(?:©|@ |\(c\)|copyright\b|courtesy(?: of\b|:)|credits?\s*[:-]|via [A-Z])",
    re.I,
)
_AGENCY = (
    r"(?:Getty|AFP|Reuters|REUTERS|AP|EPA|EFE|UPI|PA|DPA|ANP|TASS|Xinhua|NurPhoto|LightRocket|Anadolu|AA|SOPA|ZUMA"
    r"|Bloomberg|Shutterstock|iStock|Magnum|Redux|Polaris|Sipa|SIPA|Panos|Corbis|Alamy|Abaca|Hollandse Hoogte|Flickr"
    r"|Unsplash|MediaNews|Tribune News Service|Amnesty International|Wikimedia Commons|Creative Commons)\b"
)
_SIGNED = re.compile(
    rf"(?:/|\bvia|\|)\s*{_AGENCY}|^{_AGENCY}(?: Images| News| Photos?)?\s*(?:$|[/|(])|\b(?:Getty Images|AFP PHOTO)$"
    r"|^(?:[^\W\d_][\w'’.-]* ){1,3}[^\W\d_][\w'’-]+ ?/"
)
_PARTICLES = re.compile(
    r"via|by|of|for|and|the|de|da|do|dos|del|della|der|den|di|du|el|la|le|van|von|bin|ibn|al|bint|y|e|with|from"
)
_TAIL_CREDIT = re.compile(r"(?<=[.!?”\"…]) (?P<credit>(?:Photo(?:graph)?s?|Image|Picture|Credit)\b[^.!?]{2,120})$")
_TAIL_COPYRIGHT = re.compile(r"(?<=\S) (?P<credit>©[^©.]{2,100})$")
_LONGEST_CREDIT = 200
_MOST_CREDITS = 4
_LONGEST_ALT = 160


def read_picture(lines: Sequence[str]) -> Image | None:
    """Return what the lines of one picture say, white space already normal; None when there are none."""
    if not lines:
        return None
    if len(lines) == 1:
        return _read_lone(lines[0])
    first, rest = lines[0], lines[1:]
    if (credit := match_credit(first)) and not any(match_credit(line) for line in rest):
        other = read_picture(rest) or Image()
        return Image(alt=other.alt, caption=other.caption, credit=other.credit or credit)
    caption, credit = _read_below(rest)
    return Image(alt=first, caption=caption, credit=credit)


def match_credit(line: str) -> str | None:
    """Return the credit, without parentheses, when the whole line is one; else None."""
    body, credits = split_credits(line)
    if not body and credits:
        return credits[-1]
    bare = _unwrap(line)
    if bare != line and len(bare) <= _LONGEST_CREDIT and (_is_credit(bare) or _is_bare_name(bare)):
        return bare
    return line if len(line) <= _LONGEST_CREDIT and _is_credit(line) else None


def is_sure_picture(line: str) -> bool:
    """Tell whether a line can only belong to a picture: a credit, a credit at its end, or a photographer's dateline."""
    return bool(match_credit(line) or split_credits(line)[1] or _DATELINE.match(line[:120]))


def split_credits(line: str) -> tuple[str, list[str]]:
    """Return the caption before the credits at a line's end, and those credits without parentheses, in order.

    A parenthesis that was cut off in the middle counts when it says what it is. Agencies named before the parentheses
    (`… Name/AGENCY (Photo by …)`) are words of the caption and stay there.
    """
    body, credits = line, list[str]()
    while len(credits) < _MOST_CREDITS and (opened := _last_group(body)) is not None:
        inner = body[opened + 1 :].strip().removesuffix(".").strip().removesuffix(")").strip()
        if len(inner) > _LONGEST_CREDIT or not _is_credit(inner):
            break
        body, credits = body[:opened].rstrip(), [inner, *credits]
    if credits:
        return body, credits
    tail = _TAIL_COPYRIGHT.search(line[-160:]) or _TAIL_CREDIT.search(line[-160:])
    if tail and _is_credit(tail["credit"]):
        credit = tail["credit"]
        return line[: len(line) - len(credit)].rstrip(), [credit.rstrip()]
    return line, []


def _read_lone(line: str) -> Image:
    if credit := match_credit(line):
        return Image(credit=credit)
    caption, credits = split_credits(line)
    if credits:
        return Image(caption=caption, credit=credits[-1])
    return Image(caption=line) if _is_caption(line) else Image(alt=line)


def _read_below(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Return caption and credit of the lines that stand under the alt text."""
    *above, last = lines
    if credit := match_credit(last) or (last if _is_bare_name(last) else None):
        return " ".join(above) or None, credit
    caption, credits = split_credits(" ".join(lines))
    return caption, credits[-1] if credits else None


def _is_caption(line: str) -> bool:
    return bool(len(line) > _LONGEST_ALT or _DATE.search(line) or _SENTENCES.search(line))


def _is_credit(text: str) -> bool:
    if _CREDIT_START.match(text):
        return True
    words = [word for word in re.split(r"[\s/,;|+&.-]+", text.strip("()[]*")) if word]
    return (
        bool(_SIGNED.search(text))
        and 0 < len(words) <= 20
        and not _DATE.search(text)
        and all(_is_name(word) for word in words)
    )


def _is_name(word: str) -> bool:
    return word[0] in "@©(" or not word[0].islower() or bool(_PARTICLES.fullmatch(word))


def _is_bare_name(text: str) -> bool:
    words = text.split(" ")
    return (
        len(words) <= 4
        and not text.endswith((".", "!", "?", ":"))
        and all(_is_name(word) and not word.isdigit() for word in words)
    )


def _unwrap(line: str) -> str:
    wrapped = line[:1] in "([" and line[-1:] in ")]" and not set(line[1:-1]) & set("()[]")
    return line[1:-1].strip() if wrapped else line


def _last_group(text: str) -> int | None:
    """Return where the parenthesis opens that the text ends with, nested ones counted, or the last one never closed."""
    end = text.rstrip(" .")
    closed, depth = end.endswith(")"), 0
    for at in range(len(end) - 1, max(-1, len(end) - 2 * _LONGEST_CREDIT), -1):
        depth += (end[at] == ")") - (end[at] == "(")
        if depth == 0 and closed:
            return at
        if depth < 0:
            return at if _CREDIT_START.match(end[at + 1 :].lstrip()) else None
    return None
