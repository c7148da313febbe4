"""What a text may hold: one space between words, and nothing that breaks a feed, a mail header or a reader's eye."""

import re
import unicodedata

_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space; XML 1.0 §2.2 refuses most of them
    "\u202a-\u202e"  # bidi embeddings and overrides (UAX #9 §2.1, §2.2): they can show a text as its opposite
    "\u206a-\u206f\ufeff\ufff9-\ufffb"  # deprecated format characters, byte order mark, annotation marks
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates and noncharacters
    "]"
)
_ISOLATES = re.compile("[\u2066-\u2069]")
_POP_ISOLATE = "\u2069"

_QUOTES_AND_DASHES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069"),
        "…": "...",
    }
)
_ASCII_SIGNS = str.maketrans({sign: " " for sign in map(chr, range(128)) if not sign.isalnum()})
_DASH = re.compile(r"\s*-+\s*")


def clean_text(text: str) -> str:
    """Return the text on one line: any white space is one space, ends trimmed, what no feed or header can hold gone.

    Bidi marks stay, isolates only in pairs. Words are not otherwise changed, nor normalised.
    """
    return " ".join(_balance_isolates(strip_forbidden(text)).split())


def strip_forbidden(text: str) -> str:
    """Return the text without controls, bidi overrides, lone surrogates and noncharacters; white space stays."""
    return _FORBIDDEN.sub("", text)


def fold_typography(text: str) -> str:
    """Return the text as it is compared: white space, quotes, dashes, ellipses and invisible marks are one and same.

    Letters and digits stay as they are (only composed, NFC): `10²` and `102` are different words.
    """
    folded = unicodedata.normalize("NFC", clean_text(text)).translate(_QUOTES_AND_DASHES)
    return " ".join(_DASH.sub("-", folded).split())


def fold_words(text: str) -> str:
    """Return the words alone, as titles are compared: case, typography, punctuation and signs do not count.

    Accents do: they tell words apart in many languages, and no redesign takes them off.
    """
    folded = unicodedata.normalize("NFC", fold_typography(text).casefold())
    if folded.isascii():
        return " ".join(folded.translate(_ASCII_SIGNS).split())
    return " ".join("".join(" " if unicodedata.category(one)[0] in "PSC" else one for one in folded).split())


def _balance_isolates(text: str) -> str:
    """Drop isolates that are never closed, and closings of nothing: they would reach into what follows."""
    if text.isascii():
        return text
    opened: list[int] = []
    paired: set[int] = set()
    for match in _ISOLATES.finditer(text):
        if match.group() != _POP_ISOLATE:
            opened.append(match.start())
        elif opened:
            paired |= {opened.pop(), match.start()}
    return _ISOLATES.sub(lambda match: match.group() if match.start() in paired else "", text)
