"""Signs that a page is not the newsroom's listing: what else it looks like, in words (FAULTS.md F24, F25)."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from digest.sources.markup.visible import read_text

_LOGIN = re.compile(
    r"^(?:please )?(?:log[ -]?[io]n|sign[ -]?(?:in|on)|authenti\w+|anmeld\w+|einloggen|connexion|se connecter"
    r"|s.identifier|iniciar sesi[oó]n|acceder|accedi|entrar|iniciar sess[aã]o|inloggen|aanmelden|logg? in\w*|zaloguj.*"
    r"|logowanie|giri[sş]|oturum aç|вход|войти|увійти|تسجيل الدخول|登录|登入|ログイン|로그인)\b",
    re.I,
)
_ERROR = re.compile(
    r"\b(?:40[0134]|410|429|50[0234])\b|\b(?:page )?not found\b|\bforbidden\b|\baccess denied\b|\bunauthori[sz]ed\b"
    r"|\b(?:internal )?server error\b|\bbad gateway\b|\bgateway time-?out\b|\btoo many requests\b|^(?:an )?error\b"
    r"|\berror (?:has )?occurred\b|\bmaintenance\b|\bunavailable\b|\bwe(?:.ll| will) be (?:right )?back\b|^oops\b"
    r"|\bsomething went wrong\b|\bunder construction\b|\baccount suspended\b|\bdomain (?:is )?(?:for sale|parked)\b"
    r"|\bintrouvable\b|\bno encontrad[ao]\b|\bnicht gefunden\b|\bnão encontrad[ao]\b|\bnon trovat[ao]\b"
    r"|\bniet gevonden\b|\bwartung\w*|\bmantenimiento\b|\bне найден[ао]?\b|\bhata\b.*\b404|غير موجودة",
    re.I,
)
_CHALLENGE = re.compile(
    r"\bjust a moment\b|\battention required\b|\bchecking your browser\b|\bverif\w+ (?:that )?you are (?:a )?human\b"
    r"|\bare you (?:a )?(?:robot|human)\b|\bnot a robot\b|\bcaptcha\b|\bddos protection\b|\bpardon our interruption\b"
    r"|\bsecurity check\b|\bun instant\b",
    re.I,
)
_CHALLENGES = (
    '#challenge-form, #challenge-running, #cf-wrapper, .g-recaptcha, .h-captcha, .cf-turnstile, iframe[src*="captcha"],'
    ' script[src*="challenge-platform"], script[src*="_Incapsula_"]'
)
_NOTHING = re.compile(
    r"\b(?:no|nothing) (?:results?|items?|news|posts?|articles?|entries|press releases?|content|publications?|stories)?"
    r"\s?(?:(?:were|was|are|is|has been|have been) )?(?:found|available|published|posted|to (?:show|display)|yet)\b"
    r"|\bthere (?:are|is) (?:currently )?(?:no|nothing)\b|\baucun (?:résultat|article)|\bno hay (?:resultados|"
    r"noticias)|\bkeine (?:ergebnisse|meldungen|beiträge|nachrichten)\b|\bnenhum resultado|\bnessun risultato"
    r"|\bничего не найдено|لا توجد",
    re.I,
)
_FEW_LETTERS = 300
_LONGEST_QUOTE = 80
_FEWEST = 2
"""Blocks: an error page made of the site's own parts may hold as many that match."""


def find_markers(tree: LexborHTMLParser, items: str, blocks: int) -> tuple[str, ...]:
    """Return in words what a page seems to be instead of a listing, and that `items` selects nothing there.

    Nothing where it is a listing as far as anybody can see, and where the page itself says that its list is empty.
    """
    if blocks > _FEWEST:
        return ()
    named = tuple(dict.fromkeys(_named(tree)))
    if blocks:
        return named
    words = read_text(tree.body) if tree.body is not None else ""
    signs = tuple(dict.fromkeys((*named, *_hinted(tree, words))))
    if not signs and _NOTHING.search(words):
        return ()
    return (*signs, f'the selector "{items}" finds nothing')


def _named(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield what title and headings say plainly."""
    for node in tree.css("title, h1")[:5]:
        words = read_text(node)
        for pattern, kind in ((_CHALLENGE, "a check for robots"), (_LOGIN, "a login page"), (_ERROR, "an error page")):
            if len(words) <= _LONGEST_QUOTE and pattern.search(words):
                where = "title" if node.tag == "title" else "heading"
                yield f'it looks like {kind}: its {where} is "{words}"'
                return


def _hinted(tree: LexborHTMLParser, words: str) -> Iterator[str]:
    """Yield what else speaks for another page, which a listing might hold as well."""
    if tree.css_first('input[type="password" i]') is not None:
        yield "it asks for a password"
    if tree.css_first(_CHALLENGES) is not None:
        yield "it holds a check for robots"
    if tree.css_first('meta[http-equiv="refresh" i][content*="url" i]') is not None:
        yield "it sends browsers on to another page"
    if len(words) > _FEW_LETTERS:
        return
    if tree.css_first("script") is not None:
        yield "it holds hardly a word before a script in the browser fills it: look for the feed or the API behind it"
    elif words:
        yield f'it says no more than "{words[:_LONGEST_QUOTE]}{"…" if len(words) > _LONGEST_QUOTE else ""}"'
    else:
        yield "it holds no words"
