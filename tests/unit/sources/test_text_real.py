"""Three real dumps, item by item: facts about the fields, checked by eye, without a word of their text."""

import hashlib
from pathlib import Path

import pytest

from digest.model.item import Image, ParsedItem
from digest.sources.text import read_text

NEWSROOM = Path(__file__).parents[3] / ".." / "shared" / "newsroom"
KINDS = {"P": "Press Release", "R": "Report", "U": "Update", "-": None}
# date, kind, excerpt cut?, then length and hash of title and of summary, then hashes of alt, caption, credit
FACTS = {
    "000_c0b9bd06a136b26c.txt": """
2020-07-12 P all 58 baa73009 460 6cd4bc72 - 49729b9e -
2020-07-08 P all 71 b51da82b 215 504ab1f3 - 68316aff fce9b27c
2020-07-06 - cut 221 3d85b76a 639 d1d15b93 - - -
2020-07-03 P cut 80 c179c1ac 733 12135963 - - -
2020-07-01 - cut 143 3b03dcd6 704 b6bd0ee8 - - -
2020-07-01 P all 69 ae069bb3 456 461f6771 348db0a7 - 3d5d670e
2020-06-25 P all 81 4a99c2a1 244 609c33b2 - - -
2020-06-24 P all 69 319be704 235 816efb54 31878e2f - 3e4a3d6f
2020-06-24 - cut 117 f022db21 593 f6957ea4 - - -
2020-06-23 P all 93 e1927947 337 b6395ac7 - - -
2020-06-22 - cut 79 3b4e1d58 719 53f2eaf1 - - -
2020-06-22 R cut 101 3534be2d 656 4cd53f5c 5fa34265 - 7a5b7860
""",
    "001_c1e339078d4e965e.txt": """
2020-03-31 P all 121 528262ff 267 0807d921 - e2095b64 a1e3cc33
2020-03-31 P cut 119 a581d1fc 668 c1a5e4a2 503400e3 - -
2020-03-31 P all 67 60338060 227 1788312e ffd33874 014c004f 6bdc47ae
2020-03-31 P cut 75 5d93bd3e 648 458e2cb2 - - 845fe2f0
2020-03-31 R all 91 adaad458 345 9208ce55 59414b77 68a6efcf b6cd861d
2020-03-30 P cut 77 5da6e9b2 641 c0f053df - - 83fce02a
2020-03-30 P cut 82 674ecdb7 667 99f445ee 4501840d 071fed9f cd0662d8
2020-03-30 P all 96 13d754b6 283 113538be 1f7ce023 d8d9d1c6 ec40642a
2020-03-30 P all 113 544589d1 209 68d75cd3 7afcaade ae9b030e 63093029
2020-03-29 P cut 89 0e4864a0 627 0abaa390 61e5e5ca - -
2020-03-28 P cut 80 4c9f60d3 654 3bac9507 0a57099e 254a7b26 d3627fe2
2020-03-27 P cut 58 7e3ba028 721 5a5fbb21 438a24fe 561863b5 f8a83b70
""",
    "002_581bba07ea64c961.txt": """
2020-06-20 P all 125 d8d447fc 530 d20c2ac7 - 85e442c7 -
2020-06-18 P all 97 c5f099ec 224 1626edf9 - bdef20e0 f8a83b70
2020-06-18 U all 84 5c227c93 132 24dea1c6 - - -
2020-06-17 P cut 64 fbc5f9f4 715 83b1dd42 - c78b1a2a 75d5a46c
2020-06-16 P all 94 a3173a7d 196 85b0ba06 - - -
2020-06-15 P all 135 dfe278c7 240 18b4d213 - 67975dd6 921415d0
2020-06-15 P all 94 7a974c66 326 c1ac51a3 - - -
2020-06-11 P cut 64 ef27440f 699 9c43e260 12973ac8 - 845fe2f0
2020-06-11 P cut 73 b77038b8 682 60248f03 fef17227 - 0831f951
2020-06-11 P all 42 d56aa232 454 ec30f7f4 39507815 - 08175eaa
2020-06-10 P cut 107 bbd308e3 665 e6b12b0d - - c74bfed1
2020-06-08 U cut 108 225f2214 646 1539c5e4 - - -
""",
}


def _hash(text: str | None) -> str:
    return "-" if text is None else hashlib.sha256(text.encode()).hexdigest()[:8]


def _facts(item: ParsedItem) -> list[str]:
    image = item.image or Image()
    kind = next(letter for letter, label in KINDS.items() if label == item.kind)
    words = [str(item.published), kind, "cut" if item.truncated else "all"]
    words += [str(len(item.title)), _hash(item.title), str(len(item.summary)), _hash(item.summary)]
    return [*words, _hash(image.alt), _hash(image.caption), _hash(image.credit)]


@pytest.mark.parametrize("name", FACTS)
def test_every_field_of_a_real_dump_is_exact(name: str) -> None:
    """Each of the twelve items has exactly the fields that a careful eye reads on the page."""
    if not (NEWSROOM / name).exists():
        pytest.skip(f"the real dump {name} is not here")
    parsed = read_text(NEWSROOM / name)
    assert parsed.quarantined == ()
    assert [_facts(item) for item in parsed.items] == [line.split() for line in FACTS[name].strip().splitlines()]
