"""Frames for `kinds` without a scene as cameras write them: interpolated colours, eight bits or a JPEG.

Makers are as in `made.py`. Defects are single cells of a Bayer mosaic, which is interpolated, taken through a curve of tones
where the kind says so, and rounded.
"""

import numpy as np
from PIL import Image

import made

SIZE = 768


def edge_directed(raw):
    """RGGB, as many cameras do it: green with the slope of the cell's own colour (Hamilton and Adams 1997), the others by
    their difference to green."""
    padded = np.pad(raw, 2, mode="reflect")

    def at(down, right):
        return padded[2 + down:2 + down + raw.shape[0], 2 + right:2 + right + raw.shape[1]]

    across = np.abs(at(0, -1) - at(0, 1)) + np.abs(2 * raw - at(0, -2) - at(0, 2))
    along = np.abs(at(-1, 0) - at(1, 0)) + np.abs(2 * raw - at(-2, 0) - at(2, 0))
    flat = (at(0, -1) + at(0, 1)) / 2 + (2 * raw - at(0, -2) - at(0, 2)) / 4
    steep = (at(-1, 0) + at(1, 0)) / 2 + (2 * raw - at(-2, 0) - at(2, 0)) / 4
    green = np.where(across < along, flat, np.where(along < across, steep, (flat + steep) / 2))
    green[0::2, 1::2], green[1::2, 0::2] = raw[0::2, 1::2], raw[1::2, 0::2]
    return made.interpolated(raw - green) * [1, 0, 1] + green[:, :, None]


INTERPOLATIONS = {"bilinear": made.interpolated, "edge": edge_directed}


def curve(image):
    """Of sRGB, from a black level of 0."""
    linear = np.clip(image, 0, 255) / 255
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear**(1 / 2.4) - 0.055)


def cells(rng, count, size=SIZE):
    """So far apart that no JPEG mixes two of them."""
    places = [(r, c) for r in range(16, size - 16, 48) for c in range(16, size - 16, 48)]
    rng.shuffle(places)
    return [(int(r + rng.integers(16)), int(c + rng.integers(16))) for r, c in places[:count]]


def by_strength(spots, strengths, bounds):
    """Names by ranges, so that what is faint does not hide what is not."""
    planted = {}
    for low, high in zip(bounds, bounds[1:]):
        planted[f"{low} to {high}"] = [spot for spot, strength in zip(spots, strengths) if low <= strength < high]
    return planted


def darks(rng, count, save, interpolate, noise, level, tones=None):
    spots = cells(rng, 160)
    offsets = np.exp(rng.uniform(np.log(8), np.log(250), len(spots)))
    uneven = rng.normal(0, 0.3 * noise, (SIZE, SIZE))
    for frame in range(count):
        raw = level + uneven + rng.normal(0, noise, uneven.shape)
        for (r, c), offset in zip(spots, offsets):
            raw[r, c] += offset
        image = interpolate(np.clip(raw, 0, 255))
        save(tones(image) if tones else image, frame)
    return {f"+{name}": places for name, places in by_strength(spots, offsets, (8, 15, 30, 60, 250)).items()}


def flats(rng, count, save, interpolate):
    spots = cells(rng, 120)
    gains = rng.uniform(0.3, 0.9, len(spots))
    uneven = 1 + rng.normal(0, 0.008, (SIZE, SIZE))
    for (r, c), gain in zip(spots, gains):
        uneven[r, c] = gain
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE - 0.5
    for frame in range(count):
        light = 110 * rng.uniform(0.9, 1.1) * (1 - 0.4 * (x * x + y * y)) * uneven
        save(interpolate(light + rng.normal(size=light.shape) * np.sqrt(1 + 0.03 * light)), frame)
    return {f"gain x{name}": places for name, places in by_strength(spots, gains, (0.3, 0.5, 0.7, 0.9)).items()}


STARS = np.array([[1, 0.65, 0.4], [1, 0.85, 0.7], [1, 1, 1], [0.75, 0.85, 1]])


def sky(rng, count, save, interpolate, dither, tones=None):
    """Stars of four colours and two widths, and hot cells."""
    spots = cells(rng, 80)
    offsets = np.exp(rng.uniform(np.log(20), np.log(250), len(spots)))
    stars = [(rng.uniform(8, SIZE - 8), rng.uniform(8, SIZE - 8), np.exp(rng.uniform(2, 6)), rng.choice([1.7, 4]),
              STARS[rng.integers(len(STARS))]) for _ in range(150)]
    down, right = np.mgrid[-8:9, -8:9]
    for frame in range(count):
        image = np.full((SIZE, SIZE, 3), 12.0)
        shift = rng.normal(size=2) * dither
        for y, x, height, width, colour in stars:
            y, x = y + shift[0], x + shift[1]
            r, c = int(round(y)), int(round(x))
            if 8 < r < SIZE - 9 and 8 < c < SIZE - 9:
                light = height * np.exp(-((down - y + r)**2 + (right - x + c)**2) / width)
                image[r - 8:r + 9, c - 8:c + 9] += light[:, :, None] * colour
        raw = made.mosaic(image)
        raw += rng.normal(size=raw.shape) * np.sqrt(1 + 0.03 * raw)
        for (r, c), offset in zip(spots, offsets):
            raw[r, c] += offset
        picture = interpolate(np.clip(raw, 0, 255))
        save(tones(picture) if tones else picture, frame)
    return {f"+{name}": places for name, places in by_strength(spots, offsets, (20, 60, 250)).items()}


def png8(folder):
    return lambda image, frame: Image.fromarray(np.clip(np.rint(image), 0, 255).astype(np.uint8)).save(
        f"{folder}/{frame:03d}.png")


bilinear, edge, q = made.interpolated, edge_directed, made.jpeg
KINDS = {
    "colour darks, noise 0.3, q92 4:2:0, 30": lambda rng, d: darks(rng, 30, q(92, 2)(d), edge, 0.3, 0),
    "colour darks, noise 0.5, q92 4:2:0, 30": lambda rng, d: darks(rng, 30, q(92, 2)(d), bilinear, 0.5, 0.5),
    "colour darks, noise 1, q92 4:2:0, 30": lambda rng, d: darks(rng, 30, q(92, 2)(d), edge, 1, 1),
    "colour darks, noise 3, q95 4:2:2, 30": lambda rng, d: darks(rng, 30, q(95, 1)(d), bilinear, 3, 8),
    "colour darks, curve of tones, q90 4:2:0, 30": lambda rng, d: darks(rng, 30, q(90, 2)(d), edge, 0.3, 0.3, curve),
    "colour darks, noise 0.3, 8 bits, 30": lambda rng, d: darks(rng, 30, png8(d), bilinear, 0.3, 0),
    "colour darks, noise 0.5, 8 bits, 30": lambda rng, d: darks(rng, 30, png8(d), edge, 0.5, 0.5),
    "colour darks, noise 3, 8 bits, 30": lambda rng, d: darks(rng, 30, png8(d), bilinear, 3, 8),
    "colour flats, q92 4:2:0, 30": lambda rng, d: flats(rng, 30, q(92, 2)(d), edge),
    "colour flats, 8 bits, 30": lambda rng, d: flats(rng, 30, png8(d), bilinear),
    "colour stars, dithered, q92 4:2:0, 30": lambda rng, d: sky(rng, 30, q(92, 2)(d), edge, 4),
    "colour stars, tracked, q92 4:2:0, 30": lambda rng, d: sky(rng, 30, q(92, 2)(d), bilinear, 0.1),
    "colour stars, tracked, curve, q92 4:2:0, 30": lambda rng, d: sky(rng, 30, q(92, 2)(d), edge, 0.1, curve),
    "colour stars, tracked, 8 bits, 30": lambda rng, d: sky(rng, 30, png8(d), edge, 0.1),
}
