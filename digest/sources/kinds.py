"""The vocabulary of kinds: what newsrooms call their sorts of item, and how to see a kind in a line of text."""

from collections.abc import Collection

_LABELS = """
Action|Action Alert|Advisory|Alert|Amicus Brief|Analysis|Announcement|Annual Report|Article|Background|Backgrounder
Blog|Blog Post|Brief|Briefing|Briefing Paper|Campaign|Campaign Update|Case|Case File|Case Study|Case Update
Commentary|Correction|Country Report|Editorial|Event|Explainer|Fact Sheet|Factsheet|Feature|Good News|Guide
Human Rights Report|In the News|Interview|Issue Brief|Joint Letter|Joint Statement|Legal Brief|Letter
Letter to the Editor|Media Advisory|Media Alert|Media Release|Media Statement|Memo|Memorandum|News|News Release
News Story|News Update|Newsletter|Op-Ed|Open Letter|OpEd|Opinion|Perspective|Petition|Photo Essay|Podcast
Policy Brief|Policy Paper|Position Paper|Press Advisory|Press Briefing|Press Kit|Press Release|Press Statement
Public Statement|Publication|Q&A|Reaction|Report|Research|Research Briefing|Resource|Speech|Statement|Story
Success Story|Take Action|Testimony|Toolkit|Update|Urgent Action|Victory|Video|Webinar|White Paper
"""
_ICONS = """
bell|book|bookmark|bullhorn|bulb|calendar|camera|candle|clipboard|document|envelope|exclamation|file|fist|flag|folder
gavel|globe|hand|heart|icon|image|lightbulb|logo|loudspeaker|magnifier|megaphone|microphone|newspaper|notebook|page
paper|pen|pencil|people|person|quill|scales|scroll|sheet|speaker|star|symbol|tick|trophy
"""
_MOST_WORDS = 8
_MOST_LETTERS = 60


def build_vocabulary(extra: Collection[str] = ()) -> frozenset[str]:
    """Return the folded labels that are known as kinds; `extra` are the newsroom's own, as it prints them."""
    built_in = (label for line in _LABELS.split("\n") for label in line.split("|"))
    folded = {fold(label) for label in (*built_in, *extra)} | {fold(label) + "s" for label in extra}
    plurals = {label + "s" for label in folded if label and not label.endswith(("s", "h", "y"))}
    return frozenset((folded | plurals) - {""})


def fold(label: str) -> str:
    """Return a label with white space as single spaces and without case, as two labels are compared."""
    return " ".join(label.split()).casefold()


def match_kind(text: str, vocabulary: frozenset[str]) -> str | None:
    """Return the line as the newsroom prints it when it is nothing but a known kind, bullets around it aside."""
    if len(text) > _MOST_LETTERS:
        return None
    bare = text.strip("•·|* ")
    return bare if bare.casefold() in vocabulary else None


def match_kind_after_words(text: str, vocabulary: frozenset[str]) -> tuple[str, str] | None:
    """Return (kind, the words before it that are no part of it) of a short line that ends in a known kind.

    `Sheet of paper Report` is an icon's alt text before the kind `Report`; `Joint Press Release` is a kind as it is.
    """
    words = text.strip("•·|* ").split(" ")
    if len(text) > _MOST_LETTERS or not 1 < len(words) <= _MOST_WORDS:
        return None
    for start in range(1, len(words)):
        kind = " ".join(words[start:])
        if kind.casefold() in vocabulary and kind[0].isupper():
            before = words[:start]
            if _is_icon(before):
                return kind, " ".join(before)
            return (" ".join(words), "") if _is_qualifier(before) else None
    return None


def _is_icon(words: list[str]) -> bool:
    icons = _ICONS.replace("\n", "|").split("|")
    return any(word.islower() or word.casefold() in icons for word in words)


def _is_qualifier(words: list[str]) -> bool:
    return len(words) <= 3 and all(word[0].isupper() and word.replace("-", "").isalpha() for word in words)
