"""Picture lines of a listing page, told apart by their words."""

import pytest

from digest.model.item import Image
from digest.sources.dump.picture import read_picture

LONG = "CITY, LAND - MARCH 28: " + "Carts roll along an empty road past closed shops. " * 28


@pytest.mark.parametrize(
    ("lines", "image"),
    [
        (["Hands on a rail"], Image(alt="Hands on a rail")),
        (
            ["Minister Speaks At Budget Hearing Before Committee"],
            Image(alt="Minister Speaks At Budget Hearing Before Committee"),
        ),
        (["Mission - River Border, February 2017"], Image(alt="Mission - River Border, February 2017")),
        (["Photo of a man"], Image(alt="Photo of a man")),
        (["Image of a control desk"], Image(alt="Image of a control desk")),
        (["US/Mexico Border"], Image(alt="US/Mexico Border")),
        (["AFP reporters at work"], Image(alt="AFP reporters at work")),
        (["Ada Brook"], Image(alt="Ada Brook")),
        (["A man (L) on a bus (COVID-19)"], Image(alt="A man (L) on a bus (COVID-19)")),
        (
            ["STRELSAU, RURITANIA - 2020/07/08: A nurse rests."],
            Image(caption="STRELSAU, RURITANIA - 2020/07/08: A nurse rests."),
        ),
        (
            ["A nurse rests in Strelsau on July 8, 2020 and"],
            Image(caption="A nurse rests in Strelsau on July 8, 2020 and"),
        ),
        (["A girl by a tent. Her father mends it."], Image(caption="A girl by a tent. Her father mends it.")),
        (["x " * 100 + "y"], Image(caption="x " * 100 + "y")),
        (["Photo by Ada Brook/Getty Images"], Image(credit="Photo by Ada Brook/Getty Images")),
        (["(Photo by Ada Brook/Getty Images)"], Image(credit="Photo by Ada Brook/Getty Images")),
        (["(@ Ada Brook via Getty Images)"], Image(credit="@ Ada Brook via Getty Images")),
        (["(River Watch)"], Image(credit="River Watch")),
        (["ADA BROOK/AFP via Getty Images"], Image(credit="ADA BROOK/AFP via Getty Images")),
        (["Getty Images/ Ada Brook"], Image(credit="Getty Images/ Ada Brook")),
        (
            ["Фото: Ada Brook/SOPA Images/LightRocket via Getty Images"],
            Image(credit="Фото: Ada Brook/SOPA Images/LightRocket via Getty Images"),
        ),
        (["Ada Brook/Strelsau Courier"], Image(credit="Ada Brook/Strelsau Courier")),
        (["© Private"], Image(credit="© Private")),
        (["Ada Brook © Private"], Image(caption="Ada Brook", credit="© Private")),
        (["Men row. (Photo by Ada Brook/AFP)"], Image(caption="Men row.", credit="Photo by Ada Brook/AFP")),
        (
            ["Men row (Ada Brook/Strelsau Courier via Getty Images)"],
            Image(caption="Men row", credit="Ada Brook/Strelsau Courier via Getty Images"),
        ),
        (
            ["Men row. (Photo by A / AFP) (Photo by ADA/AFP via Getty Images)"],
            Image(caption="Men row.", credit="Photo by ADA/AFP via Getty Images"),
        ),
        (
            ["Men row (COVID-19). Ada Brook/TASS (Photo by Ada BrookTASS via Getty Images)"],
            Image(caption="Men row (COVID-19). Ada Brook/TASS", credit="Photo by Ada BrookTASS via Getty Images"),
        ),
        (["Men row. (Photo by Ada Bro"], Image(caption="Men row.", credit="Photo by Ada Bro")),
        (
            ["Men row. (Photo credit should read ADA BROOK/AFP/Getty Images)"],
            Image(caption="Men row.", credit="Photo credit should read ADA BROOK/AFP/Getty Images"),
        ),
        (
            [LONG + "(Photo by Ada Brook/Getty Images)"],
            Image(caption=LONG.strip(), credit="Photo by Ada Brook/Getty Images"),
        ),
        (
            ["Men row", "Photo by -/AFP via Getty Images"],
            Image(alt="Men row", credit="Photo by -/AFP via Getty Images"),
        ),
        (["Men row", "Ada Brook"], Image(alt="Men row", credit="Ada Brook")),
        (["Men row", "Men row at dawn"], Image(alt="Men row", caption="Men row at dawn")),
        (
            ["Men row", "Men row at dawn (Photo by A/AFP)"],
            Image(alt="Men row", caption="Men row at dawn", credit="Photo by A/AFP"),
        ),
        (
            ["A lorry in Strelsau on March 30, 2020", "A lorry in Strelsau. (Photo by A/AFP)"],
            Image(alt="A lorry in Strelsau on March 30, 2020", caption="A lorry in Strelsau.", credit="Photo by A/AFP"),
        ),
        (
            ["Men row", "At dawn they row", "Courtesy of Ada Brook"],
            Image(alt="Men row", caption="At dawn they row", credit="Courtesy of Ada Brook"),
        ),
        (
            ["Photo by A/AFP", "STRELSAU - JUNE 1: Men row."],
            Image(caption="STRELSAU - JUNE 1: Men row.", credit="Photo by A/AFP"),
        ),
    ],
    ids=lambda value: value[0][:40] if isinstance(value, list) else "",
)
def test_each_line_of_a_picture_is_what_its_words_say(lines: list[str], image: Image) -> None:
    """Alt text, caption and credit are told apart; a credit loses its parentheses and nothing else."""
    assert read_picture(lines) == image


def test_no_lines_are_no_picture() -> None:
    """An item without picture lines has no image at all."""
    assert read_picture([]) is None
