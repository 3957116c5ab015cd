#!/usr/bin/env python3
"""Makes report-page.jpg, the picture of Maps.md: the top of the example's page. Needs chromium and Pillow.

    fastpix hotpixels Examples/caliterra --history --report page.html
    Guides/Images/make_page_picture.py page.html Guides/Images/report-page.jpg
"""

import os
import subprocess
import sys
import tempfile

from PIL import Image

# Down to the defects pixel by pixel.
WIDTH, HEIGHT = 900, 1910


def main(page, target):
    with tempfile.TemporaryDirectory() as folder:
        picture = f"{folder}/page.png"
        subprocess.run(
            # It has no sandbox for root; the page is our own.
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", f"file://{os.path.abspath(page)}"], check=True)
        Image.open(picture).convert("RGB").save(target, quality=80, optimize=True)


main(*sys.argv[1:])
