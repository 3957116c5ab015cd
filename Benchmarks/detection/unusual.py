"""Frames for `kinds` that nothing in the search was written for: what cameras and their owners do besides.

Makers are as in `made.py`.
"""

import collections
import io

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import made
from made import SIZE, scene


def with_defects(rng, count, save, change=None, size=(SIZE, SIZE), kinds=None, step=64, margin=0, **look):
    """Scenes with some of every kind. `change` makes the scene what it is before defects; `margin`: rows without any."""
    height, width = size
    kinds = kinds or ["stuck 255", "stuck 40", "dead", "hot +60", "hot +35", "gain x0.5"]
    grid = [(r + int(rng.integers(-8, 9)), c + int(rng.integers(-8, 9)))
            for r in range(step // 2 + margin, height - step // 2 - margin, step)
            for c in range(step // 2, width - step // 2, step)]
    rng.shuffle(grid)
    planted = collections.defaultdict(list)
    for index, place in enumerate(grid[:len(grid) // len(kinds) * len(kinds)]):
        planted[kinds[index % len(kinds)]].append(tuple(int(value) for value in place))
    for frame in range(count):
        image = scene(rng, height, width, **look)
        if change:
            image = change(image, frame)
        for kind, spots in planted.items():
            for r, c in spots:
                image[r, c] = made.changed(kind, image[r, c])
        save(image, frame)
    return planted


def vignette(rng):
    def change(image, _):
        y, x = np.mgrid[0:image.shape[0], 0:image.shape[1]] / max(image.shape[:2]) - 0.5
        slope = rng.normal(size=2) * 0.6
        return image * ((1 - 1.2 * (x * x + y * y)) * (1 + slope[0] * y + slope[1] * x))[:, :, None]

    return change


def stamped(rng):
    """A watermark through the frame's middle that is half transparent, and a date that changes a little."""
    mark = Image.new("L", (SIZE, SIZE))
    draw = ImageDraw.Draw(mark)
    draw.text((60, SIZE // 2 - 30), "PHOTO BY ME", fill=128, font=ImageFont.load_default(48))
    mark = np.asarray(mark)[:, :, None] / 255

    def change(image, frame):
        image = image * (1 - mark) + 255 * mark
        date = Image.new("L", (SIZE, SIZE))
        ImageDraw.Draw(date).text((SIZE - 150, SIZE - 26), f"2024-05-{1 + frame % 28:02d} 1{frame % 10}:{frame % 60:02d}",
                                  fill=255, font=ImageFont.load_default(16))
        return np.where(np.asarray(date)[:, :, None] > 128, np.array([255, 140, 0.0]), image)

    return change


def dusty(image, _):
    y, x = np.mgrid[0:image.shape[0], 0:image.shape[1]]
    shade = 1.0 - sum(depth * np.exp(-((y - r)**2 + (x - c)**2) / (2 * size * size))
                      for r, c, size, depth in [(150, 140, 9, 0.2), (330, 400, 15, 0.12), (400, 90, 4, 0.3), (80, 300, 2.5, 0.15)])
    return image * shade[:, :, None]


def letterbox(image, _):
    image[:64], image[-64:] = 0, 0
    return image


def on_plain_ground(rng):
    """Objects before a ground that is the same in all photos, as in museums."""
    def change(image, _):
        y, x = np.mgrid[0:image.shape[0], 0:image.shape[1]] / SIZE - 0.5
        edge = 1 + 0.3 * np.sin(3 * np.arctan2(y, x) + rng.uniform(0, 6))
        thing = (np.hypot(x / rng.uniform(0.2, 0.4), y / rng.uniform(0.2, 0.4)) < edge)[:, :, None]
        ground = 190 - 60 * np.hypot(x, y)[:, :, None] + rng.normal(size=image.shape) * 2
        return np.where(thing, image, ground)

    return change


def edges(rng):
    """Windows, bricks and leaves: edges as sharp as pixels."""
    def change(image, _):
        picture = Image.fromarray(np.zeros(image.shape, np.uint8))
        draw = ImageDraw.Draw(picture)
        for _ in range(400):
            r, c = rng.integers(0, SIZE, 2)
            tall, wide = rng.integers(2, 40, 2)
            draw.rectangle((int(c), int(r), int(c + wide), int(r + tall)), fill=tuple(map(int, rng.integers(1, 250, 3))))
        drawn = np.asarray(picture).astype(float)
        return np.where(drawn.sum(2, keepdims=True) > 0, drawn + rng.normal(size=image.shape) * 2, image)

    return change


def on_a_vehicle(rng):
    """The lower quarter is the same in all photos, sharp and lit differently."""
    own = scene(rng, SIZE // 4, power=1.0)

    def change(image, _):
        image[-SIZE // 4:] = own * rng.uniform(0.7, 1.1) + rng.normal(size=own.shape) * 2
        return image

    return change


def hand_held(rng, count, save):
    """A burst: one view that moves by some pixels."""
    view = cv2.GaussianBlur(scene(rng, SIZE + 64, SIZE + 64, power=1.1), (0, 0), 0.7)
    spots = {"hot +60": [(100, 120), (300, 410)], "stuck 255": [(220, 80)], "dead": [(400, 222)]}
    for frame in range(count):
        down, right = 32 + rng.normal(size=2) * 3
        image = cv2.warpAffine(view, np.float32([[1, 0, -right], [0, 1, -down]]), (SIZE, SIZE))
        image = image * rng.uniform(0.95, 1.05) + rng.normal(size=image.shape) * 2
        for kind, places in spots.items():
            for r, c in places:
                image[r, c] = made.changed(kind, image[r, c])
        save(image, frame)
    return spots


def night(rng, count, save, caps=5):
    """Lamps in a dark town, hot pixels that grow with exposure, and some photos with the cap on."""
    spots = {"hot +20": made.scattered(rng, 12, SIZE), "hot +60": made.scattered(rng, 6, SIZE)}
    for frame in range(count):
        image = np.abs(scene(rng, mean=6, contrast=5))
        if frame < caps:
            image = np.abs(rng.normal(size=image.shape))
        else:
            for _ in range(60):
                r, c = rng.integers(8, SIZE - 8, 2)
                image[r - 2:r + 3, c - 2:c + 3] += 250 * np.exp(-rng.uniform(0.2, 2) * np.hypot(*np.mgrid[-2:3, -2:3]))[:, :, None]
        for kind, places in spots.items():
            for r, c in places:
                image[r, c] = made.changed(kind, image[r, c])
        save(image, frame)
    return spots


def fits(samples, path, **cards):
    """16 bits, grey."""
    cards = {"SIMPLE": "T", "BITPIX": 16, "NAXIS": 2, "NAXIS1": samples.shape[1], "NAXIS2": samples.shape[0],
             "BZERO": 32768, "BSCALE": 1, "INSTRUME": "'made'", **cards}
    header = "".join(f"{name:<8}= {value:>20}".ljust(80) for name, value in cards.items()) + "END".ljust(80)
    data = (np.clip(np.rint(samples), 0, 65535).astype(np.int32) - 32768).astype(">i2").tobytes()
    with open(path, "wb") as file:
        file.write(header.ljust(-(-len(header) // 2880) * 2880).encode() + data.ljust(-(-len(data) // 2880) * 2880, b"\0"))


def exposed_darks(rng, count, folder, glow=0, size=768):
    """Exposures of 1 to 300 s at three temperatures: dark current doubles every 7 degrees. `glow`: of an amplifier, at 300 s."""
    spots = made.scattered(rng, 200, size)
    rates = np.exp(rng.uniform(np.log(1), np.log(60), len(spots)))
    current = rng.gamma(4, 0.005, (size, size))
    y, x = np.mgrid[0:size, 0:size]
    corner = glow / 300 * np.exp(-np.hypot(y - size, x) / 90)
    for frame in range(count):
        seconds, celsius = (1, 10, 60, 300)[frame % 4], (-10, 0, 10)[frame // 4 % 3]
        heat = seconds * 2**(celsius / 7)
        charge = current * heat + corner * seconds
        for (r, c), rate in zip(spots, rates):
            charge[r, c] += rate * heat
        samples = 500 + charge + rng.normal(size=charge.shape) * np.sqrt(36 + charge * 0.5)
        fits(samples, f"{folder}/{frame:03d}.fits", EXPTIME=f"{seconds:.1f}", **{"CCD-TEMP": f"{celsius:.1f}",
             "IMAGETYP": "'Dark Frame'"})
    return {"1 to 60 DN/s": spots}


def striped_thermal(rng, count, folder, height=156, width=206):
    """A microbolometer: columns differ by 0.5 % and pixels by 0.3 %."""
    spots = {"at 0": [(40, 50), (90, 150)], "at the maximum": [(120, 30), (20, 180)], "+400": [(70, 70), (130, 120)]}
    gain = 1 + rng.normal(size=(1, width)) * 0.005 + rng.normal(size=(height, width)) * 0.003
    for frame in range(count):
        samples = (7000 + (scene(rng, height, width, mean=120, contrast=40, power=1.8)[:, :, 1] - 120) * 5) * gain
        for kind, places in spots.items():
            for r, c in places:
                samples[r, c] = {"at 0": 0, "at the maximum": 16383, "+400": samples[r, c] + 400}[kind]
        made.save16(samples, f"{folder}/{frame:03d}.png")
    return spots


def sampled(folder, factor, quality=90):
    """Factors of colours that Pillow has not."""
    def save(image, frame):
        pixels = np.clip(np.rint(image), 0, 255).astype(np.uint8)[:, :, ::-1]
        cv2.imwrite(f"{folder}/{frame:03d}.jpg", pixels,
                    [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])

    return save


def grey(folder):
    def save(image, frame):
        Image.fromarray(np.clip(np.rint(image[:, :, 1]), 0, 255).astype(np.uint8)).save(f"{folder}/{frame:03d}.jpg", quality=88)

    return save


def turned(folder):
    """Half of the photos with an orientation: the stored pixels are the sensor's."""
    def save(image, frame):
        exif = Image.Exif()
        exif[0x112] = (1, 8, 6, 3)[frame % 4]
        pixels = Image.fromarray(np.clip(np.rint(image), 0, 255).astype(np.uint8))
        pixels.save(f"{folder}/{frame:03d}.jpg", quality=90, subsampling=2, exif=exif)

    return save


def processed(folder, quality=92):
    """What cameras do after interpolation: colour noise is smoothed, edges are sharpened, a curve, twice compressed."""
    def save(image, frame):
        image = made.interpolated(made.mosaic(np.clip(image, 0, 255)))
        luma = image @ [0.299, 0.587, 0.114]
        colour = cv2.GaussianBlur(image - luma[:, :, None], (0, 0), 1.2)
        luma += 0.8 * (luma - cv2.GaussianBlur(luma, (0, 0), 1.0))
        image = 255 * np.clip((luma[:, :, None] + colour) / 255, 0, 1)**0.8
        first = io.BytesIO()
        Image.fromarray(np.rint(image).astype(np.uint8)).save(first, "jpeg", quality=97, subsampling=1)
        made.save8(np.asarray(Image.open(first)).astype(float), f"{folder}/{frame:03d}.jpg", quality, 2)

    return save


def clean(rng, count, save, size=4096):
    """Windows of large fields, with new noise: making new fields of this size would take an hour."""
    fields = [scene(rng, 2 * size, 2 * size).astype(np.float32) for _ in range(1)]
    for frame in range(count):
        field = fields[frame % len(fields)]
        r, c = rng.integers(0, size, 2)
        window = field[r:r + size, c:c + size][:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]
        if rng.random() < 0.5:
            window = window.transpose(1, 0, 2)
        noise = rng.standard_normal(window.shape, np.float32)
        save(window * np.float32(rng.uniform(0.6, 1.1)) + noise * 2, frame)
    return {}


def q(quality, subsampling):
    return made.jpeg(quality, subsampling)


KINDS = {
    "vignette and light that turns, q90 4:2:0, 60": lambda rng, d: with_defects(rng, 60, q(90, 2)(d), vignette(rng)),
    "watermark and date, q75 4:2:0, 60": lambda rng, d: with_defects(rng, 60, q(75, 2)(d), stamped(rng)),
    "letterbox, q90 4:2:0, 40": lambda rng, d: with_defects(rng, 40, q(90, 2)(d), letterbox, margin=80),
    "dust, q90 4:2:0, 60": lambda rng, d: with_defects(rng, 60, q(90, 2)(d), dusty),
    "objects on a plain ground, q90 4:2:0, 40": lambda rng, d: with_defects(rng, 40, q(90, 2)(d), on_plain_ground(rng)),
    "sharp edges, q90 4:2:0, 40": lambda rng, d: with_defects(rng, 40, q(90, 2)(d), edges(rng)),
    "on a vehicle, q90 4:2:0, 60": lambda rng, d: with_defects(rng, 60, q(90, 2)(d), on_a_vehicle(rng), margin=0),
    "509 x 387, q90 4:2:0, 40": lambda rng, d: with_defects(rng, 40, q(90, 2)(d), size=(387, 509)),
    "grey, 501 x 403, q88, 40": lambda rng, d: with_defects(rng, 40, grey(d), size=(403, 501)),
    "orientations, q90 4:2:0, 40": lambda rng, d: with_defects(rng, 40, turned(d)),
    "q90 4:4:0, 40": lambda rng, d: with_defects(rng, 40, sampled(d, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440)),
    "q90 4:1:1, 40": lambda rng, d: with_defects(rng, 40, sampled(d, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411)),
    "processed in the camera, q92 4:2:0, 60": lambda rng, d: with_defects(rng, 60, processed(d)),
    "hand-held burst, q90 4:2:0, 40": lambda rng, d: hand_held(rng, 40, q(90, 2)(d)),
    "night and some with the cap on, q90 4:2:0, 40": lambda rng, d: night(rng, 40, q(90, 2)(d)),
    "faint, q90 4:2:0, 100": lambda rng, d: with_defects(rng, 100, q(90, 2)(d), kinds=["hot +8", "hot +12", "hot +20"]),
    "faint, q90 4:2:0, 300": lambda rng, d: with_defects(rng, 300, q(90, 2)(d), kinds=["hot +8", "hot +12", "hot +20"]),
    "dark frames of many exposures, 24": lambda rng, d: exposed_darks(rng, 24, d),
    "dark frames with a glow, 24": lambda rng, d: exposed_darks(rng, 24, d, glow=4000),
    "striped thermal, 14 bits in 16, 60": lambda rng, d: striped_thermal(rng, 60, d),
    "large and clean, q90 4:2:0, 30": lambda rng, d: clean(rng, 30, q(90, 2)(d)),
}
