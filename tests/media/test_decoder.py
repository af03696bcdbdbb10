"""The decoder draws each picture anew, within its limits, or refuses it."""

import json
import os
import random
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import blurhash
import pytest
from PIL import Image, ImageCms

from media import decoder
from media.decoder import (
    NotAPicture,
    Outcome,
    Task,
    TooLarge,
    answer,
    limit_this_process,
    parse_task,
)
from tests.media.pictures import FORMATS, MEMORY, TASK, declare, draw, encode, repeat_scan

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).resolve().parents[2]


def draw_anew(content: bytes, task: Task = TASK) -> bytes:
    return decoder.draw(BytesIO(content), task).copies[-1]


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_large_modern_picture_is_refused_before_it_is_decoded(kind: str) -> None:
    with pytest.raises(TooLarge):
        draw_anew(draw(kind, (2000, 1500)), TASK._replace(memory=110 * 2**20))


@pytest.mark.parametrize(
    "content",
    [repeat_scan(5, side=6300), repeat_scan(0, side=6300) + b"\xff\xda" * 200],
    ids=["large", "followed by a film"],
)
def test_jpeg_with_as_many_scans_as_cameras_write_is_accepted(content: bytes) -> None:
    assert Image.open(BytesIO(draw_anew(content))).size == (512, 512)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore:Image size:Warning:PIL")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_damaged_file_is_accepted_or_refused(kind: str) -> None:
    whole, dice, kinds = draw(kind, (24, 24)), random.Random(4), set()

    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 3, 9))):
            damaged[dice.randrange(min(len(damaged), 160))] = dice.randrange(256)
        try:
            assert draw_anew(bytes(damaged))
        except (NotAPicture, TooLarge) as refused:
            kinds.add(type(refused))

    assert NotAPicture in kinds


def middle_of(content: bytes) -> tuple[int, ...]:
    picture = Image.open(BytesIO(draw_anew(content)))
    color = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(color, tuple)
    return color


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(300, 20), (1100, 2300), (5000, 3), (1, 1)])
def test_png_of_every_mode_and_shape_is_shrunk(mode: str, size: tuple[int, int]) -> None:
    output = BytesIO()
    Image.new("RGBA", size).convert("L" if mode == "I;16" else mode).convert(mode).save(
        output, "PNG"
    )

    picture = Image.open(BytesIO(draw_anew(output.getvalue())))

    expected = Image.new("RGB", size)
    expected.thumbnail((512, 512))
    assert (picture.mode, picture.format, picture.size) == ("RGB", "JPEG", expected.size)


@pytest.mark.parametrize("size", [(40, 40), (2500, 2500)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_transparent_pixels_become_white(kind: str, size: tuple[int, int]) -> None:
    output = BytesIO()
    Image.new("RGBA", size, (200, 0, 0, 0)).save(output, kind)

    assert min(middle_of(output.getvalue())) > 250


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation_is_used(kind: str) -> None:
    output, first = BytesIO(), Image.new("RGB", (30, 30), "red")
    first.save(output, kind, save_all=True, append_images=[Image.new("RGB", (30, 30), "blue")])

    red, _, blue = middle_of(output.getvalue())

    assert red > 240
    assert blue < 15


def test_large_picture_looks_like_the_original() -> None:
    """The picture is half red and half blue, and is rotated, so misplaced tiles would be seen."""
    picture, output, exif = Image.new("RGB", (3001, 2003), "red"), BytesIO(), Image.Exif()
    picture.paste("blue", (1500, 0, 3001, 2003))
    exif[0x0112] = 8  # to be rotated by 90 degrees
    picture.save(output, "PNG", exif=exif)

    small = Image.open(BytesIO(draw_anew(output.getvalue())))

    assert small.size == (342, 512)
    for x in range(10, 342, 40):
        blue = small.getpixel((x, 200))
        red = small.getpixel((x, 300))
        assert isinstance(blue, tuple)
        assert isinstance(red, tuple)
        assert blue[2] - blue[0] > 180
        assert red[0] - red[2] > 180


def test_memory_of_the_decoder_is_limited_whatever_the_estimate() -> None:
    """The estimate is switched off in the child, and only the limit of the process is left."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from media import decoder as d\n"
        "d._ensure_not_too_large = lambda *args: None\n"
        "d.limit_this_process(150 * 2**20)\n"
        "sys.exit(d.answer(sys.stdin.buffer, sys.stdout.buffer, d.Task((512,), ('PNG',), 0)))"
    )
    huge = encode("PNG", "RGBA", 6300)

    ended = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], input=huge, capture_output=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (Outcome.TOO_LARGE, b"")


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (draw(), Outcome.DONE),
        (b"x", Outcome.NOT_A_PICTURE),
        (declare(8_000, 8_000), Outcome.TOO_MANY_PIXELS),
        (repeat_scan(1300), Outcome.TOO_LARGE),
    ],
)
def test_exit_code_says_what_became_of_the_picture(content: bytes, outcome: Outcome) -> None:
    output = BytesIO()

    assert answer(BytesIO(content), output, TASK) == outcome
    assert bool(output.getvalue()) == (outcome == Outcome.DONE)


def test_limits_are_those_of_the_process_that_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[int, tuple[int, int]] = {}
    niceness: list[int] = []
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    monkeypatch.setattr(os, "nice", niceness.append)

    limit_this_process(MEMORY)

    assert niceness == [10]
    assert limits == {
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_CPU: (20, 20),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }


# getrusage() would return the peak of the process that started this one, if that was higher.
DECODE_AND_WEIGH = """
import re, sys
from io import BytesIO
from pathlib import Path
from media.decoder import Task, draw

def weigh():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

content = BytesIO(Path(sys.argv[1]).read_bytes())
before = weigh()
draw(content, Task((512,), ("JPEG", "PNG"), 2**30))
print(weigh() - before)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "most"),
    [("PNG", "RGB", 220), ("PNG", "RGBA", 220), ("PNG", "P", 120), ("JPEG", "RGB", 40)],
)
def test_huge_picture_takes_the_memory_of_one_copy(
    tmp_path: Path, kind: str, mode: str, most: int
) -> None:
    path = tmp_path / "huge"
    path.write_bytes(draw(kind, (6300, 6300), mode))

    weighed = subprocess.run(
        [sys.executable, "-c", DECODE_AND_WEIGH, str(path)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert int(weighed.stdout) < most  # megabytes


# What is drawn
# ------------------------------------------------------------------------------
def corners_of(content: bytes) -> str:
    """Return the colours of a picture's four quarters: above from the left, then below."""
    picture = Image.open(BytesIO(content)).convert("RGB")
    spots = [(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
    found = [picture.getpixel((int(x * picture.width), int(y * picture.height))) for x, y in spots]
    return "".join("rgbw"[_nearest(each)] for each in found)


def _nearest(color: object) -> int:
    assert isinstance(color, tuple)
    if min(color) > 200:
        return 3
    return color.index(max(color))


def quarters(orientation: int) -> bytes:
    """Return a picture that is red, green, blue and white, and stored as a camera turned like this."""
    picture, exif, output = Image.new("RGB", (400, 200), "red"), Image.Exif(), BytesIO()
    picture.paste((0, 255, 0), (200, 0, 400, 100))
    picture.paste((0, 0, 255), (0, 100, 200, 200))
    picture.paste((255, 255, 255), (200, 100, 400, 200))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        picture = picture.transpose(undo[orientation])
    exif[0x0112] = orientation
    picture.save(output, "JPEG", exif=exif, quality=95)
    return output.getvalue()


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
def test_picture_of_every_orientation_is_upright(orientation: int) -> None:
    drawn = draw_anew(quarters(orientation))

    assert Image.open(BytesIO(drawn)).size == (400, 200)
    assert corners_of(drawn) == "rgbw"


def test_sixteen_bits_are_scaled_to_eight() -> None:
    output = BytesIO()
    Image.new("I;16", (40, 40), 0x8000).save(output, "PNG")

    assert all(120 < each < 136 for each in middle_of(output.getvalue()))


def test_colours_for_print_are_those_of_the_screen() -> None:
    assert middle_of(encode("JPEG", "CMYK", 40)) == (255, 255, 255)


def in_display_p3(color: tuple[int, int, int]) -> bytes:
    """Return a picture whose profile says that red and green are swapped, which no picture does."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    output = BytesIO()
    Image.new("RGB", (40, 40), color).save(output, "PNG", icc_profile=swapped)
    return output.getvalue()


def test_colours_of_a_profile_are_converted() -> None:
    red, green, _ = middle_of(in_display_p3((250, 0, 0)))

    assert green - red > 200


def test_damaged_profile_is_ignored() -> None:
    output = BytesIO()
    Image.new("RGB", (40, 40), "red").save(output, "PNG", icc_profile=b"nonsense")

    assert middle_of(output.getvalue())[0] > 240


def test_copies_have_the_sizes_that_were_asked_for_and_are_never_enlarged() -> None:
    task = Task((320, 1280, 2560), FORMATS, MEMORY)

    found = decoder.draw(BytesIO(draw("GIF", (3000, 1500))), task)
    small = decoder.draw(BytesIO(draw("GIF", (30, 15))), task)

    sizes = [[Image.open(BytesIO(each)).size for each in copies] for copies in (found[3], small[3])]
    assert sizes == [[(320, 160), (1280, 640), (2560, 1280)], [(30, 15)] * 3]
    assert (found.width, found.height, small.width) == (2560, 1280, 30)


@pytest.mark.parametrize(("size", "parts"), [((400, 400), (4, 4)), ((400, 100), (4, 1))])
def test_blurhash_has_as_many_parts_as_the_shape_needs(
    size: tuple[int, int], parts: tuple[int, int]
) -> None:
    found = decoder.draw(BytesIO(draw("GIF", size)), TASK).blurhash

    assert blurhash.components(found) == parts
    color = blurhash.decode(found, 1, 1)[0][0]
    assert (color[0] > 240, max(color[1:]) < 15) == (True, True)


def test_format_that_is_not_accepted_is_refused() -> None:
    with pytest.raises(NotAPicture):
        draw_anew(draw("AVIF"), TASK._replace(formats=("JPEG", "HEIF")))


def test_task_survives_its_way_to_the_process() -> None:
    assert parse_task(json.dumps(TASK)) == TASK
