#!/usr/bin/env python3
"""Makes repair.png, the picture of the README: a defect before and after `fastpix repair`. Needs Pillow.

    fastpix hotpixels Examples/caliterra --export map.json
    fastpix repair Examples/caliterra --map map.json --output repaired
    Guides/Images/make_repair_picture.py Examples/caliterra repaired Guides/Images/repair.png
"""

import sys

from PIL import Image, ImageDraw, ImageFont

NAME = "IMG_9374.jpg"
# 45 x 45 pixels with the stuck pixel (row 889, column 355) inside.
LEFT, TOP, SIDE, SCALE = 333, 851, 45, 8
GAP, HEADING = 16, 34


def main(before_folder, after_folder, target):
    before = Image.open(f"{before_folder}/{NAME}").convert("RGB")
    after = Image.open(f"{after_folder}/{NAME}").convert("RGB")
    side = SIDE * SCALE
    picture = Image.new("RGB", (3 * side + 2 * GAP, side + HEADING), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(19)
    width, height = before.size
    picture.paste(before.crop((0, height - width, width, height)).resize((side, side), Image.LANCZOS), (0, HEADING))
    factor = side / width
    corner = (LEFT * factor, HEADING + (TOP - height + width) * factor)
    draw.rectangle([corner, (corner[0] + SIDE * factor, HEADING + side - 1)], outline=(255, 212, 0), width=3)
    draw.text((0, 4), "a photo of the example", fill=(30, 30, 30), font=font)
    box = (LEFT, TOP, LEFT + SIDE, TOP + SIDE)
    for index, (photo, title) in enumerate(
        [(before, "8x: the stuck pixel and its smear"), (after, "after fastpix repair")]
    ):
        left = (index + 1) * (side + GAP)
        picture.paste(photo.crop(box).resize((side, side), Image.NEAREST), (left, HEADING))
        draw.text((left, 4), title, fill=(30, 30, 30), font=font)
    picture.quantize(256).save(target, optimize=True)


main(*sys.argv[1:])
