"""Frames that are made here with their defects, for `kinds`: what the issue of a list of defects asks for by name.

Each maker takes a random generator, and writes frames by `save(image, number)`, or into a folder; it returns the places
(row, column) of what it has planted, by kind.
"""

import collections

import numpy as np
from PIL import Image

SIZE = 512


def scene(rng, height=SIZE, width=SIZE, mean=110, contrast=35, power=1.4):
    """Three channels that share four fifths of one field whose amplitude falls with frequency as 1/f^power."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width)[None] * width)
    frequency[0, 0] = 1
    shared = np.fft.rfft2(rng.normal(size=(height, width)))
    channels = []
    for _ in range(3):
        field = 0.8 * shared + 0.2 * np.fft.rfft2(rng.normal(size=(height, width)))
        values = np.fft.irfft2(field / frequency**power, (height, width))
        channels.append((values - values.mean()) / values.std())
    values = np.clip(mean + rng.normal(0, 15) + contrast * np.stack(channels, 2), 3, 250)
    return values + rng.normal(size=values.shape) * np.sqrt(1 + 0.03 * values)


def mosaic(image):
    raw = image[:, :, 1].copy()
    raw[0::2, 0::2], raw[1::2, 1::2] = image[0::2, 0::2, 0], image[1::2, 1::2, 2]
    return raw


def interpolated(raw):
    """Bilinear, RGGB."""

    def spread(plane, kernel):
        padded = np.pad(plane, 1, mode="reflect")
        return sum(kernel[r][c] * padded[r:r + plane.shape[0], c:c + plane.shape[1]] for r in range(3) for c in range(3))

    planes = [np.zeros_like(raw) for _ in range(3)]
    planes[0][0::2, 0::2], planes[2][1::2, 1::2] = raw[0::2, 0::2], raw[1::2, 1::2]
    planes[1][0::2, 1::2], planes[1][1::2, 0::2] = raw[0::2, 1::2], raw[1::2, 0::2]
    wide = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4
    cross = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
    return np.stack([spread(planes[0], wide), spread(planes[1], cross), spread(planes[2], wide)], 2)


def save8(image, path, quality, subsampling):
    Image.fromarray(np.clip(np.rint(image), 0, 255).astype(np.uint8)).save(path, quality=quality, subsampling=subsampling)


def save16(samples, path):
    Image.fromarray(np.clip(np.rint(samples), 0, 65535).astype(np.uint16)).save(path)


def places(rng, kinds, step=48):
    grid = [(step // 2 + step * r + int(rng.integers(-8, 9)), step // 2 + step * c + int(rng.integers(-8, 9)))
            for r in range((SIZE - 8) // step) for c in range((SIZE - 8) // step)]
    rng.shuffle(grid)
    planted = collections.defaultdict(list)
    for index, place in enumerate(grid[:len(grid) // len(kinds) * len(kinds)]):
        planted[kinds[index % len(kinds)]].append(tuple(int(value) for value in place))
    return planted


ALL_CHANNELS = ["stuck 255", "stuck 128", "stuck 97", "stuck 40", "dead", "hot +60", "hot +35", "hot +20", "gain x0.5",
                "blinks in 40 %", "born at 2/3", "healed at 1/2", "by exposure"]
EXCESS_BY_EXPOSURE = [2, 2, 3, 4, 5, 8, 14, 30, 60, 90]


def changed(kind, value):
    """What a pixel of a kind that does not depend on the frame makes of a value."""
    if kind.startswith("stuck"):
        return float(kind[6:]) + 0 * value
    if kind.startswith("gain"):
        return value * float(kind[6:])
    return value + float(kind[4:]) if kind.startswith("hot") else 0 * value


def all_channels(rng, count, save):
    planted = places(rng, ALL_CHANNELS)
    for frame in range(count):
        image = scene(rng)
        excess = EXCESS_BY_EXPOSURE[int(rng.integers(len(EXCESS_BY_EXPOSURE)))]
        for kind, spots in planted.items():
            for r, c in spots:
                if kind.startswith(("stuck", "dead", "hot", "gain")):
                    image[r, c] = changed(kind, image[r, c])
                elif kind.startswith("blinks"):
                    image[r, c] += 100 * (rng.random() < 0.4)
                elif kind.startswith("born"):
                    image[r, c] += 90 * (frame >= count * 2 // 3)
                elif kind.startswith("healed"):
                    image[r, c] += 90 * (frame < count // 2)
                else:
                    image[r, c] += excess
        save(image, frame)
    return planted


def one_colour(rng, count, save):
    planted = {}
    for kind, spots in places(rng, [f"{colour} {what}" for colour in "RGB" for what in ("dead", "201", "+60")]).items():
        down, right = {"R": (0, 0), "G": (0, 1), "B": (1, 1)}[kind[0]]
        planted[kind] = [(r - r % 2 + down, c - c % 2 + right) for r, c in spots]
    for frame in range(count):
        raw = mosaic(scene(rng))
        for kind, spots in planted.items():
            for r, c in spots:
                raw[r, c] = {"dead": 0, "201": 201, "+60": raw[r, c] + 60}[kind[2:]]
        save(interpolated(np.clip(raw, 0, 255)), frame)
    return planted


def scattered(rng, count, size):
    return [(int(r), int(c)) for r, c in zip(rng.integers(3, size - 3, count), rng.integers(3, size - 3, count))]


def darks(rng, count, folder, size=1024):
    spots = scattered(rng, 300, size)
    offsets = np.exp(rng.uniform(np.log(50), np.log(3000), len(spots)))
    for frame in range(count):
        samples = 500 + rng.normal(size=(size, size)) * 8
        for (r, c), offset in zip(spots, offsets):
            samples[r, c] += offset
        save16(samples, f"{folder}/{frame:03d}.png")
    return {"hot +50 to +3000": spots}


def sky(rng, count, folder, size=1024):
    spots = scattered(rng, 40, size)
    offsets = np.exp(rng.uniform(np.log(300), np.log(20000), len(spots)))
    stars = [(rng.uniform(8, size - 8), rng.uniform(8, size - 8), np.exp(rng.uniform(5, 10.5))) for _ in range(400)]
    down, right = np.mgrid[-6:7, -6:7]
    for frame in range(count):
        samples = 1000 + rng.normal(size=(size, size)) * 30
        dither = rng.normal(size=2) * 4
        for y, x, height in stars:
            y, x = y + dither[0], x + dither[1]
            r, c = int(round(y)), int(round(x))
            if 7 < r < size - 8 and 7 < c < size - 8:
                samples[r - 6:r + 7, c - 6:c + 7] += height * np.exp(-((down - y + r)**2 + (right - x + c)**2) / 3.4)
        for (r, c), offset in zip(spots, offsets):
            samples[r, c] += offset
        save16(samples, f"{folder}/{frame:03d}.png")
    return {"hot +300 to +20000": spots}


def flats(rng, count, folder, size=SIZE):
    spots = scattered(rng, 50, size)
    gain = 1 + rng.normal(size=(size, size)) * 0.01
    for (r, c), own in zip(spots, rng.uniform(0.3, 0.9, len(spots))):
        gain[r, c] = own
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    for frame in range(count):
        light = 20000 * rng.uniform(0.7, 1.3) * (1 - 0.5 * (x * x + y * y)) * gain
        save16(light + rng.normal(size=light.shape) * np.sqrt(0.5 * light + 100), f"{folder}/{frame:03d}.png")
    return {"gain x0.3 to x0.9": spots}


def shapes(rng, count, save):
    for frame in range(count):
        image = scene(rng)
        image[100:102, 100:102], image[200, 101:103], image[:, 133], image[60, 300] = 0, 230, 0, 201
        image[301, :] += 35
        image[256:, 400] += 15
        save(image, frame)
    return {"2 x 2 dead": [(100, 100)], "pair": [(200, 101)], "dead column": [(0, 133)], "row +35": [(301, 0)],
            "half a column +15": [(256, 400)], "point": [(60, 300)]}


def one_view(rng, count, save):
    view = scene(rng, power=1.2)
    for frame in range(count):
        image = view * rng.uniform(0.8, 1.1) + rng.normal(size=view.shape) * 2
        image[200, 200] += 80
        save(image, frame)
    return {"hot +80": [(200, 200)]}


def thermal(rng, count, folder):
    spots = [(40, 50), (90, 150), (120, 30), (20, 180)]
    for frame in range(count):
        samples = scene(rng, 156, 206, mean=120, contrast=40)[:, :, 1] * 16
        for index, (r, c) in enumerate(spots):
            samples[r, c] = 4095 * (index % 2)
        save16(np.clip(samples, 0, 4095), f"{folder}/{frame:03d}.png")
    return {"at 0 and at the maximum": spots}


def clusters(rng, count, save):
    """Touching pixels of every form, and two that are two pixels apart."""
    planted = collections.defaultdict(list)
    forms = {"2 x 2": [(0, 0), (0, 1), (1, 0), (1, 1)], "pair": [(0, 0), (0, 1)], "diagonal": [(0, 0), (1, 1)],
             "three": [(0, 0), (0, 1), (1, 0)], "two apart": [(0, 0), (0, 2)]}
    spots = {}
    for index, (r, c) in enumerate((40 + 64 * r, 40 + 64 * c) for r in range(7) for c in range(7)):
        name = list(forms)[index % len(forms)]
        place = r + int(rng.integers(-8, 9)), c + int(rng.integers(-8, 9))
        planted[name].append(place)
        spots[place] = forms[name], [0, 255, None][int(rng.integers(3))]
        planted[name][-1] = [(place[0] + down, place[1] + right) for down, right in forms[name]]
    for _ in range(count):
        image = scene(rng)
        for (r, c), (form, value) in spots.items():
            for down, right in form:
                image[r + down, c + right] = image[r + down, c + right] + 70 if value is None else value
        save(image, _)
    return planted


def pattern(rng, count, save, gain, size=768):
    """Pixels of a little more or less sensitivity, even bright ground, and one hot pixel."""
    own = 1 + rng.normal(size=(size, size)) * gain
    for frame in range(count):
        raw = mosaic(smooth(rng, size)) * own
        raw += rng.normal(size=raw.shape) * np.sqrt(1 + 0.01 * raw)
        raw[300, 301] += 40
        save(interpolated(np.clip(raw, 0, 255)), frame)
    return {"hot +40": [(300, 301)]}


def smooth(rng, size):
    """Broad waves around a bright level."""
    y, x = np.mgrid[0:size, 0:size] / size
    values = np.full((size, size), 170 + rng.normal(0, 15))
    for _ in range(6):
        down, right = rng.normal(size=2) * 3
        values += 8 * rng.random() * np.sin(2 * np.pi * (down * y + right * x + rng.random()))
    return np.repeat(np.clip(values, 3, 250)[:, :, None], 3, 2)


def clean(rng, count, save, size=1024):
    for frame in range(count):
        save(scene(rng, size, size), frame)
    return {}


def jpeg(quality, subsampling):
    return lambda folder: lambda image, frame: save8(image, f"{folder}/{frame:03d}.jpg", quality, subsampling)


def grey16(folder):
    return lambda image, frame: save16(image[:, :, 1] * 257, f"{folder}/{frame:03d}.png")


KINDS = {
    **{f"scenes, q90 4:2:0, {n}": lambda rng, d, n=n: all_channels(rng, n, jpeg(90, 2)(d)) for n in (30, 60, 100, 300)},
    "scenes, q75 4:2:0, 60": lambda rng, d: all_channels(rng, 60, jpeg(75, 2)(d)),
    "scenes, q95 4:2:2, 30": lambda rng, d: all_channels(rng, 30, jpeg(95, 1)(d)),
    "scenes, q90 4:4:4, 60": lambda rng, d: all_channels(rng, 60, jpeg(90, 0)(d)),
    "scenes, 16 bits, 30": lambda rng, d: all_channels(rng, 30, grey16(d)),
    "one colour, q90 4:2:0, 40": lambda rng, d: one_colour(rng, 40, jpeg(90, 2)(d)),
    "one colour, q90 4:2:0, 100": lambda rng, d: one_colour(rng, 100, jpeg(90, 2)(d)),
    "one colour, q75 4:2:0, 40": lambda rng, d: one_colour(rng, 40, jpeg(75, 2)(d)),
    "one colour, q95 4:2:2, 60": lambda rng, d: one_colour(rng, 60, jpeg(95, 1)(d)),
    "shapes, q90 4:2:0, 40": lambda rng, d: shapes(rng, 40, jpeg(90, 2)(d)),
    "shapes, 16 bits, 40": lambda rng, d: shapes(rng, 40, grey16(d)),
    "clusters, 16 bits, 40": lambda rng, d: clusters(rng, 40, grey16(d)),
    "clusters, q90 4:2:0, 60": lambda rng, d: clusters(rng, 60, jpeg(90, 2)(d)),
    "dark frames, 30": lambda rng, d: darks(rng, 30, d),
    "dark frames, 5": lambda rng, d: darks(rng, 5, d),
    "star field, 30": lambda rng, d: sky(rng, 30, d),
    "flats, 30": lambda rng, d: flats(rng, 30, d),
    "one view, q90 4:2:0, 40": lambda rng, d: one_view(rng, 40, jpeg(90, 2)(d)),
    "thermal, 12 bits in 16, 60": lambda rng, d: thermal(rng, 60, d),
    "pattern of 0.8 %, q93 4:2:2, 200": lambda rng, d: pattern(rng, 200, jpeg(93, 1)(d), 0.008),
    "pattern of 1.5 %, q93 4:2:2, 200": lambda rng, d: pattern(rng, 200, jpeg(93, 1)(d), 0.015),
    "clean, q90 4:2:0, 60": lambda rng, d: clean(rng, 60, jpeg(90, 2)(d)),
    "clean, 16 bits, 60": lambda rng, d: clean(rng, 60, grey16(d)),
}
