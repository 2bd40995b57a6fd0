"""The picture that goes with a shared link: 1200 x 630, as Open Graph readers cut it anyway."""

from collections.abc import Callable
from io import BytesIO
from typing import Final

SHARE_SIZE: Final = (1200, 630)


def share_image(picture: bytes) -> bytes:
    """Cut the middle out of a cleaned picture; JPEG, which every reader of shared links knows."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and only when a picture comes in

    with Image.open(BytesIO(picture)) as opened:
        fitted = ImageOps.fit(opened.convert("RGB"), SHARE_SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    out = BytesIO()
    fitted.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


def share_card(title: str, municipality: str, colour: tuple[int, int, int] = (21, 66, 115)) -> bytes:
    """A quiet card with the title, for an announcement without a picture; PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - heavy, and only for readers of shared links

    card = Image.new("RGB", SHARE_SIZE, "white")
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, SHARE_SIZE[0], 18), fill=colour)
    draw.text((80, 520), municipality[:60], font=ImageFont.load_default(36), fill=colour)
    for size in (72, 60, 48, 40):
        font = ImageFont.load_default(size)
        rows = _rows(title, font.getlength, 1040)
        if len(rows) * size * 1.25 <= 380:  # noqa: PLR2004 - the room between the bar and the name
            break
    for number, row in enumerate(rows):
        draw.text((80, 90 + number * size * 1.25), row, font=font, fill=(31, 28, 23))
    out = BytesIO()
    card.save(out, "PNG", optimize=True)
    return out.getvalue()


def _rows(text: str, length: Callable[[str], float], room: float) -> list[str]:
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if length(longer) <= room or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows
