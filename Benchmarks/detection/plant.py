"""Plants defects of known class and strength into real photos, before they are compressed.

A planted defect is one pixel, changed alike in all channels, or in one channel alone. Scenes are windows at random
places of the photos given, mirrored at random. Photos are usually halved in size first: their own compression and their own defects blur away.
"""
import json
import pathlib
import random

import numpy
from PIL import Image

# name -> (class as fastpix names it, function of sample value in 0..255 and random generator)
KINDS = {
    "stuck 255": ("stuck", lambda value, chance: 255.0 + 0 * value),
    "stuck 128": ("stuck", lambda value, chance: 128.0 + 0 * value),
    "stuck 40": ("stuck", lambda value, chance: 40.0 + 0 * value),
    "dead": ("dead", lambda value, chance: 0.0 * value),
    "hot +60": ("hot", lambda value, chance: value + 60),
    "hot +20": ("hot", lambda value, chance: value + 20),
    "hot +8": ("hot", lambda value, chance: value + 8),
    "low gain x 0.5": ("low-gain", lambda value, chance: value * 0.5),
    "low gain x 0.8": ("low-gain", lambda value, chance: value * 0.8),
    "unstable +100 in 1 of 2": ("unstable", lambda value, chance: value + 100 * (chance.random() < 0.5)),
}
SPACING = 64


class Scenes:
    """Windows of the photos in a folder, one after the other and at random places."""

    def __init__(self, folder, width, height, seed, halved=True, without=frozenset()):
        """`without` names files that are left out."""
        self.paths = sorted(path for path in pathlib.Path(folder).iterdir()
                            if path.suffix.lower() in (".jpg", ".png") and path.name not in without)
        self.halved = halved
        self.size = (width, height)
        self.random = random.Random(seed)
        self.cache = {}

    def photo(self, index):
        index %= len(self.paths)
        if index not in self.cache:
            image = Image.open(self.paths[index]).convert("RGB")
            if self.halved:
                image = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
            self.cache[index] = numpy.asarray(image)
        return self.cache[index]

    def scene(self, index):
        photo = self.photo(index)
        width, height = self.size
        top = self.random.randrange(photo.shape[0] - height + 1)
        left = self.random.randrange(photo.shape[1] - width + 1)
        window = photo[top:top + height, left:left + width]
        if self.random.random() < 0.5:
            window = window[:, ::-1]
        if self.random.random() < 0.5:
            window = window[::-1]
        return window.astype(numpy.float64)


def positions(width, height, seed):
    """One defect in every square of SPACING pixels, its kind in turn, its place in the square at random."""
    chance = random.Random(seed)
    kinds = list(KINDS)
    squares = [(row, column) for row in range(0, height - SPACING + 1, SPACING)
               for column in range(0, width - SPACING + 1, SPACING)]
    chance.shuffle(squares)
    return [{"row": row + chance.randrange(20, SPACING - 20), "column": column + chance.randrange(20, SPACING - 20),
             "kind": kinds[index % len(kinds)], "class": KINDS[kinds[index % len(kinds)]][0]}
            for index, (row, column) in enumerate(squares)]


def write(photos, target, count, width, height, form, seed, clean=False, one_channel=False, **scenes):
    """Writes `count` photos to the folder `target` and returns what was planted."""
    target = pathlib.Path(target)
    target.mkdir(parents=True, exist_ok=True)
    scenes = Scenes(photos, width, height, seed, **scenes)
    planted = [] if clean else positions(width, height, seed)
    chance = random.Random(seed + 1)
    noise = numpy.random.default_rng(seed)
    for index in range(count):
        scene = scenes.scene(index)
        for number, defect in enumerate(planted):
            place = (defect["row"], defect["column"])
            changed = KINDS[defect["kind"]][1](scene[place], chance)
            if one_channel:
                scene[place + (number // len(KINDS) % 3,)] = changed[number // len(KINDS) % 3]
            else:
                scene[place] = changed
        name = target / f"photo-{index:04}"
        if form == "png16":
            # Grey, with the noise of a sensor, which 8 bits of the source do not have.
            grey = scene @ [0.299, 0.587, 0.114]
            grey = (grey + noise.normal(0, 0.5, grey.shape)) * 257
            Image.fromarray(numpy.clip(numpy.rint(grey), 0, 65535).astype(numpy.uint16)).save(f"{name}.png",
                                                                                             compress_level=1)
        else:
            quality, sampling = form.split("-")
            picture = Image.fromarray(numpy.clip(numpy.rint(scene), 0, 255).astype(numpy.uint8))
            picture.save(f"{name}.jpg", quality=int(quality[1:]), subsampling={"420": 2, "422": 1, "444": 0}[sampling])
    (target.parent / f"{target.name}.json").write_text(json.dumps(planted))
    return planted
