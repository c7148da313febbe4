"""QR codes: what is drawn is the code."""

import re

import pytest
import segno

from digest.feeds.qr import qr_svg

URL = "https://feeds.openharbour.example/refugees-and-migrants.html"


def draw(svg: str) -> set[tuple[int, int]]:
    """Return the dark modules of a drawing."""
    path = re.search(r'<path stroke="#000" d="([^"]*)"', svg)
    assert path is not None
    dark, x, y = set(), 0, 0
    for command, first, second in re.findall(r"([Mmh])(\d+)(?: (\d+))?", path[1]):
        if command == "M":
            x, y = int(first), int(second)
        elif command == "m":
            x += int(first)
        else:
            dark |= {(x + step, y) for step in range(int(first))}
            x += int(first)
    return dark


@pytest.mark.parametrize("text", [URL, "x", "https://feeds.openharbour.example/" + "a" * 300, "päge/ŋ"])
def test_drawing_is_the_code(text: str) -> None:
    """Every dark module of the code is drawn, no other, inside a quiet zone of four."""
    code = segno.make_qr(text, error="m", mask=2)
    dark = {(x + 4, y + 4) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}
    svg = qr_svg(text, "label")
    assert draw(svg) == dark
    size = len(code.matrix) + 8
    assert f'viewBox="0 0 {size} {size}"' in svg
    assert f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>' in svg


def test_label() -> None:
    """The picture says what it is, as text."""
    assert qr_svg("x", 'a "<b>"').startswith('<svg class="qr" viewBox="0 0 29 29" role="img" aria-label="a &#34;&lt;b')


def test_too_long() -> None:
    """An address that no code can hold is refused."""
    with pytest.raises(ValueError, match="too"):
        qr_svg("x" * 3000, "label")
