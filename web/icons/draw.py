"""
Draws the client's icons into static/web/icons/, for `make icons`. The results are committed.

The SVG and the PNGs (drawn with Pillow) share the same shapes, on a 512 x 512 grid.
"""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

THERE = Path(__file__).parents[1] / "static" / "web" / "icons"
GRID = 512
GREEN, WHITE = "#17705b", "#ffffff"
# For supersampling, because Pillow does not antialias shapes.
SCALE = 4
CORNER = 116
# Launchers may crop maskable icons to a circle with 80 % of their width.
MASKABLE_SIZE = 0.78

Box = tuple[float, float, float, float]
BUBBLE: Box = (88, 104, 424, 360)
BUBBLE_CORNER = 84
TAIL = ((146, 340), (146, 436), (250, 340))
# A dumbbell: the bar, then the plates from the inside out, each with its corner radius.
DUMBBELL: tuple[tuple[Box, float], ...] = (
    ((176, 220, 336, 244), 8),
    ((184, 176, 218, 288), 14),
    ((294, 176, 328, 288), 14),
    ((148, 198, 176, 266), 12),
    ((336, 198, 364, 266), 12),
)


def main() -> None:
    THERE.mkdir(exist_ok=True)
    (THERE / "favicon.svg").write_text(draw_svg())
    for name, size, corner, part in (
        ("icon-192.png", 192, CORNER, 1.0),
        ("icon-512.png", 512, CORNER, 1.0),
        ("icon-maskable-512.png", 512, 0, MASKABLE_SIZE),
        ("apple-touch-icon.png", 180, 0, 0.9),
    ):
        draw_icon(size, corner=corner, part=part).save(THERE / name, optimize=True)
    draw_badge(96).save(THERE / "badge-96.png", optimize=True)


def draw_svg() -> str:
    """Return the icon as SVG."""
    tail = " ".join(f"{x},{y}" for x, y in TAIL)
    shapes = [
        _rect((0, 0, GRID, GRID), CORNER, GREEN),
        _rect(BUBBLE, BUBBLE_CORNER, WHITE),
        f'<polygon points="{tail}" fill="{WHITE}"/>',
        *(_rect(box, corner, GREEN) for box, corner in DUMBBELL),
    ]
    body = "\n".join(f"  {shape}" for shape in shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}">\n{body}\n</svg>\n'


def _rect(box: Box, corner: float, fill: str) -> str:
    left, top, right, bottom = box
    size = f'width="{right - left}" height="{bottom - top}"'
    return f'<rect x="{left}" y="{top}" {size} rx="{corner}" fill="{fill}"/>'


def draw_icon(size: int, *, corner: float, part: float) -> Image.Image:
    """Draw the icon; `part` is the scale of the symbol (the speech bubble)."""
    image = Image.new("RGBA", (GRID * SCALE, GRID * SCALE))
    pen = ImageDraw.Draw(image)
    _fill(pen, (0, 0, GRID, GRID), corner, GREEN)
    _draw_symbol(pen, part, WHITE, GREEN)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_badge(size: int) -> Image.Image:
    """Draw the symbol on a transparent background; status bars show only its alpha channel."""
    image = Image.new("RGBA", (GRID * SCALE, GRID * SCALE))
    _draw_symbol(ImageDraw.Draw(image), 1.3, WHITE, "#00000000")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _draw_symbol(pen: ImageDraw.ImageDraw, part: float, front: str, back: str) -> None:
    _fill(pen, _about_centre(BUBBLE, part), BUBBLE_CORNER * part, front)
    corners = [_about_centre((x, y, x, y), part)[:2] for x, y in TAIL]
    pen.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=front)
    for box, corner in DUMBBELL:
        _fill(pen, _about_centre(box, part), corner * part, back)


def _about_centre(box: Box, part: float) -> Box:
    left, top, right, bottom = ((each - GRID / 2) * part + GRID / 2 for each in box)
    return left, top, right, bottom


def _fill(pen: ImageDraw.ImageDraw, box: Box, corner: float, colour: str) -> None:
    scaled = tuple(_scaled(box))
    pen.rounded_rectangle(scaled, corner * SCALE, fill=colour)


def _scaled(box: Box) -> Iterator[float]:
    """Scale a box to pixels. Pillow also draws the right and bottom edges, so the box is 1 px smaller."""
    left, top, right, bottom = box
    yield from (left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1)


if __name__ == "__main__":
    main()
