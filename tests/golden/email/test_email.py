"""The sample digest keeps its bytes."""

from collections.abc import Callable
from pathlib import Path

from digest.editions.render import Renderer
from digest.model.edition import DigestView, Rendered
from digest.model.mailing import MailingList
from digest.model.site import Site

HERE = Path(__file__).parent
Sample = tuple[DigestView, Site, MailingList]


def render(sample: Sample) -> Rendered:
    return Renderer().render(*sample)


def test_text(sample: Sample, check_golden: Callable[[Path, bytes], None]) -> None:
    """The text part of the sample is as it was when somebody last read it."""
    check_golden(HERE / "sample.txt", render(sample).text.encode())


def test_html(sample: Sample, check_golden: Callable[[Path, bytes], None]) -> None:
    """The HTML part of the sample is as it was when somebody last looked at it."""
    check_golden(HERE / "sample.html", (render(sample).html or "").encode())
