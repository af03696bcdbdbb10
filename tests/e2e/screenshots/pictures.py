"""Composes the contact sheets and the README's pictures."""

from pathlib import Path

from PIL import Image

from tests.system.python_process import ROOT

SHOTS, IMAGES = ROOT / "var" / "screenshots", ROOT / "docs" / "images"
README = {
    "desk-light": ("thread", 1440, "light"),
    "desk-dark": ("thread", 1440, "dark"),
    "phone-light": ("thread-of-a-trainee", 360, "light"),
    "phone-dark": ("messages", 360, "dark"),
    "trainees": ("trainees", 768, "light"),
}
COLOURS = 128
SHEET_COLUMNS, THUMB_HEIGHT, GAP = 6, 480, 8


def path_of(name: str, width: int, theme: str) -> Path:
    return SHOTS / f"{name}-{width}-{theme}.png"


def publish() -> None:
    """Write the README's pictures, small enough to load over a mobile network."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, taken in README.items():
        if not path_of(*taken).exists():
            continue
        picture = Image.open(path_of(*taken)).convert("RGB")
        few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}.png", optimize=True)


def make_sheet(names: list[str], width: int, theme: str) -> None:
    """Compose the existing pictures of one width and theme into one sheet."""
    paths = [path_of(name, width, theme) for name in names]
    thumbs = [_thumb(path) for path in paths if path.exists()]
    if not thumbs:
        return
    across, down = thumbs[0].width + GAP, THUMB_HEIGHT + GAP
    rows = -(-len(thumbs) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_COLUMNS * across, rows * down), "#888")
    for index, thumb in enumerate(thumbs):
        sheet.paste(thumb, (index % SHEET_COLUMNS * across, index // SHEET_COLUMNS * down))
    sheet.save(SHOTS / f"sheet-{width}-{theme}.png")


def _thumb(path: Path) -> Image.Image:
    picture = Image.open(path).convert("RGB")
    return picture.resize((round(picture.width * THUMB_HEIGHT / picture.height), THUMB_HEIGHT))
