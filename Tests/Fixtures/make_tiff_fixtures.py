#!/usr/bin/env python3
"""Writes the small files of tiff/ and tiff/manifest.json.

Run, at the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install numpy tifffile imagecodecs
    .venv/bin/python Tests/Fixtures/make_tiff_fixtures.py

The pictures are synthetic, of a fixed seed. manifest.json, per picture that decodes: file, page (from 0), width, height,
channels, bitsPerSample, sha256 of the samples that were written (row-major, channels interleaved, little-endian, alpha
left out) and, where the file says so: pattern, whiteLevel, make, model, serial, band, exposureSeconds, iso. JPEG samples
are those that tifffile decodes, which takes libjpeg-turbo as fastpix does. Per file that must be refused: file, error.
"""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import tifffile

OUT = Path(__file__).resolve().parent / "tiff"
manifest = []


def scene(height, width, channels, dtype, seed):
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    base = (np.sin(x / 7) + np.cos(y / 5) + 2) / 4
    planes = [np.clip(base * (0.5 + 0.2 * c) + rng.normal(0, 0.02, base.shape), 0, 1) for c in range(channels)]
    picture = np.stack(planes, axis=-1) if channels > 1 else planes[0]
    if dtype == np.float32:
        return (picture * 3 - 1).astype(np.float32)
    return (picture * np.iinfo(dtype).max).astype(dtype)


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()


def expect(name, array, page=0, **more):
    channels = 1 if array.ndim == 2 else array.shape[2]
    manifest.append(dict(file=name, page=page, width=array.shape[1], height=array.shape[0], channels=channels,
                         bitsPerSample=array.dtype.itemsize * 8, sha256=digest(array), **more))


def write(name, array, expected=None, **options):
    more = options.pop("more", {})
    tifffile.imwrite(OUT / name, array, **{"metadata": None, **options})
    read = tifffile.imread(OUT / name)
    if options.get("compression") == "jpeg":
        array = read
    elif not np.array_equal(read, array):
        raise SystemExit(f"{name}: tifffile reads something else")
    expect(name, array if expected is None else expected, **more)


def refused(name, error):
    manifest.append(dict(file=name, error=error))


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*"):
        old.unlink()
    grey8, grey16, grey32 = (scene(29, 37, 1, t, 1) for t in (np.uint8, np.uint16, np.float32))
    rgb8, rgb16, rgb32 = (scene(29, 37, 3, t, 2) for t in (np.uint8, np.uint16, np.float32))

    for name, array in (("grey8", grey8), ("grey16", grey16), ("float32", grey32)):
        write(f"{name}-strips.tif", array, rowsperstrip=5)
        write(f"{name}-one-strip.tif", array)
        write(f"{name}-tiles.tif", array, tile=(16, 16))
        write(f"{name}-big-endian.tif", array, byteorder=">", rowsperstrip=4)
    for compression in ("lzw", "zlib", "packbits", "lzma", "zstd"):
        write(f"grey16-{compression}.tif", grey16, compression=compression, rowsperstrip=8)
        write(f"rgb8-{compression}.tif", rgb8, photometric="rgb", compression=compression, rowsperstrip=7)
    write("grey16-lzw-predictor.tif", grey16, compression="lzw", predictor=2, rowsperstrip=6)
    write("grey16-zlib-predictor-big-endian.tif", grey16, compression="zlib", predictor=2, byteorder=">")
    write("float32-zlib-predictor.tif", grey32, compression="zlib", predictor=3, rowsperstrip=9)
    write("grey16-zlib-tiles.tif", grey16, compression="zlib", tile=(16, 32))
    for name, array in (("rgb8", rgb8), ("rgb16", rgb16), ("rgb-float32", rgb32)):
        write(f"{name}-chunky.tif", array, photometric="rgb", rowsperstrip=3)
        planar = np.moveaxis(array, 2, 0)
        for kind, options in (("planar", {"rowsperstrip": 6}),
                              ("planar-zlib", {"compression": "zlib", "rowsperstrip": 6}),
                              ("planar-tiles", {"compression": "lzw", "tile": (16, 16)})):
            write(f"{name}-{kind}.tif", planar, expected=array, photometric="rgb", planarconfig="separate", **options)
    rgba = np.dstack([rgb8, scene(29, 37, 1, np.uint8, 3)])
    write("rgba8.tif", rgba, expected=rgb8, photometric="rgb", extrasamples=["unassalpha"], rowsperstrip=4)
    write("rgba16-planar.tif", np.moveaxis(np.dstack([rgb16, grey16]), 2, 0), expected=rgb16, photometric="rgb",
          planarconfig="separate", extrasamples=["unassalpha"], compression="zlib")
    write("grey8-bigtiff.tif", grey8, bigtiff=True, rowsperstrip=10)
    write("grey8-jpeg.tif", scene(32, 48, 1, np.uint8, 4), compression="jpeg", rowsperstrip=16)
    tall = scene(1, 1, 1, np.uint16, 5)
    write("one-pixel.tif", tall)

    # A mosaic with what cameras say in TIFF/EP, EXIF-like tags and a sensor's largest sample.
    mosaic = np.minimum(grey16, 4095).astype(np.uint16)
    write("mosaic.tif", mosaic, photometric="cfa", rowsperstrip=29, extratags=[
        (271, 2, 0, "Maker", True), (272, 2, 0, "Model X", True), (50735, 2, 0, "SN-17", True),
        (33421, 3, 2, (2, 2), True), (33422, 1, 4, bytes([1, 0, 2, 1]), True), (281, 3, 1, 4095, True)],
        more=dict(pattern="GRBG", whiteLevel=4095, make="Maker", model="Model X", serial="SN-17"))
    xmp = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description><Camera:BandName><rdf:Seq><rdf:li>Red edge</rdf:li>'
           b'</rdf:Seq></Camera:BandName></rdf:Description></x:xmpmeta>')
    write("band-element.tif", grey8, extratags=[(700, 1, len(xmp), xmp, True)], more=dict(band="Red edge"))
    xmp = b'<rdf:Description Camera:BandName="NIR" x="y"/>'
    write("band-attribute.tif", grey8, extratags=[(700, 1, len(xmp), xmp, True)], more=dict(band="NIR"))
    exif(grey16)
    stacks(grey8, grey16)
    damaged(grey8, grey16, rgb8)
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(manifest)} pictures")


def exif(picture):
    """A classic TIFF, built by hand, with an EXIF directory: exposure 1/250 s, ISO 400, time, serial number."""
    def ascii_entry(tag, text, offset):
        return struct.pack("<HHII", tag, 2, len(text), offset)

    data = picture.tobytes()
    texts = {36867: b"2021:06:07 08:09:10\0", 37521: b"25\0\0\0", 42033: b"B-99\0"}
    exif_offset = 8 + 2 + 12 * 10 + 4
    exif_count = 5
    values = exif_offset + 2 + 12 * exif_count + 4
    blob, entries = b"", []
    entries.append(struct.pack("<HHII", 33434, 5, 1, values))
    blob += struct.pack("<II", 1, 250)
    entries.append(struct.pack("<HHIHH", 34855, 3, 1, 400, 0))
    for tag, text in texts.items():
        entries.append(ascii_entry(tag, text, values + len(blob)))
        blob += text
    pixels = values + len(blob)
    pixels += pixels % 2
    exif_directory = struct.pack("<H", exif_count) + b"".join(entries) + struct.pack("<I", 0)
    main = [(256, 4, 1, picture.shape[1]), (257, 4, 1, picture.shape[0]), (258, 3, 1, 16), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, 1, pixels), (277, 3, 1, 1), (278, 4, 1, picture.shape[0]),
            (279, 4, 1, len(data)), (34665, 4, 1, exif_offset)]
    directory = struct.pack("<H", len(main)) + b"".join(struct.pack("<HHII", *e) for e in main) + struct.pack("<I", 0)
    content = b"II*\0" + struct.pack("<I", 8) + directory + exif_directory + blob
    content += b"\0" * (pixels - len(content)) + data
    (OUT / "exif.tif").write_bytes(content)
    expect("exif.tif", picture, serial="B-99", exposureSeconds=0.004, iso=400, time="2021-06-07T08:09:10.25")


def stacks(grey8, grey16):
    pages = [np.roll(grey16, 3 * k, axis=1) for k in range(5)]
    with tifffile.TiffWriter(OUT / "stack.tif") as writer:
        for k, page in enumerate(pages):
            writer.write(page, metadata=None, compression="zlib" if k % 2 else None, rowsperstrip=11)
    for k, page in enumerate(pages):
        expect("stack.tif", page, page=k)
    # ImageJ: a directory for each picture, and their number in the description of the first, too.
    tifffile.imwrite(OUT / "imagej-pages.tif", np.stack(pages), imagej=True)
    content = bytearray((OUT / "imagej-pages.tif").read_bytes())
    with tifffile.TiffFile(OUT / "imagej-pages.tif") as file:
        assert len(file.pages) == len(pages) and file.imagej_metadata["images"] == len(pages)
    # Cut the chain of directories behind the first, as ImageJ itself writes it for more than 4 GB: one directory, pictures
    # one behind the other, their number in the description alone.
    order = "<" if content[:2] == b"II" else ">"
    first = struct.unpack(order + "I", content[4:8])[0]
    count = struct.unpack(order + "H", content[first:first + 2])[0]
    content[first + 2 + 12 * count:first + 6 + 12 * count] = b"\0\0\0\0"
    (OUT / "imagej.tif").write_bytes(content)
    for name in ("imagej-pages.tif", "imagej.tif"):
        read = tifffile.imread(OUT / name)
        assert read.shape[0] == len(pages) and np.array_equal(read, np.stack(pages))
        for k, page in enumerate(pages):
            expect(name, page, page=k)
    # A thumbnail behind the picture is no frame; a page of another shape is one.
    with tifffile.TiffWriter(OUT / "thumbnail.tif") as writer:
        writer.write(grey8, metadata=None)
        writer.write(grey8[::4, ::4], metadata=None, subfiletype=1)
        writer.write(grey8[:20], metadata=None)
    expect("thumbnail.tif", grey8)
    expect("thumbnail.tif", grey8[:20], page=1)


def damaged(grey8, grey16, rgb8):
    tifffile.imwrite(OUT / "refused-signed.tif", grey16.astype(np.int16), metadata=None)
    refused("refused-signed.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-double.tif", grey16.astype(np.float64), metadata=None)
    refused("refused-double.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-uint32.tif", grey16.astype(np.uint32), metadata=None)
    refused("refused-uint32.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-bilevel.tif", grey8 > 100, metadata=None)
    refused("refused-bilevel.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-white-is-zero.tif", grey8, photometric="miniswhite", metadata=None)
    refused("refused-white-is-zero.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-cmyk.tif", np.dstack([rgb8, grey8]), photometric="separated", metadata=None)
    refused("refused-cmyk.tif", "unsupported")
    tifffile.imwrite(OUT / "refused-palette.tif", grey8, photometric="palette",
                     colormap=np.zeros((3, 256), np.uint16), metadata=None)
    refused("refused-palette.tif", "unsupported")
    nan = grey16.astype(np.float32)
    nan[7, 11] = np.nan
    tifffile.imwrite(OUT / "refused-nan.tif", nan, metadata=None)
    refused("refused-nan.tif", "not finite")
    whole = (OUT / "grey16-one-strip.tif").read_bytes()
    (OUT / "refused-truncated.tif").write_bytes(whole[:-5])
    refused("refused-truncated.tif", "truncated")
    whole = (OUT / "grey16-zlib.tif").read_bytes()
    (OUT / "refused-truncated-zlib.tif").write_bytes(whole[:-5])
    refused("refused-truncated-zlib.tif", "truncated")
    # The chain of directories leads back to its beginning.
    content = bytearray((OUT / "stack.tif").read_bytes())
    with tifffile.TiffFile(OUT / "stack.tif") as file:
        first, last = file.pages[0].offset, file.pages[-1].offset
    count = struct.unpack("<H", content[last:last + 2])[0]
    content[last + 2 + 12 * count:last + 6 + 12 * count] = struct.pack("<I", first)
    (OUT / "loop.tif").write_bytes(content)


if __name__ == "__main__":
    main()
