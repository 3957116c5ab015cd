#!/usr/bin/env python3
"""Writes the small images of decoder/ and decoder/manifest.json.

Run (every path in the script is relative to this file), at the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install pillow numpy pypng
    .venv/bin/python Tests/Fixtures/make_decoder_fixtures.py

Also needed on the PATH: cjpeg, djpeg, jpegtran (Debian: libjpeg-turbo-progs).
Last run with Python 3.11.7, Pillow 13.0.0 (bundled libjpeg-turbo 3.2.0),
NumPy 2.4.6, pypng 0.20220715.0, zlib 1.2.13, libjpeg-turbo-progs 2.1.5.
The same versions give the same bytes; other encoders or zlibs may give other
bytes, with a manifest that fits them.

The pictures are synthetic (integer arithmetic, fixed seed), except
jpeg-photo-422.jpg, cut without re-compression from a CC0 photo in
Examples/caliterra (see the README there).

manifest.json, per image that decodes:
  file, format, width, height, channels (1|3), bitsPerSample (8|16),
  wholeImage  true where a decoder has to hold the whole image (progressive or
              multi-scan JPEG, interlaced PNG),
  sha256      of the decoded samples: row-major, channels interleaved, 16-bit
              samples little-endian; stored pixels (EXIF orientation, gAMA,
              sRGB, sBIT, bKGD and transparency all ignored; alpha dropped,
              colour not premultiplied; palette -> RGB; grey of 1, 2, 4 bits
              expanded to 0..255),
  source      "pillow": decoded by Pillow; "numpy": the array that was written,
  note, exif  optional.
Per file that must be refused: file, error (truncated, corrupt, unsupported,
empty, not an image), note, and optionally alsoAcceptable: other errors that
are just as right.

While it runs it checks that Pillow and the arrays agree wherever the format is
lossless, that pypng reads the same samples out of every PNG, and that djpeg
gives the same pixels as Pillow for every JPEG; it prints what disagrees.
"""

import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import tempfile
import warnings
import zlib
from pathlib import Path

import numpy as np
import png as pypng
from PIL import Image, TiffImagePlugin

HERE = Path(__file__).resolve().parent
OUT = HERE / "decoder"
PHOTOS = HERE.parent.parent / "Examples" / "caliterra"
manifest = []
disagreements = []


# ---------------------------------------------------------------- the picture

def scene(width, height, seed=1, noise=1500):
    """A landscape-like RGB picture, uint16: sky, hills, furrows, discs, noise."""
    rng = np.random.RandomState(seed)  # the frozen legacy stream
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u = x * 4096 // max(width, 2)
    v = y * 4096 // max(height, 2)
    hill = 1500 + np.abs((u + 700) % 1800 - 900) // 2
    ground = v > hill
    furrow = np.abs((u * 3 + v * 5) % 512 - 256) * 40
    sky = np.stack([14000 + v * 6, 26000 + v * 6, 50000 + v * 2], axis=-1)
    land = np.stack([20000 + furrow + u, 26000 + furrow + v, 9000 + furrow // 2], axis=-1)
    image = np.where(ground[..., None], land, sky)
    for cu, cv, r, colour in ((900, 800, 420, (65000, 61000, 20000)),
                              (2900, 2800, 600, (56000, 8000, 7000)),
                              (1500, 3300, 350, (2000, 3000, 60000)),
                              (3500, 1200, 200, (65535, 65535, 65535)),
                              (500, 2600, 260, (0, 0, 0))):
        inside = (u - cu) ** 2 + (v - cv) ** 2 < r * r
        image = np.where(inside[..., None], np.array(colour), image)
    image = image + rng.randint(-noise, noise + 1, size=(height, width, 3))
    image = image + rng.randint(-noise, noise + 1, size=(height, width, 1))
    return np.clip(image, 0, 65535).astype(np.uint16)


def rgb8(width, height, seed=1):
    return (scene(width, height, seed) >> 8).astype(np.uint8)


def grey16(width, height, seed=1):
    s = scene(width, height, seed).astype(np.uint32)
    return ((s[..., 0] * 77 + s[..., 1] * 150 + s[..., 2] * 29) >> 8).astype(np.uint16)


def grey8(width, height, seed=1):
    return (grey16(width, height, seed) >> 8).astype(np.uint8)


# ------------------------------------------------------------------- manifest

def digest(samples):
    samples = np.ascontiguousarray(samples)
    return hashlib.sha256(samples.astype(samples.dtype.newbyteorder("<")).tobytes()).hexdigest()


def write(name, data):
    (OUT / name).write_bytes(data)


def accept(name, fmt, samples, whole, source, note=None, exif=None):
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    assert channels in (1, 3) and samples.dtype in (np.uint8, np.uint16)
    entry = {"file": name, "format": fmt, "width": samples.shape[1], "height": samples.shape[0],
             "channels": channels, "bitsPerSample": samples.dtype.itemsize * 8,
             "wholeImage": whole, "sha256": digest(samples), "source": source}
    if note:
        entry["note"] = note
    if exif:
        entry["exif"] = exif
    manifest.append(entry)


def refuse(name, data, error, note, also=None):
    write(name, data)
    entry = {"file": name, "error": error, "note": note}
    if also:
        entry["alsoAcceptable"] = also
    manifest.append(entry)


# ----------------------------------------------------------------------- JPEG

def run(arguments, data):
    done = subprocess.run(arguments, input=data, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode("latin-1").strip()


def cjpeg(image, *switches):
    if image.ndim == 2:
        header = b"P5 %d %d 255\n" % (image.shape[1], image.shape[0])
    else:
        header = b"P6 %d %d 255\n" % (image.shape[1], image.shape[0])
    status, data, message = run(["cjpeg", *switches], header + image.tobytes())
    if status != 0:
        raise RuntimeError("cjpeg %s: %s" % (" ".join(switches), message))
    return data


def djpeg(data, *switches):
    return run(["djpeg", *switches], data)


def jpeg_segments(data):
    """(marker, offset of the 0xFF, offset after the segment) up to and with SOS."""
    i = 2
    while True:
        assert data[i] == 0xFF
        length = struct.unpack(">H", data[i + 2:i + 4])[0]
        yield data[i + 1], i, i + 2 + length
        if data[i + 1] == 0xDA:
            return
        i += 2 + length


def segment(data, *markers):
    for marker, start, end in jpeg_segments(data):
        if marker in markers:
            return start, end
    raise LookupError(markers)


def parse_pnm(data):
    fields, position = [], 0
    while len(fields) < 4:
        end = position
        while not data[end:end + 1].isspace():
            end += 1
        fields.append(data[position:end])
        position = end + 1
    width, height = int(fields[1]), int(fields[2])
    shape = (height, width) if fields[0] == b"P5" else (height, width, 3)
    return np.frombuffer(data, np.uint8, offset=position).reshape(shape)


jpeg_checked = 0


def jpeg(name, data, whole, note=None, exif=None):
    global jpeg_checked
    write(name, data)
    status, _, message = djpeg(data, "-strict", "-outfile", os.devnull)
    if status or message:
        disagreements.append("%s: djpeg -strict says: %s" % (name, message))
    picture = Image.open(io.BytesIO(data))
    assert picture.mode in ("L", "RGB"), (name, picture.mode)
    golden = np.asarray(picture)
    other = parse_pnm(djpeg(data, "-pnm")[1])
    jpeg_checked += 1
    if other.shape != golden.shape:
        disagreements.append("%s: djpeg shape %s, Pillow %s" % (name, other.shape, golden.shape))
    elif not np.array_equal(other, golden):
        difference = np.abs(other.astype(int) - golden.astype(int))
        disagreements.append("%s: djpeg and Pillow differ in %d samples, by at most %d"
                             % (name, np.count_nonzero(difference), difference.max()))
    accept(name, "jpeg", golden, whole, "pillow", note, exif)


EXIF_VALUES = {"make": "Canon", "model": "Canon PowerShot SX260 HS", "bodySerialNumber": "FPX-0012345",
               "iso": 125, "exposureTime": "1/1250", "dateTimeOriginal": "2014:07:22 10:11:12",
               "orientation": 6}


def exif_block():
    exif = Image.Exif()
    exif[0x010F] = EXIF_VALUES["make"]
    exif[0x0110] = EXIF_VALUES["model"]
    exif[0x0112] = EXIF_VALUES["orientation"]
    sub = exif.get_ifd(0x8769)
    sub[0x829A] = TiffImagePlugin.IFDRational(1, 1250)
    sub[0x8827] = EXIF_VALUES["iso"]
    sub[0x9003] = EXIF_VALUES["dateTimeOriginal"]
    sub[0xA431] = EXIF_VALUES["bodySerialNumber"]
    exif[0x8769] = dict(sub)
    data = exif.tobytes()
    return data if data.startswith(b"Exif\0\0") else b"Exif\0\0" + data


def with_exif(data, block):
    """The APP1 segment goes right after SOI, in place of JFIF's APP0, as cameras write it."""
    marker, start, end = next(jpeg_segments(data))
    assert marker == 0xE0
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[end:]


def make_jpegs(scans):
    sampling = {"444": "1x1", "422": "2x1", "420": "2x2"}
    for width, height, quality in ((1, 1, 90), (17, 13, 50), (16, 16, 100), (33, 50, 90), (200, 150, 90)):
        jpeg("jpeg-grey-%dx%d-q%d.jpg" % (width, height, quality),
             cjpeg(grey8(width, height), "-quality", str(quality)), False)
    jpeg("jpeg-grey-sampling-2x2.jpg", cjpeg(grey8(97, 61), "-quality", "90", "-sample", "2x2"), False,
         "one component that declares 2x2 sampling factors")
    jpeg("jpeg-grey-progressive.jpg", cjpeg(grey8(97, 61), "-quality", "90", "-progressive"), True)
    for label, factors in sampling.items():
        for width, height, quality in ((1, 1, 90), (17, 13, 50), (16, 16, 100), (33, 50, 90),
                                       (97, 61, 50), (97, 61, 100), (200, 150, 90)):
            jpeg("jpeg-%s-%dx%d-q%d.jpg" % (label, width, height, quality),
                 cjpeg(rgb8(width, height), "-quality", str(quality), "-sample", factors), False)
        for width, height in ((1, 1), (17, 13), (97, 61)):
            jpeg("jpeg-%s-progressive-%dx%d.jpg" % (label, width, height),
                 cjpeg(rgb8(width, height), "-quality", "90", "-sample", factors, "-progressive"), True)
    for label, factors in (("440", "1x2"), ("411", "4x1"), ("3x1", "3x1"), ("1x4", "1x4"),
                           ("2x2-2x1-1x2", "2x2,2x1,1x2"), ("2x2-1x2-2x1", "2x2,1x2,2x1"),
                           ("chroma-larger", "1x1,2x2,2x2")):
        for width, height in ((17, 13), (97, 61)):
            jpeg("jpeg-%s-%dx%d.jpg" % (label, width, height),
                 cjpeg(rgb8(width, height), "-quality", "90", "-sample", factors), False,
                 "sampling factors " + factors)
    jpeg("jpeg-rgb.jpg", cjpeg(rgb8(97, 61), "-quality", "90", "-rgb"), False, "RGB colour space, no YCbCr")
    jpeg("jpeg-rgb-progressive.jpg", cjpeg(rgb8(97, 61), "-quality", "90", "-rgb", "-progressive"), True)
    jpeg("jpeg-restart-rows.jpg", cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2", "-restart", "1"), False)
    jpeg("jpeg-restart-blocks.jpg", cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x1", "-restart", "3B"), False)
    jpeg("jpeg-restart-progressive.jpg",
         cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2", "-progressive", "-restart", "1"), True)
    jpeg("jpeg-optimised.jpg", cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2", "-optimize"), False)
    for label, more in (("", []), ("-progressive", ["-progressive"])):
        data = cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2", "-arithmetic", *more)
        try:
            Image.open(io.BytesIO(data)).load()
        except OSError as problem:
            print("skipped: arithmetic%s, Pillow says %s" % (label, problem))
        else:
            jpeg("jpeg-arithmetic%s.jpg" % label, data, bool(more),
                 "arithmetic coded; some builds of libjpeg cannot read this")
    scans.write_text("0;\n1;\n2;\n")
    jpeg("jpeg-multiscan-420.jpg",
         cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2", "-scans", str(scans)), True,
         "sequential, one scan per component")
    scans.write_text("0;\n1 2;\n")
    jpeg("jpeg-multiscan-422.jpg",
         cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x1", "-scans", str(scans)), True,
         "sequential, luma in one scan, both chroma in another")
    plain = cjpeg(rgb8(97, 61), "-quality", "90", "-sample", "2x2")
    jpeg("jpeg-exif.jpg", with_exif(plain, exif_block()), False,
         "EXIF orientation 6, not applied", EXIF_VALUES)
    jpeg("jpeg-trailing-bytes.jpg", plain + b"trailing bytes \x00\x01\xff\xd8\xff" + bytes(range(256)), False,
         "bytes after EOI")
    jpeg("jpeg-trailing-jpeg.jpg", plain + cjpeg(rgb8(16, 16)), False, "a second JPEG after EOI")
    jpeg("jpeg-comment.jpg", plain[:2] + b"\xff\xfe\x00\x12" + b"a comment, 16 b." + plain[2:], False,
         "COM before APP0")
    jpeg("jpeg-fill-bytes.jpg", plain[:2] + b"\xff\xff\xff" + plain[2:], False,
         "fill bytes 0xFF before a marker, which the standard allows")
    photo = (PHOTOS / "IMG_9354.jpg").read_bytes()
    status, cropped, message = run(["jpegtran", "-copy", "none", "-crop", "128x96+256+800"], photo)
    assert status == 0, message
    jpeg("jpeg-photo-422.jpg", cropped, False, "cut from a camera's photo without re-compression")
    jpeg("jpeg-named.png", plain, False, "a JPEG under the name of a PNG")


def first_warning(data):
    return djpeg(data, "-outfile", os.devnull)[2].splitlines()[:1]


def make_refused_jpegs():
    base = cjpeg(rgb8(200, 150), "-quality", "75", "-sample", "2x2")
    _, sos_end = segment(base, 0xDA)
    for percent in (25, 50, 90):
        refuse("jpeg-truncated-%d.jpg" % percent, base[:len(base) * percent // 100], "truncated",
               "the first %d %% of the bytes" % percent)
    refuse("jpeg-truncated-header.jpg", base[:100], "truncated", "ends inside the headers")
    refuse("jpeg-truncated-no-scan.jpg", base[:sos_end], "truncated", "ends after the SOS header")
    assert base[-2:] == b"\xff\xd9"
    refuse("jpeg-no-eoi.jpg", base[:-2], "truncated", "only EOI is missing")
    progressive = cjpeg(rgb8(200, 150), "-quality", "75", "-sample", "2x2", "-progressive")
    refuse("jpeg-progressive-truncated-50.jpg", progressive[:len(progressive) // 2], "truncated",
           "the first 50 % of a progressive file")
    refuse("jpeg-progressive-no-eoi.jpg", progressive[:-2], "truncated", "progressive, only EOI is missing")

    # Corrupt entropy-coded data: single bytes changed, found by what djpeg says.
    small = cjpeg(rgb8(97, 61), "-quality", "75", "-sample", "2x2")
    small_progressive = cjpeg(rgb8(97, 61), "-quality", "75", "-sample", "2x2", "-progressive")
    for name, data, wanted in (("jpeg-corrupt-huffman.jpg", small, "bad Huffman code"),
                               ("jpeg-corrupt-early-end.jpg", small, "premature end of data segment"),
                               ("jpeg-corrupt-extraneous.jpg", small, "extraneous bytes before marker"),
                               ("jpeg-corrupt-progressive.jpg", small_progressive, "Corrupt JPEG data")):
        start = segment(data, 0xDA)[1] + (len(data) - segment(data, 0xDA)[1]) // 3
        found = None
        for position in range(start, len(data) - 8):
            if 0xFF in data[position - 1:position + 2]:
                continue
            for mask in (0x01, 0x10, 0x40, 0x55):
                changed = bytearray(data)
                changed[position] ^= mask
                if changed[position] == 0xFF:
                    continue
                said = first_warning(bytes(changed))
                if said and wanted in said[0] and djpeg(bytes(changed), "-strict", "-outfile", os.devnull)[0]:
                    found = (bytes(changed), position, said[0])
                    break
            if found:
                break
        assert found, name
        refuse(name, found[0], "corrupt", "byte %d changed; djpeg: %s" % found[1:])
    restart = bytearray(cjpeg(rgb8(97, 61), "-quality", "75", "-sample", "2x2", "-restart", "1"))
    position = restart.index(b"\xff\xd1")
    restart[position + 1] = 0xD4
    said = first_warning(bytes(restart))
    assert said
    refuse("jpeg-corrupt-restart.jpg", bytes(restart), "corrupt", "RST1 made RST4; djpeg: " + said[0])
    extra = small[:-2] + b"\x12\x34\x56\x78" * 4 + small[-2:]
    said = first_warning(extra)
    assert said
    refuse("jpeg-corrupt-before-eoi.jpg", extra, "corrupt",
           "16 stray bytes between the last MCU and EOI: seen only when reading on to EOI; djpeg: " + said[0])
    broken = bytearray(small)
    dht = segment(small, 0xC4)[0]
    broken[dht + 5:dht + 21] = b"\xff" * 16
    assert djpeg(bytes(broken), "-strict", "-outfile", os.devnull)[0]
    refuse("jpeg-corrupt-dht.jpg", bytes(broken), "corrupt", "Huffman table with impossible counts")
    soi_eoi = b"\xff\xd8\xff\xd9"
    refuse("jpeg-no-image.jpg", soi_eoi, "corrupt", "SOI and EOI, nothing between", ["truncated", "not an image"])

    buffer = io.BytesIO()
    picture = rgb8(97, 61)
    ink = np.dstack([255 - picture, grey8(97, 61) // 4])
    Image.frombytes("CMYK", (97, 61), ink.tobytes()).save(buffer, "JPEG", quality=90)
    cmyk = buffer.getvalue()
    start, end = segment(cmyk, 0xEE)
    assert cmyk[start + 4:start + 9] == b"Adobe" and cmyk[start + 15] in (0, 2)
    for transform, name in ((0, "cmyk-adobe"), (2, "ycck-adobe")):
        changed = bytearray(cmyk)
        changed[start + 15] = transform
        refuse("jpeg-%s.jpg" % name, bytes(changed), "unsupported",
               "four components, Adobe marker with transform %d" % transform)
    refuse("jpeg-cmyk.jpg", cmyk[:start] + cmyk[end:], "unsupported", "four components, no Adobe marker")
    twelve = bytearray(small)
    sof = segment(small, 0xC0)[0]
    twelve[sof + 1], twelve[sof + 4] = 0xC1, 12
    refuse("jpeg-12-bit.jpg", bytes(twelve), "unsupported", "SOF1 that declares 12 bits per sample")
    twelve[sof + 1] = 0xC0
    refuse("jpeg-12-bit-sof0.jpg", bytes(twelve), "unsupported",
           "SOF0 that declares 12 bits per sample, which baseline forbids", ["corrupt"])
    zero = bytearray(small)
    zero[sof + 5:sof + 9] = b"\0\0\0\0"
    refuse("jpeg-0x0.jpg", bytes(zero), "corrupt", "SOF that declares 0x0", ["unsupported"])
    huge = bytearray(small)
    huge[sof + 5:sof + 9] = struct.pack(">HH", 65500, 65500)
    refuse("jpeg-65500x65500.jpg", bytes(huge), "corrupt",
           "declares 65500x65500 and holds 97x61: must not allocate for what is declared", ["truncated", "unsupported"])


# ------------------------------------------------------------------------ PNG

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pack_rows(samples, depth):
    """(rows, bytes) of one image or pass; samples: (height, width, channels)."""
    height = samples.shape[0]
    flat = samples.reshape(height, -1)
    if depth == 16:
        return flat.astype(">u2").view(np.uint8).reshape(height, -1)
    if depth == 8:
        return flat.astype(np.uint8)
    bits = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)


def filtered(rows, pixel_bytes):
    """Filter types 0..4 in turn, so that each is read back."""
    out = bytearray()
    above = np.zeros(rows.shape[1], np.int32)
    for number, row in enumerate(rows.astype(np.int32)):
        kind = (number + 1) % 5
        left, corner = np.zeros_like(row), np.zeros_like(row)
        left[pixel_bytes:] = row[:-pixel_bytes] if len(row) > pixel_bytes else []
        corner[pixel_bytes:] = above[:-pixel_bytes] if len(row) > pixel_bytes else []
        estimate = left + above - corner
        pa, pb, pc = abs(estimate - left), abs(estimate - above), abs(estimate - corner)
        paeth = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, above, corner))
        guess = (0, left, above, (left + above) // 2, paeth)[kind]
        out.append(kind)
        out += ((row - guess) & 255).astype(np.uint8).tobytes()
        above = row
    return bytes(out)


def png_raw(samples, depth, colour, interlaced):
    pixel_bytes = max(1, depth * CHANNELS[colour] // 8)
    if not interlaced:
        return filtered(pack_rows(samples, depth), pixel_bytes)
    raw = b""
    for x0, y0, dx, dy in ADAM7:
        part = samples[y0::dy, x0::dx]
        if part.size:
            raw += filtered(pack_rows(part, depth), pixel_bytes)
    return raw


def png_file(samples, depth, colour, interlaced=False, palette=None, trns=None, before=b"", after=b"",
             idat_size=None, stream=None, size=None):
    samples = samples.reshape(samples.shape[0], samples.shape[1], -1)
    assert samples.shape[2] == CHANNELS[colour]
    height, width = samples.shape[:2]
    width, height = size or (width, height)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0,
                                                               1 if interlaced else 0)) + before
    if palette is not None:
        data += chunk(b"PLTE", palette.tobytes())
    if trns is not None:
        data += chunk(b"tRNS", trns)
    stream = stream if stream is not None else zlib.compress(png_raw(samples, depth, colour, interlaced), 9)
    for start in range(0, len(stream), idat_size or len(stream)):
        data += chunk(b"IDAT", stream[start:start + (idat_size or len(stream))])
    return data + after + chunk(b"IEND")


def pillow_colour(data):
    """Colour samples of an 8-bit (or smaller) PNG as Pillow reads them."""
    picture = Image.open(io.BytesIO(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if picture.mode in ("1", "L"):
            return np.asarray(picture.convert("L"))
        if picture.mode == "LA":
            return np.asarray(picture)[..., 0]
        if picture.mode == "P":
            return np.asarray(picture.convert("RGB"))
        if picture.mode in ("RGB", "RGBA"):
            return np.asarray(picture)[..., :3]
    raise AssertionError(picture.mode)


def pypng_samples(data):
    width, height, rows, info = pypng.Reader(bytes=data).read()
    return np.array([list(row) for row in rows], dtype=np.uint16).reshape(height, width, -1)


png_checked = 0


def png(name, samples, depth, colour, interlaced=False, palette=None, note=None, exif=None, **more):
    global png_checked
    data = png_file(samples, depth, colour, interlaced, palette, **more)
    write(name, data)
    cube = samples.reshape(samples.shape[0], samples.shape[1], -1)
    if not np.array_equal(pypng_samples(data), cube):
        disagreements.append("%s: pypng reads other samples than were written" % name)
    if colour == 3:
        known = palette[cube[..., 0]].astype(np.uint8)
    elif colour in (0, 4):
        known = cube[..., 0]
    else:
        known = cube[..., :3]
    if depth == 16:
        golden, source = known.astype(np.uint16), "numpy"
        picture = Image.open(io.BytesIO(data))
        if picture.mode.startswith("I"):
            seen = np.asarray(picture).astype(np.uint16)
        else:  # Pillow keeps the high bytes of 16-bit colour
            seen, known = pillow_colour(data), known >> 8
            if known.ndim == 2:  # and makes RGBA of grey with alpha
                seen = seen[..., 0]
        if not np.array_equal(seen, known):
            disagreements.append("%s: Pillow (mode %s) and the array differ" % (name, picture.mode))
    else:
        if colour == 0:
            known = known * (255 // ((1 << depth) - 1))
        golden, source = pillow_colour(data).astype(np.uint8), "pillow"
        if not np.array_equal(golden, known):
            disagreements.append("%s: Pillow and the array differ" % name)
    png_checked += 1
    accept(name, "png", golden, interlaced, source, note, exif)


def indices(width, height, depth):
    return (grey16(width, height) >> (16 - depth)).astype(np.uint8)


def palette_of(depth):
    rng = np.random.RandomState(77)
    return rng.randint(0, 256, size=(1 << depth, 3)).astype(np.uint8)


def make_pngs():
    rng = np.random.RandomState(5)
    middle = (97, 61)
    for interlaced in (False, True):
        tail = "-adam7" if interlaced else ""
        for depth in (1, 2, 4, 8, 16):
            for width, height in ((1, 1), (17, 13), middle):
                png("png-grey%d-%dx%d%s.png" % (depth, width, height, tail),
                    grey16(width, height) >> (16 - depth), depth, 0, interlaced)
        for depth in (1, 2, 4, 8):
            for width, height in ((17, 13), middle):
                png("png-palette%d-%dx%d%s.png" % (depth, width, height, tail),
                    indices(width, height, depth), depth, 3, interlaced, palette_of(depth))
        for depth in (8, 16):
            shift = 16 - depth
            for width, height in ((1, 1), (17, 13), middle):
                alpha = rng.randint(0, 1 << depth, size=(height, width))
                png("png-rgb%d-%dx%d%s.png" % (depth, width, height, tail),
                    scene(width, height) >> shift, depth, 2, interlaced)
                if width == 97:
                    continue
                alpha[0, 0] = 0
                alpha[-1, -1] = 0  # colour under alpha 0 stays
                png("png-grey-alpha%d-%dx%d%s.png" % (depth, width, height, tail),
                    np.dstack([grey16(width, height) >> shift, alpha]), depth, 4, interlaced)
                png("png-rgba%d-%dx%d%s.png" % (depth, width, height, tail),
                    np.dstack([scene(width, height) >> shift, alpha]), depth, 6, interlaced)
        png("png-palette8-trns%s.png" % tail, indices(17, 13, 8), 8, 3, interlaced, palette_of(8),
            trns=rng.randint(0, 256, size=200).astype(np.uint8).tobytes(), note="tRNS for 200 of 256 entries, ignored")
        png("png-palette2-trns%s.png" % tail, indices(17, 13, 2), 2, 3, interlaced, palette_of(2),
            trns=b"\x00\x80", note="tRNS, ignored")
        for depth in (2, 8, 16):
            picture = grey16(17, 13) >> (16 - depth)
            png("png-grey%d-trns%s.png" % (depth, tail), picture, depth, 0, interlaced,
                trns=struct.pack(">H", int(picture[3, 4])), note="colour key that occurs in the picture, ignored")
            if depth > 2:
                picture = scene(17, 13) >> (16 - depth)
                png("png-rgb%d-trns%s.png" % (depth, tail), picture, depth, 2, interlaced,
                    trns=struct.pack(">HHH", *(int(v) for v in picture[3, 4])),
                    note="colour key that occurs in the picture, ignored")
    rng = np.random.RandomState(6)
    png("png-rgb8-200x150.png", rgb8(200, 150), 8, 2)
    png("png-grey16-200x150.png", grey16(200, 150), 16, 0)
    png("png-grey8-200x150-adam7.png", grey8(200, 150), 8, 0, True)
    png("png-grey16-noise.png", rng.randint(0, 65536, size=(13, 33)).astype(np.uint16), 16, 0,
        note="uniform noise over all 16 bits: shows swapped bytes")
    png("png-rgb8-3x2-adam7.png", rgb8(3, 2), 8, 2, True, note="some Adam7 passes are empty")
    png("png-palette8-short.png", indices(17, 13, 8) % 10, 8, 3, False, palette_of(8)[:10],
        note="a palette of 10 entries at 8 bits")
    gamma, srgb = chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"sRGB", b"\0")
    png("png-gamma.png", rgb8(33, 50), 8, 2, before=gamma, note="gAMA, ignored")
    png("png-gamma-1.png", rgb8(17, 13), 8, 2, before=chunk(b"gAMA", struct.pack(">I", 100000)),
        note="gAMA 1.0, ignored")
    png("png-gamma16.png", scene(17, 13), 16, 2, before=chunk(b"gAMA", struct.pack(">I", 100000)),
        note="gAMA 1.0, ignored")
    png("png-srgb.png", rgb8(17, 13), 8, 2, before=srgb + gamma, note="sRGB and gAMA, ignored")
    png("png-sbit.png", grey16(17, 13), 16, 0, before=chunk(b"sBIT", b"\x0c"), note="sBIT 12, ignored")
    png("png-bkgd-rgba.png", np.dstack([rgb8(17, 13), rng.randint(0, 256, size=(13, 17))]), 8, 6,
        before=chunk(b"bKGD", struct.pack(">HHH", 255, 0, 0)), note="bKGD, ignored")
    png("png-exif.png", rgb8(33, 50), 8, 2, before=chunk(b"eXIf", exif_block()[6:]),
        note="eXIf, orientation 6 not applied", exif=EXIF_VALUES)
    png("png-exif-after-idat.png", rgb8(17, 13), 8, 2, after=chunk(b"eXIf", exif_block()[6:]),
        note="eXIf after IDAT, which the standard allows", exif=EXIF_VALUES)
    png("png-many-idat.png", rgb8(33, 50), 8, 2, idat_size=7, note="IDAT chunks of 7 bytes")
    png("png-text-after.png", rgb8(17, 13), 8, 2, after=chunk(b"tEXt", b"Comment\0after IDAT"))
    data = png_file(rgb8(17, 13), 8, 2)
    write("png-named.jpg", data)
    accept("png-named.jpg", "png", pillow_colour(data), False, "pillow", "a PNG under the name of a JPEG")
    write("png-trailing-bytes.png", data + b"after IEND \x00\x01\x02")
    accept("png-trailing-bytes.png", "png", pillow_colour(data), False, "pillow", "bytes after IEND")


def make_refused_pngs():
    picture = rgb8(97, 61)
    data = png_file(picture, 8, 2)
    refuse("png-truncated-50.png", data[:len(data) // 2], "truncated", "the first 50 % of the bytes")
    interlaced = png_file(picture, 8, 2, True)
    refuse("png-adam7-truncated-50.png", interlaced[:len(interlaced) // 2], "truncated",
           "the first 50 % of an interlaced file")
    refuse("png-truncated-header.png", data[:20], "truncated", "ends inside IHDR")
    refuse("png-no-iend.png", data[:-12], "truncated", "only IEND is missing")
    # A stored (uncompressed) stream, so the flipped byte is a sample and only the CRC (and adler) can tell.
    stored = bytearray(png_file(rgb8(33, 20), 8, 2, stream=zlib.compress(png_raw(rgb8(33, 20), 8, 2, False), 0)))
    stored[stored.index(b"IDAT") + 4 + 1000] ^= 0x04
    refuse("png-bad-crc-stored.png", bytes(stored), "corrupt", "one bit of a sample flipped in a stored IDAT: bad CRC")
    flipped = bytearray(data)
    flipped[data.index(b"IDAT") + 4 + (len(data) - data.index(b"IDAT")) // 2] ^= 0x20
    refuse("png-bad-crc.png", bytes(flipped), "corrupt", "one bit flipped in IDAT: bad CRC")
    crc = bytearray(data)
    crc[-16] ^= 0x01
    assert data[-8:-4] == b"IEND"
    refuse("png-bad-crc-field.png", bytes(crc), "corrupt", "IDAT intact, its stored CRC wrong")
    crc = bytearray(data)
    crc[29] ^= 0x80
    refuse("png-bad-crc-ihdr.png", bytes(crc), "corrupt", "bad CRC in IHDR")
    crc = bytearray(data)
    crc[-1] ^= 0x01
    refuse("png-bad-crc-iend.png", bytes(crc), "corrupt", "bad CRC in IEND")
    stream = bytearray(zlib.compress(png_raw(picture, 8, 2, False), 9))
    stream[-1] ^= 0x01
    refuse("png-bad-adler.png", png_file(picture, 8, 2, stream=bytes(stream)), "corrupt",
           "CRC right, zlib's adler-32 wrong")
    refuse("png-bad-adler-own-idat.png",
           png_file(picture, 8, 2, stream=bytes(stream), idat_size=len(stream) - 4), "corrupt",
           "the wrong adler-32 alone in the last IDAT: libpng may only warn, after the last row")
    stream = bytearray(zlib.compress(png_raw(picture, 8, 2, True), 9))
    stream[-1] ^= 0x01
    refuse("png-adam7-bad-adler.png", png_file(picture, 8, 2, True, stream=bytes(stream)), "corrupt",
           "interlaced; CRC right, zlib's adler-32 wrong")
    short = zlib.compress(png_raw(picture[:40], 8, 2, False), 9)
    refuse("png-too-few-rows.png", png_file(picture, 8, 2, stream=short), "corrupt",
           "40 of 61 rows in a complete zlib stream, IEND present", ["truncated"])
    bad_filter = bytearray(png_raw(picture, 8, 2, False))
    bad_filter[20 * (97 * 3 + 1)] = 9
    refuse("png-bad-filter.png", png_file(picture, 8, 2, stream=zlib.compress(bytes(bad_filter), 9)), "corrupt",
           "filter type 9 in row 20")
    refuse("png-60000x60000.png", png_file(rgb8(17, 13), 8, 2, size=(60000, 60000)), "corrupt",
           "declares 60000x60000 RGB and holds 17x13: must not allocate for what is declared",
           ["truncated", "unsupported"])
    header = bytearray(data)
    header[16:20] = struct.pack(">I", 0)
    header[29:33] = struct.pack(">I", zlib.crc32(bytes(header[12:29])))
    refuse("png-0-wide.png", bytes(header), "corrupt", "IHDR that declares width 0", ["unsupported"])
    refuse("png-no-palette.png", png_file(indices(17, 13, 8), 8, 3), "corrupt", "colour type 3 without PLTE")
    refuse("empty.jpg", b"", "empty", "0 bytes")
    refuse("empty.png", b"", "empty", "0 bytes")
    refuse("text.jpg", b"This is a text file, not a photo.\n" * 10, "not an image", "text")
    refuse("one-byte.jpg", b"\xff", "not an image", "one byte, 0xFF", ["truncated"])
    buffer = io.BytesIO()
    Image.fromarray(grey8(17, 13)).save(buffer, "GIF")
    refuse("gif.jpg", buffer.getvalue(), "not an image", "a GIF", ["unsupported"])


def main():
    if OUT.exists():
        shutil.rmtree(OUT)
    OUT.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        make_jpegs(Path(folder) / "scans.txt")
    make_refused_jpegs()
    make_pngs()
    make_refused_pngs()
    names = [entry["file"] for entry in manifest]
    assert len(names) == len(set(names))
    assert sorted(names) == sorted(path.name for path in OUT.iterdir())
    lines = ",\n".join("  " + json.dumps(entry) for entry in manifest)
    (OUT / "manifest.json").write_text("[\n" + lines + "\n]\n")
    total = sum(path.stat().st_size for path in OUT.iterdir())
    good = sum("sha256" in entry for entry in manifest)
    print("%d files: %d decode, %d refused; %.0f KB with the manifest"
          % (len(manifest), good, len(manifest) - good, total / 1000))
    print("%d JPEGs compared with djpeg, %d PNGs with their arrays and pypng" % (jpeg_checked, png_checked))
    print("\n".join(disagreements) if disagreements else "no disagreements")


if __name__ == "__main__":
    main()
