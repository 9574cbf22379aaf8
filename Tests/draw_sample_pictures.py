"""Draws the sample pictures in MediaTests/SamplePictures.swift; needs Pillow with WebP.

All show the same 16 x 16 quadrants: red, green / blue, white.
Run it and put its output between the braces of `enum SamplePictures`.
"""

import base64
import io
import textwrap

from PIL import Image

COLORS = [(220, 40, 30), (40, 200, 60), (30, 60, 210), (240, 240, 240)]


def quadrants():
    picture = Image.new("RGB", (16, 16))
    for y in range(16):
        for x in range(16):
            picture.putpixel((x, y), COLORS[y // 8 * 2 + x // 8])
    return picture


def show(name, comment, picture, kind, **options):
    data = io.BytesIO()
    picture.save(data, kind, **options)
    text = base64.b64encode(data.getvalue()).decode()
    print(f"  /// {comment}.")
    print(f"  static let {name} = bytes(\n    \"\"\"")
    print(textwrap.indent("\\\n".join(textwrap.wrap(text, 92)), "    "))
    print('    """)')


def main():
    rgb = quadrants()
    half = rgb.convert("RGBA")
    half.putalpha(128)
    show("baseline", "Baseline JPEG, 4:4:4", rgb, "JPEG", quality=95, subsampling=0)
    show("subsampled", "Baseline JPEG, 4:2:0", rgb, "JPEG", quality=95, subsampling=2)
    show("progressive", "Progressive JPEG", rgb, "JPEG", quality=95, progressive=True, subsampling=0)
    show("cmyk", "CMYK JPEG with Adobe's inverted inks", rgb.convert("CMYK"), "JPEG", quality=95)
    show("grey", "JPEG of one component", rgb.convert("L"), "JPEG", quality=95)
    show("lossyWebP", "WebP, VP8", rgb, "WEBP", quality=95)
    show("losslessWebP", "WebP, VP8L", rgb, "WEBP", lossless=True)
    show("lossyAlphaWebP", "WebP, VP8 with half alpha", half, "WEBP", quality=95)
    show("losslessAlphaWebP", "WebP, VP8L with half alpha", half, "WEBP", lossless=True, exact=True)
    show("animatedWebP", "WebP of two pictures", rgb, "WEBP", save_all=True, append_images=[half])
    show("gif", "GIF", rgb, "GIF")


main()
