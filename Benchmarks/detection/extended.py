"""Frames for `kinds` whose defects are more than points: blocks, lines of every length and place, and what blinks in the dark.

Makers are as in `made.py`; a defect is the list of its pixels.
"""

import numpy as np
from PIL import Image

import made
from made import SIZE, save16, scene

BLOCKS = {"1 x 3": (1, 3), "1 x 4": (1, 4), "5 x 1": (5, 1), "2 x 2": (2, 2), "3 x 3": (3, 3), "4 x 4": (4, 4),
          "5 x 5": (5, 5)}


def block(row, column, rows, columns):
    return [(row + r, column + c) for r in range(rows) for c in range(columns)]


def blocks(rng):
    """One of every form for each offset, 40 pixels apart."""
    planted, offsets, index = {}, {}, 0
    for offset in (100, 600, 3000):
        planted[f"+{offset}"] = []
        for rows, columns in BLOCKS.values():
            spot = block(30 + 64 * (index // 7) + int(rng.integers(8)), 30 + 64 * (index % 7) + int(rng.integers(8)), rows, columns)
            planted[f"+{offset}"].append(spot)
            offsets.update({place: offset * rng.uniform(0.7, 1) for place in spot})
            index += 1
    return planted, offsets


def dark_blocks(rng, count, save):
    planted, offsets = blocks(rng)
    for frame in range(count):
        samples = 500 + rng.normal(size=(SIZE, SIZE)) * 8
        for (r, c), offset in offsets.items():
            samples[r, c] += offset + rng.normal() * np.sqrt(offset)
        save(samples, frame)
    return planted


def tracked_stars(rng, count, save):
    """Stars that stay where they are, of two widths, and blocks of hot pixels."""
    planted, offsets = blocks(rng)
    stars = [(rng.uniform(8, SIZE - 8), rng.uniform(8, SIZE - 8), np.exp(rng.uniform(5, 10.5)), rng.choice([1.7, 4])) for _ in range(200)]
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    view = sum(height * np.exp(-((y - r)**2 + (x - c)**2) / width) for r, c, height, width in stars)
    for frame in range(count):
        samples = 1000 + view + rng.normal(size=view.shape) * np.sqrt(900 + view)
        for (r, c), offset in offsets.items():
            samples[r, c] += offset
        save(samples, frame)
    return planted


def scene_blocks(rng, count, save):
    planted, offsets = blocks(rng)
    for frame in range(count):
        image = scene(rng)
        for (r, c), offset in offsets.items():
            image[r, c] += {100: 30, 600: 70}.get(offset, 0) if offset < 3000 else 0
        for spots in planted["+3000"]:
            for r, c in spots:
                image[r, c] = 0
        for (r, c), offset in offsets.items():
            if offset < 600 and (r, c) not in sum(planted["+3000"], []):
                image[r, c] += 40
            elif (r, c) not in sum(planted["+3000"], []):
                image[r, c] += 80
        save(image, frame)
    return {"+40": planted["+100"], "+80": planted["+600"], "dead": planted["+3000"]}


def column(number, first=0, last=SIZE):
    return [(row, number) for row in range(first, last)]


def row(number, first=0, last=SIZE):
    return [(number, column) for column in range(first, last)]


LINES = {
    "column at the edge": [column(0)], "second last column": [column(SIZE - 2)], "row at the edge": [row(SIZE - 1)],
    "second row": [row(1)], "touching columns": [column(60) + column(61)],
    "three columns": [column(100) + column(101) + column(102)],
    "columns two apart": [column(140), column(142)], "rows two apart": [row(200), row(202)],
    "three rows": [row(240) + row(241) + row(242)], "half a column": [column(180, 256)],
}

PARTS = {
        "40 rows of a column": [column(220, 100, 140)], "70 rows of a column": [column(260, 300, 370)],
    "20 rows of a column": [column(300, 300, 320)], "50 columns of a row": [row(420, 300, 350)],
}


def lines(rng, count, save, frame_of, value, defects=LINES):
    for frame in range(count):
        image = frame_of(rng)
        for spots in defects.values():
            for spot in spots:
                r, c = np.array(spot).T
                image[r, c] = value(image[r, c])
        save(image, frame)
    return defects


def blinking_darks(rng, count, save):
    """Pixels that blink by 60 to 2000 in two of five frames, and hot ones that do not."""
    spots = made.scattered(rng, 80, SIZE)
    offsets = np.exp(rng.uniform(np.log(60), np.log(2000), len(spots)))
    for frame in range(count):
        samples = 500 + rng.normal(size=(SIZE, SIZE)) * 8
        for index, (r, c) in enumerate(spots):
            if index % 2 or rng.random() < 0.4:
                samples[r, c] += offsets[index] + rng.normal() * np.sqrt(offsets[index])
        save(samples, frame)
    return {"blinks": spots[::2], "hot": spots[1::2]}


def save_fits(samples, path, exposure):
    cards = {"SIMPLE": "T", "BITPIX": 16, "NAXIS": 2, "NAXIS1": samples.shape[1], "NAXIS2": samples.shape[0],
             "BZERO": 32768, "BSCALE": 1, "EXPTIME": exposure}
    header = "".join(f"{key:8}= {value:>20}".ljust(80) for key, value in cards.items()) + "END"
    data = (np.clip(np.rint(samples), 0, 65535) - 32768).astype(">i2").tobytes()
    with open(path, "wb") as file:
        file.write(header.ljust(-len(header) // 2880 * -2880).encode() + data + bytes(-len(data) % 2880))


def exposed_darks(rng, count, folder):
    """Dark current of 0.3 to 100 a second over 1, 30 and 300 s."""
    spots = made.scattered(rng, 80, SIZE)
    rates = np.exp(rng.uniform(np.log(0.3), np.log(100), len(spots)))
    for frame in range(count):
        samples = 500 + rng.normal(size=(SIZE, SIZE)) * 8
        for (r, c), rate in zip(spots, rates):
            samples[r, c] += rng.poisson(rate * [1, 30, 300][frame % 3])
        save_fits(samples, f"{folder}/{frame:03d}.fits", [1, 30, 300][frame % 3])
    return {"dark current": spots}


def float_darks(rng, count, folder, scale):
    spots = made.scattered(rng, 80, SIZE)
    offsets = np.exp(rng.uniform(np.log(60), np.log(2000), len(spots)))
    for frame in range(count):
        samples = 500 + rng.normal(size=(SIZE, SIZE)) * 8
        for (r, c), offset in zip(spots, offsets):
            samples[r, c] += offset
        Image.fromarray((samples * scale).astype(np.float32)).save(f"{folder}/{frame:03d}.tif")
    return {"hot": spots}


def saturated_flats(rng, count, folder):
    """A part is white in all frames: what is brighter cannot be seen there, and what is dead can."""
    spots = made.scattered(rng, 30, SIZE)
    for frame in range(count):
        light = np.full((SIZE, SIZE), 30000.0)
        light[:, :SIZE // 2] = 90000
        for r, c in spots:
            light[r, c] *= 0.3
        save16(light + rng.normal(size=light.shape) * np.sqrt(light), f"{folder}/{frame:03d}.png")
    return {"gain x0.3": spots}


def strip(rng, count, save):
    """A white strip of 20 columns and a black one of 12 rows, narrower than what is looked at together."""
    def change(image):
        image[:, 250:270] = 255
        image[300:312] = 0
        return image
    for frame in range(count):
        save(change(scene(rng)), frame)
    return {}


def png16(folder):
    return lambda samples, frame: save16(samples, f"{folder}/{frame:03d}.png")


def mean8(value):
    return lambda samples: samples * 0 + value


KINDS = {
    "blocks, dark frames, 30": lambda rng, d: dark_blocks(rng, 30, png16(d)),
    "blocks, tracked stars, 30": lambda rng, d: tracked_stars(rng, 30, png16(d)),
    "blocks, scenes, 16 bits, 40": lambda rng, d: scene_blocks(rng, 40, made.grey16(d)),
    "dead lines, scenes, 16 bits, 40": lambda rng, d: lines(rng, 40, made.grey16(d), scene, mean8(0)),
    "lines +40, scenes, 16 bits, 40": lambda rng, d: lines(rng, 40, made.grey16(d), scene, lambda s: s + 40),
    "dead lines, scenes, q90 4:2:0, 40": lambda rng, d: lines(rng, 40, made.jpeg(90, 2)(d), scene, mean8(0)),
    "stuck lines, scenes, 16 bits, 40": lambda rng, d: lines(rng, 40, made.grey16(d), scene, mean8(120)),
    "stuck lines, scenes, q90 4:2:0, 40": lambda rng, d: lines(rng, 40, made.jpeg(90, 2)(d), scene, mean8(120)),
    "lines +40, scenes, q90 4:2:0, 40": lambda rng, d: lines(rng, 40, made.jpeg(90, 2)(d), scene, lambda s: s + 40),
    "parts of lines, dead, scenes, 16 bits, 40": lambda rng, d: lines(
        rng, 40, made.grey16(d), scene, mean8(0), PARTS),
    "parts of lines, +40, scenes, 16 bits, 40": lambda rng, d: lines(
        rng, 40, made.grey16(d), scene, lambda s: s + 40, PARTS),
    "parts of lines, dead, q90 4:2:0, 40": lambda rng, d: lines(rng, 40, made.jpeg(90, 2)(d), scene, mean8(0), PARTS),
    "lines +200, dark frames, 30": lambda rng, d: lines(
        rng, 30, png16(d), lambda rng: 500 + rng.normal(size=(SIZE, SIZE)) * 8, lambda s: s + 200, LINES | PARTS),
    "dark frames, blinking, 60": lambda rng, d: blinking_darks(rng, 60, png16(d)),
    "dark frames of 1, 30, 300 s, 30": lambda rng, d: exposed_darks(rng, 30, d),
    "dark frames, 0 to 1 as float, 30": lambda rng, d: float_darks(rng, 30, d, 1 / 65535),
    "dark frames, float, 30": lambda rng, d: float_darks(rng, 30, d, 1),
    "flats, half of them white, 30": lambda rng, d: saturated_flats(rng, 30, d),
    "white and black strips, 40": lambda rng, d: strip(rng, 40, made.grey16(d)),
}
