"""Which class names a selector can lean on: those that somebody chose for what they mean, not what a tool made up.

`css-1x2y3z` changes with every build of a site, `mt-4` says how a thing looks, `post-123` and `odd` differ from one
block to the next: none of them finds tomorrow's items.
"""

import re
from functools import lru_cache

_MADE_UP = re.compile(
    r"^(?:css|sc|jsx|svelte|astro|emotion|framer|chakra|e)-[A-Za-z0-9]{5,}$|^jss\d+$|^makeStyles"
    r"|_(?=\w*\d)[A-Za-z0-9]{5,}$"
)
_NUMBERED = re.compile(r"[-_]?\d+$")
_STATES = re.compile(
    r"(?:odd|even|first|last|active|current|open|closed|hidden|visible|show|loaded|collapsed?|selected|clearfix|sticky"
    r"|animate\w*|lazy\w*|fade\w*|wow|hentry|status-\w+|format-\w+|(?:is|has|js|no|aos|data|ng|v)-.+"
    r"|(?:category|tag|tax)-(?!name|label|list|link|title|text).+)$"
)
_LOOKS = re.compile(
    r"-?(?:[mp][trblxyse]?|gap|space|inset|top|left|right|bottom|z|w|h|min|max|size|basis|grow|shrink|order|col|row|grid"
    r"|flex|text|font|leading|tracking|bg|from|via|to|border|rounded|shadow|opacity|ring|outline|divide|overflow|object"
    r"|items|justify|content|self|place|align|aspect|line|list|decoration|underline|transition|duration|ease|delay"
    r"|cursor|select|pointer|scale|rotate|translate|columns?|float|d|g|gx|gy|fs|fw|lh|offset|stretched|position)"
    r"(?:-(?:\d[\w.]*|auto|full|screen|px|none|xs|sm|md|lg|xl|xxl|\d?xl|base|start|end|center|left|right|between|around"
    r"|evenly|stretch|bold|medium|semibold|light|normal|thin|black|white|transparent|current|inherit|hidden|cover"
    r"|contain|clamp|w|h|x|y|tight|snug|relaxed|loose|wide|wider|widest|row|col|column|wrap|nowrap|cols?|rows?|span|grow|fit"
    r"|top|bottom|middle|video|square|inline|block|flex|inside|outside|disc|decimal|link|reverse|1|all|colors"
    r"|(?:slate|gray|grey|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo"
    r"|violet|purple|fuchsia|pink|rose|primary|secondary|muted|dark|danger|warning|info|success)(?:-\d+)?))+$|border-[trblxyse]$"
)
_LOOKS_ALONE = frozenset({
    "flex", "grid", "block", "inline", "hidden", "relative", "absolute", "fixed", "sticky", "static", "container",
    "row", "col", "column", "columns", "truncate", "uppercase", "lowercase", "capitalize", "italic", "underline",
    "antialiased", "border", "rounded", "shadow", "group", "peer", "prose", "grow", "shrink", "clearfix", "left",
    "right", "center", "wide", "small", "large", "big", "bold", "light", "dark", "inline-block", "inline-flex",
    "flex-1", "sr-only", "visually-hidden", "wrapper", "inner", "outer", "line-clamp",
})  # fmt: skip
_CHOSEN = re.compile(r"-?[A-Za-z_][\w-]*")
_BUILT = re.compile(r"[a-z]+-block")
_SHORTEST_HUMP = 2.6


@lru_cache(maxsize=4096)
def is_stable(name: str) -> bool:
    """Return whether a class name says what a thing is and will still do so tomorrow, in every block."""
    if not _CHOSEN.fullmatch(name) or len(name) < 3 or _MADE_UP.search(name) or _NUMBERED.search(name):
        return False
    if _STATES.fullmatch(name) or name in _LOOKS_ALONE or _LOOKS.fullmatch(name):
        return False
    return not any(_is_random(part) for part in re.split(r"[-_]+", name))


def is_numbered(name: str) -> bool:
    """Return whether a class name would be stable without its number, as page builders give them: `text-block-12`."""
    bare = _NUMBERED.sub("", name)
    return bare != name and "-" in bare and (is_stable(bare) or bool(_BUILT.fullmatch(bare)))


def stem_of(name: str) -> str | None:
    """Return the chosen beginning of a class name that a tool finished: `Card_title__` of `Card_title__2dF3a`."""
    found = re.fullmatch(r"([A-Za-z][A-Za-z-]+(?:_[A-Za-z-]+)*_{2})[A-Za-z0-9+_-]{4,8}", name)
    return found[1] if found and not is_stable(name) else None


def _is_random(part: str) -> bool:
    """Letters and digits mixed, or capitals every other letter, are no words."""
    if len(part) < 5:
        return False
    if re.search(r"\d", part) and re.search(r"[A-Za-z]", part):
        return not re.fullmatch(r"[A-Za-z]{3,}\d{1,2}", part)
    humps = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", part)
    return len(humps) > 1 and len(part) / len(humps) < _SHORTEST_HUMP
