#!/usr/bin/env python3
"""Writes the images of blend/ and blend/manifest.json: inputs of addweighted and what OpenCV makes of them.

At the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install opencv-python-headless==5.0.0.93 pillow numpy
    .venv/bin/python Tests/Fixtures/make_blend_fixtures.py

The manifest holds, for each case, the SHA-256 of the samples that OpenCV's addWeighted and GaussianBlur give (rows top
to bottom, red before blue, 16-bit samples little-endian; JPEG outputs encoded by OpenCV and decoded by Pillow). What
OpenCV does not define is written out below: the first image's alpha stays, grey beside colour is repeated to three
channels, 8-bit samples beside 16-bit ones are multiplied by 257. Resized cases have a file instead of a hash, because
they agree within 1.
"""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import struct

import cv2
import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

FOLDER = pathlib.Path(__file__).resolve().parent / "blend"
WIDTH, HEIGHT = 61, 43


def scene(seed, channels, bits, width=WIDTH, height=HEIGHT):
    """Waves, an edge and noise, so that blurs and saturation show."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for channel in range(channels):
        wave = np.sin(x / (3 + channel) + seed) + np.cos(y / (5 - channel) - seed)
        plane = 0.5 + 0.2 * wave + 0.3 * (x + y > width * 0.8) + random.normal(0, 0.05, (height, width))
        planes.append(plane)
    top = (1 << bits) - 1
    samples = np.clip(np.rint(np.stack(planes, axis=2) * top), 0, top)
    return samples.astype(np.uint8 if bits == 8 else np.uint16)


def write_png(name, samples):
    """OpenCV writes 16 bits, which Pillow does not for colour. Its channels are blue, green, red."""
    order = {1: [0], 2: None, 3: [2, 1, 0], 4: [2, 1, 0, 3]}[samples.shape[2]]
    if order is None:
        write_grey_alpha16(name, samples)
    else:
        cv2.imwrite(str(FOLDER / name), samples[:, :, order])


def write_grey_alpha16(name, samples):
    """Neither library writes this kind."""
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 4, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def read(name):
    """Height x width x channels, red first; alpha last."""
    path = FOLDER / name
    if name == "grey-alpha16.png":
        return GREY_ALPHA_16
    if name.endswith(".jpg"):
        samples = np.asarray(Image.open(path))
    elif name == "palette-transparent.png":
        samples = np.asarray(Image.open(path).convert("RGBA"))
    else:
        samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if samples.ndim == 3:
            samples = samples[:, :, [2, 1, 0, 3][: samples.shape[2]]]
    return samples.reshape(samples.shape[0], samples.shape[1], -1)


GREY_ALPHA_16 = scene(9, 2, 16)


def write_inputs():
    write_png("rgb8.png", scene(1, 3, 8))
    write_png("other-rgb8.png", scene(2, 3, 8))
    write_png("grey8.png", scene(3, 1, 8))
    write_png("rgb16.png", scene(4, 3, 16))
    write_png("other-rgb16.png", scene(5, 3, 16))
    write_png("rgba8.png", scene(6, 4, 8))
    write_png("grey-alpha16.png", GREY_ALPHA_16)
    write_png("small-rgb8.png", scene(7, 3, 8, 23, 17))
    write_png("large-rgb16.png", scene(8, 3, 16, 97, 80))
    Image.fromarray(scene(10, 3, 8)).save(FOLDER / "rgb.jpg", quality=92, subsampling=0)
    Image.fromarray(scene(11, 1, 8)[:, :, 0]).save(FOLDER / "grey.jpg", quality=92)
    palette = Image.fromarray(scene(12, 3, 8)).quantize(16)
    palette.save(FOLDER / "palette-transparent.png", transparency=bytes(range(0, 256, 16)))


def exif_block():
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by 90 degrees
    exif[0x010F] = "Fixture Camera"
    exif[0x011A], exif[0x011B], exif[0x0128] = 180.0, 90.0, 2
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + b"a comment that shall stay"
    return exif.tobytes()


def grey_profile():
    """The header alone (ICC.1:2022, 7.2), which is what libpng looks at, and no tags."""
    header = bytearray(132)
    struct.pack_into(">I", header, 0, 132)
    struct.pack_into(">I4s4s4s", header, 8, 0x04000000, b"mntr", b"GRAY", b"XYZ ")
    header[36:40] = b"acsp"
    struct.pack_into(">III", header, 68, 0x0000F6D6, 0x00010000, 0x0000D32D)
    return bytes(header)


def write_metadata():
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The date of its making: the same bytes on every day.
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    rgb_profile = bytes(profile)
    exif = exif_block()
    (FOLDER / "profile-rgb.icc").write_bytes(rgb_profile)
    (FOLDER / "profile-grey.icc").write_bytes(grey_profile())
    (FOLDER / "exif.bin").write_bytes(exif.removeprefix(b"Exif\0\0"))
    colour, grey = Image.fromarray(scene(13, 3, 8)), Image.fromarray(scene(14, 1, 8)[:, :, 0])
    colour.save(FOLDER / "metadata.jpg", quality=90, exif=exif, icc_profile=rgb_profile, dpi=(300, 240))
    grey.save(FOLDER / "metadata-grey.jpg", quality=90, icc_profile=grey_profile())
    # Without the JFIF marker, as cameras write: the resolution is in the EXIF data alone.
    buffer = io.BytesIO()
    colour.save(buffer, "jpeg", quality=90, exif=exif)
    data = buffer.getvalue()
    assert data[2:4] == b"\xff\xe0"
    (FOLDER / "metadata-no-jfif.jpg").write_bytes(data[:2] + data[4 + struct.unpack(">H", data[4:6])[0]:])
    # XMP, IPTC and a comment behind the others, and a marker that points at pictures which a copy does not have.
    data = (FOLDER / "metadata.jpg").read_bytes()
    extra = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
        for marker, content in [
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"), (0xED, b"Photoshop 3.0\0" + b"8BIM"),
            (0xFE, b"a comment"), (0xE2, b"MPF\0offsets")])
    start = data.index(b"\xff\xdb")
    (FOLDER / "metadata-texts.jpg").write_bytes(data[:start] + extra + data[start:])
    colour.save(FOLDER / "metadata.png", exif=exif, icc_profile=rgb_profile, dpi=(150, 150))
    # gAMA and cHRM, which Pillow writes as they are given.
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", struct.pack(">I", 50000))
    chunks.add(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
    colour.save(FOLDER / "metadata-gamma.png", pnginfo=chunks)
    # A profile whose second half is missing: marker 1 of 2.
    data = (FOLDER / "metadata.jpg").read_bytes()
    position = data.index(b"ICC_PROFILE\0") + 12
    (FOLDER / "metadata-bad-profile.jpg").write_bytes(data[: position + 1] + b"\x02" + data[position + 2:])


def colours_and_alpha(samples):
    channels = samples.shape[2]
    return (samples, None) if channels % 2 else (samples[:, :, :-1], samples[:, :, -1:])


def widened(samples, bits, channels):
    if bits == 16 and samples.dtype == np.uint8:
        samples = samples.astype(np.uint16) * 257
    return np.repeat(samples, channels, axis=2) if samples.shape[2] < channels else samples


def blended(case):
    first, alpha = colours_and_alpha(read(case["first"]))
    if case["second"]:
        second, _ = colours_and_alpha(read(case["second"]))
        bits = max(first.dtype.itemsize, second.dtype.itemsize) * 8
        channels = max(first.shape[2], second.shape[2])
        first, second = (np.ascontiguousarray(widened(part, bits, channels)) for part in (first, second))
        if second.shape != first.shape:
            second = cv2.resize(second, (first.shape[1], first.shape[0]), interpolation=cv2.INTER_LINEAR)
    else:
        bits = first.dtype.itemsize * 8
        first = np.ascontiguousarray(first)
        second = cv2.GaussianBlur(first, (case["blur"], case["blur"]), case["sigma"])
    result = cv2.addWeighted(first, case["alpha"], second.reshape(first.shape), case["beta"], case["gamma"])
    result = result.reshape(first.shape)
    if case["format"] == "jpeg":
        if bits == 16:
            result = ((result.astype(np.uint32) + 128) // 257).astype(np.uint8)
        order = [2, 1, 0][: result.shape[2]] if result.shape[2] == 3 else [0]
        _, data = cv2.imencode(".jpg", result[:, :, order])
        result = np.asarray(Image.open(io.BytesIO(data.tobytes())))
        return result.reshape(first.shape)
    if alpha is not None:
        result = np.concatenate([result, widened(alpha, bits, 1)], axis=2)
    return result


def cases():
    def case(first, second=None, alpha=0.7, beta=0.3, gamma=0.0, blur=None, sigma=0.0, format="png"):
        return {"first": first, "second": second, "alpha": alpha, "beta": beta, "gamma": gamma, "blur": blur,
                "sigma": sigma, "format": format}

    yield case("rgb8.png", "other-rgb8.png")
    yield case("rgb8.png", "other-rgb8.png", 1.5, 1.2, -30)
    yield case("rgb8.png", "other-rgb8.png", 2, -1.5, 40)
    yield case("rgb8.png", "rgb8.png", 0.5, 0.5, 0.5)
    for size in (3, 5, 9, 15, 31, 99):
        yield case("rgb8.png", blur=size)
    yield case("rgb8.png", alpha=4, beta=-4, gamma=128, blur=15)
    yield case("rgb8.png", blur=15, sigma=1.3)
    yield case("grey8.png", blur=15)
    yield case("rgb16.png", "other-rgb16.png")
    yield case("rgb16.png", "other-rgb16.png", -1, 1.7, 12345.5)
    yield case("rgb16.png", alpha=4, beta=-4, gamma=32768, blur=15)
    yield case("grey8.png", "rgb8.png")
    yield case("rgb8.png", "grey8.png")
    yield case("rgb8.png", "rgb16.png")
    yield case("rgb16.png", "grey8.png")
    yield case("rgba8.png", "rgb8.png")
    yield case("rgb8.png", "rgba8.png")
    yield case("rgba8.png", "rgba8.png", 1, 1, 0)
    yield case("rgba8.png", alpha=4, beta=-4, gamma=128, blur=5)
    yield case("grey-alpha16.png", blur=5)
    yield case("grey-alpha16.png", "rgb8.png")
    yield case("palette-transparent.png", "rgb8.png")
    yield case("rgb.jpg", "rgb8.png", format="jpeg")
    yield case("rgb.jpg", blur=15, format="jpeg")
    yield case("rgb.jpg", blur=15)
    yield case("grey.jpg", blur=7, format="jpeg")
    yield case("grey.jpg", "rgb.jpg", format="jpeg")
    yield case("rgb.jpg", "rgb16.png", format="jpeg")
    yield case("rgba8.png", "rgb8.png", format="jpeg")
    yield case("rgb8.png", "small-rgb8.png")
    yield case("rgb8.png", "grey8.png", 0, 1)
    yield case("small-rgb8.png", "rgb8.png", 0, 1)
    yield case("rgb16.png", "large-rgb16.png", 0, 1)
    yield case("rgb.jpg", "large-rgb16.png", 0.5, 0.5)


def main():
    cv2.setNumThreads(1)
    FOLDER.mkdir(exist_ok=True)
    write_inputs()
    write_metadata()
    lines = []
    for number, case in enumerate(cases()):
        result = blended(case)
        case |= {"width": result.shape[1], "height": result.shape[0], "channels": result.shape[2],
                 "bitsPerSample": result.dtype.itemsize * 8, "sha256": None, "expected": None}
        sizes = {read(name).shape[:2] for name in (case["first"], case["second"]) if name}
        if len(sizes) > 1:
            case["expected"] = f"resized-{number}.png"
            write_png(case["expected"], result)
        else:
            case["sha256"] = hashlib.sha256(result.astype(result.dtype.newbyteorder("<")).tobytes()).hexdigest()
        lines.append(json.dumps(case))
    text = ",\n  ".join(lines)
    (FOLDER / "manifest.json").write_text(
        f'{{"opencv": "{cv2.__version__}", "cases": [\n  {text}\n]}}\n')


main()
