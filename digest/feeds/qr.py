"""QR codes as SVG inside a page: the one home of segno."""

import re

import segno
from markupsafe import Markup

_BORDER = 4
"""Modules of quiet zone around the code (ISO/IEC 18004 §5.3.8)."""

_MASK = 2
"""Readers take any mask; to try all eight for the prettiest costs four times as much, for hundreds of feeds."""

_DARK = re.compile(rb"\x01+")

_SVG = Markup(
    '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}">'
    '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path stroke="#000" d="{path}"/></svg>'
)


def qr_svg(text: str, label: str) -> Markup:
    """Return the QR code of a text as an inline SVG with a label; it scales to the box it stands in.

    Dark modules on a light ground whatever the page's colours: many scanners read no inverted code. Level M; an
    address of up to 2,331 bytes fits (version 40).

    Raises: ValueError when the text is too long.
    """
    code = segno.make_qr(text, error="m", mask=_MASK)
    path = "".join(_draw_row(y, bytes(row)) for y, row in enumerate(code.matrix, _BORDER))
    return _SVG.format(size=code.symbol_size(border=_BORDER)[0], label=label, path=path)


def _draw_row(y: int, row: bytes) -> str:
    """Return a row of modules as one dashed line, which says a code in the fewest letters."""
    drawn, pen = [], 0
    for run in _DARK.finditer(row):
        drawn.append(f"m{run.start() - pen} 0h{run.end() - run.start()}")
        pen = run.end()
    return f"M{_BORDER} {y}.5{''.join(drawn)}"
