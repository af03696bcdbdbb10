import segno


def draw_qr_code(text: str) -> str:
    """Return a QR code as a `data:` URL of an SVG picture, which is white around the dark modules."""
    return segno.make(text, micro=False).svg_data_uri(scale=5, light="white")
