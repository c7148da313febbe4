"""Rendering: the one home of css-inline; a view becomes a subject, a text and an HTML part."""

import re
import textwrap
from collections.abc import Callable
from datetime import date, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import css_inline

from digest.config.templates import Templates
from digest.editions.fit import HTML_BYTES, LADDER, fit_view
from digest.editions.subject import build_contents, build_preheader, build_subject
from digest.editions.words import write_cadence, write_day, write_weekday
from digest.errors import TemplateError
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, DigestView, Rendered
from digest.model.language import find_direction
from digest.model.mailing import MailingList
from digest.model.site import Site

TEXT_COLUMNS = 72
HTML_TEMPLATE = "email/digest.html.j2"
TEXT_TEMPLATE = "email/digest.txt.j2"
STYLE_TEMPLATE = "email/style.css.j2"


class Renderer:
    """The templates of digests: an operator's file of the same name wins, one by one.

    A template sees `view` (a DigestView), `site`, `mailing`, `subject`, `preheader`, `contents` (title, count) and
    `unsubscribe_url`, and these filters: `day` and `weekday` (a date in words), `local` (an instant's date in the
    site's zone), `direction` (of a language), `cadence` (in words), `wrap` (to 72 columns, for the text part).
    Everything else is out of its reach.
    """

    def __init__(self, folder: Path | None = None, compiled: Path | None = None) -> None:
        filters: dict[str, Callable[..., Any]] = {
            "cadence": write_cadence,
            "day": write_day,
            "direction": find_direction,
            "local": _find_local_day,
            "weekday": write_weekday,
            "wrap": _wrap,
        }
        self._templates = Templates(folder, filters, compiled)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)

    def render(self, view: DigestView, site: Site, mailing: MailingList) -> Rendered:
        """Return both parts with the same items, and `UNSUBSCRIBE_PLACEHOLDER` once in each; same input, same bytes.

        What is too long for 80 kB of HTML is shortened in the view, so that the text part says the same.

        Raises:
            TemplateError: a template is wrong, too large by itself, or has no way out for the reader.
        """
        subject = build_subject(view)
        for fit in LADDER:
            shown = fit_view(view, fit)
            names = _list_names(shown, site, mailing, subject)
            html = self._render_html(names)
            if len(html.encode()) <= HTML_BYTES:
                break
        else:
            raise TemplateError(HTML_TEMPLATE, None, f"more than {HTML_BYTES:,} bytes, even with the fewest items")
        return Rendered(subject=subject, text=self._render_text(names), html=html)

    def _render_html(self, names: dict[str, Any]) -> str:
        rendered = self._templates.fill(HTML_TEMPLATE, names)
        try:
            html = self._inliner.inline(rendered)
        except css_inline.InlineError as error:
            raise TemplateError(STYLE_TEMPLATE, None, str(error)) from error
        return _check_way_out(HTML_TEMPLATE, html)

    def _render_text(self, names: dict[str, Any]) -> str:
        text = re.sub(r"\n{3,}", "\n\n", self._templates.fill(TEXT_TEMPLATE, names)).strip("\n") + "\n"
        return _check_way_out(TEXT_TEMPLATE, text)


def build_unsubscribe_url(mailing: MailingList) -> str:
    """Return the mailto: link (RFC 6068) by which a reader leaves, with the placeholder for their token."""
    address = quote(parseaddr(mailing.reply_to)[1], safe="@+")
    return f"mailto:{address}?subject=unsubscribe%20{UNSUBSCRIBE_PLACEHOLDER}"


def _list_names(view: DigestView, site: Site, mailing: MailingList, subject: str) -> dict[str, Any]:
    return {
        "view": view,
        "site": site,
        "mailing": mailing,
        "subject": subject,
        "preheader": build_preheader(view),
        "contents": build_contents(view),
        "unsubscribe_url": build_unsubscribe_url(mailing),
    }


def _check_way_out(template: str, part: str) -> str:
    count = part.count(UNSUBSCRIBE_PLACEHOLDER)
    if count != 1:
        raise TemplateError(template, None, f"must show unsubscribe_url once, shows it {count} times")
    return part


def _find_local_day(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


def _wrap(text: str, indent: int = 0) -> str:
    space = " " * indent
    return textwrap.fill(
        text,
        TEXT_COLUMNS,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
