#!/usr/bin/env python3
"""Writes the small files of fits/ and fits/manifest.json.

Run, at the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install numpy astropy
    .venv/bin/python Tests/Fixtures/make_fits_fixtures.py

Needs astropy, and `fpack` (Debian: libcfitsio-bin), whose files are a second opinion on compression.
The pictures are synthetic, of a fixed seed; astropy reads every file back. manifest.json: as that of
make_tiff_fixtures.py, rows in the order of the file; and kind, binning, gain, temperature, exposureSeconds, time, rowOrder.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
from astropy.io import fits

OUT = Path(__file__).resolve().parent / "fits"
manifest = []


def scene(height, width, largest, seed):
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    base = (np.sin(x / 7) + np.cos(y / 5) + 2) / 4 + rng.normal(0, 0.02, (height, width))
    return np.clip(base, 0, 1) * largest


def expect(name, array, page=0, **more):
    channels = 1 if array.ndim == 2 else array.shape[2]
    samples = np.ascontiguousarray(array)
    digest = hashlib.sha256(samples.astype(samples.dtype.newbyteorder("<")).tobytes()).hexdigest()
    manifest.append(dict(file=name, page=page, width=array.shape[1], height=array.shape[0], channels=channels,
                         bitsPerSample=array.dtype.itemsize * 8, sha256=digest, **more))


def refused(name, error):
    manifest.append(dict(file=name, error=error))


def write(name, hdu, expected, more=None, check=True):
    path = OUT / name
    hdus = hdu if isinstance(hdu, fits.HDUList) else fits.HDUList([hdu])
    hdus.writeto(path, overwrite=True)
    if check:
        with fits.open(path) as file:
            read = next(h.data for h in file if h.data is not None)
            if not np.array_equal(read, expected):
                raise SystemExit(f"{name}: astropy reads something else")
    expect(name, expected, **(more or {}))


def write_even_rows():
    """Every second row is even, so that a repaired sample makes its tile longer, all of them by a block: with sums of all."""
    rng = np.random.RandomState(6)
    pictures = []
    for _ in range(2):
        picture = rng.normal(100, 20, (400, 60)).round().astype(np.uint8)
        picture[::2] = 100
        pictures.append(picture)
    hdus = [fits.PrimaryHDU()] + [fits.ImageHDU(p, name=f"CCD{k}") for k, p in enumerate(pictures)]
    fits.HDUList(hdus).writeto(OUT / "even-rows.fits", checksum=True, overwrite=True)
    for name, option in [("rice", "-r"), ("gzip_2", "-g2")]:
        target = OUT / f"even-rows-{name}.fits.fz"
        target.unlink(missing_ok=True)
        subprocess.run(["fpack", option, "-O", str(target), str(OUT / "even-rows.fits")], check=True)
    for name in ["even-rows.fits", "even-rows-rice.fits.fz", "even-rows-gzip_2.fits.fz"]:
        for k, picture in enumerate(pictures):
            expect(name, picture, page=k, band=f"CCD{k}")


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*"):
        old.unlink()
    u8 = scene(23, 31, 255, 1).astype(np.uint8)
    u16 = scene(23, 31, 65535, 2).astype(np.uint16)
    positive = (u16 >> 1).astype(np.int16)
    i32 = (u16.astype(np.int32) - 20000) * 200
    f32 = (scene(23, 31, 3, 3) - 1).astype(np.float32)

    write("u8.fits", fits.PrimaryHDU(u8), u8)
    write("u16.fits", fits.PrimaryHDU(u16), u16)
    write("i16-positive.fits", fits.PrimaryHDU(positive), positive.astype(np.uint16), check=False)
    write("i32.fits", fits.PrimaryHDU(i32), i32.astype(np.float32), check=False)
    write("u32.fits", fits.PrimaryHDU((u16.astype(np.uint32) * 100)), (u16.astype(np.uint32) * 100).astype(np.float32),
          check=False)
    write("f32.fits", fits.PrimaryHDU(f32), f32)
    scaled = fits.PrimaryHDU(positive)
    scaled.header["BSCALE"] = 0.25
    scaled.header["BZERO"] = -12.5
    path = OUT / "scaled.fits"
    fits.HDUList([scaled]).writeto(path)
    with fits.open(path, mode="update", do_not_scale_image_data=True) as file:
        file[0].header["BSCALE"], file[0].header["BZERO"] = 0.25, -12.5
        stored = file[0].data.astype(np.float64)
    expect("scaled.fits", (-12.5 + 0.25 * stored).astype(np.float32))

    camera = fits.PrimaryHDU(u16)
    for key, value in dict(INSTRUME="ZWO ASI1600MM", EXPTIME=120.5, GAIN=139, XBINNING=2, YBINNING=3, IMAGETYP="Dark Frame",
                           BAYERPAT="RGGB", XBAYROFF=1, YBAYROFF=0, ROWORDER="TOP-DOWN",
                           SATURATE=65535).items():
        camera.header[key] = value
    camera.header["CCD-TEMP"] = -10.25
    camera.header["DATE-OBS"] = "2021-03-04T05:06:07.25"
    camera.header["CAMID"] = "17a'b"
    write("camera.fits", camera, u16, more=dict(
        model="ZWO ASI1600MM", serial="17a'b", exposureSeconds=120.5, gain=139, temperature=-10.25, binning=[2, 3],
        kind="dark", pattern="GRBG", rowOrder="top-down", whiteLevel=65535, time="2021-03-04T05:06:07.25"))
    for key, value in (("ROWORDER", "BOTTOM-UP"), ("IMAGETYP", "FLAT"), ("XBAYROFF", 0)):
        camera.header[key] = value
    # 23 rows: the first one stored is the last one shown, of the pattern's first row; of 22 rows it is of the second.
    write("bottom-up-odd.fits", camera, u16, more=dict(
        model="ZWO ASI1600MM", serial="17a'b", exposureSeconds=120.5, gain=139, temperature=-10.25, binning=[2, 3],
        kind="flat", pattern="RGGB", rowOrder="bottom-up", whiteLevel=65535, time="2021-03-04T05:06:07.25"))
    camera.data = u16[:22]
    write("bottom-up-even.fits", camera, u16[:22], more=dict(
        model="ZWO ASI1600MM", serial="17a'b", exposureSeconds=120.5, gain=139, temperature=-10.25, binning=[2, 3],
        kind="flat", pattern="GBRG", rowOrder="bottom-up", whiteLevel=65535, time="2021-03-04T05:06:07.25"))

    cube = np.stack([np.roll(u16, 2 * k, axis=0) for k in range(5)])
    write("cube.fits", fits.PrimaryHDU(cube), cube[0], check=False)
    manifest.pop()
    for k in range(5):
        expect("cube.fits", cube[k], page=k)
    write("rgb.fits", fits.PrimaryHDU(cube[:3]), np.moveaxis(cube[:3], 0, 2), check=False)
    sensors = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(u16, name="CHIP1"), fits.ImageHDU(u16[::-1], name="CHIP2")])
    sensors[0].header["INSTRUME"] = "Mosaic"
    sensors.writeto(OUT / "extensions.fits")
    expect("extensions.fits", u16, page=0, band="CHIP1", model="Mosaic")
    expect("extensions.fits", u16[::-1], page=1, band="CHIP2", model="Mosaic")
    checked = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(u16, name="CHIP")])
    checked.writeto(OUT / "checked.fits", checksum=True)
    expect("checked.fits", u16, band="CHIP")
    (OUT / "u16.fits.gz").write_bytes(gzip.compress((OUT / "u16.fits").read_bytes(), mtime=0))
    expect("u16.fits.gz", u16)
    (OUT / "cube.fits.gz").write_bytes(gzip.compress((OUT / "cube.fits").read_bytes(), mtime=0))
    for k in range(5):
        expect("cube.fits.gz", cube[k], page=k)

    for name, data in (("u8", u8), ("u16", u16), ("i16", positive), ("i32", i32)):
        delivered = data.astype(np.float32) if name == "i32" else data.astype(np.uint8 if name == "u8" else np.uint16)
        for method in ("RICE_1", "GZIP_1", "GZIP_2"):
            compressed = fits.CompImageHDU(data, compression_type=method)
            write(f"{name}-{method.lower()}.fits.fz", fits.HDUList([fits.PrimaryHDU(), compressed]), delivered,
                  check=name != "i16")
    tall = fits.CompImageHDU(u16, compression_type="RICE_1", tile_shape=(7, 31))
    write("u16-rice-tall-tiles.fits.fz", fits.HDUList([fits.PrimaryHDU(), tall]), u16)
    stack = fits.CompImageHDU(cube, compression_type="RICE_1", tile_shape=(1, 1, 31))
    fits.HDUList([fits.PrimaryHDU(), stack]).writeto(OUT / "cube-rice.fits.fz")
    for k in range(5):
        expect("cube-rice.fits.fz", cube[k], page=k)
    lossless = fits.CompImageHDU(f32, compression_type="GZIP_2", quantize_level=0)
    write("f32-gzip_2.fits.fz", fits.HDUList([fits.PrimaryHDU(), lossless]), f32)
    if shutil.which("fpack"):
        shutil.copy(OUT / "u16.fits", OUT / "fpacked.fits")
        subprocess.run(["fpack", "-D", "-Y", str(OUT / "fpacked.fits")], check=True)
        expect("fpacked.fits.fz", u16)
        write_even_rows()

    negative = positive.copy()
    negative[4, 9] = -3
    fits.PrimaryHDU(negative).writeto(OUT / "refused-negative.fits")
    refused("refused-negative.fits", "below zero")
    large = i32.copy()
    large[4, 9] = (1 << 24) + 1
    fits.PrimaryHDU(large).writeto(OUT / "refused-inexact.fits")
    refused("refused-inexact.fits", "exactly")
    nan = f32.copy()
    nan[4, 9] = np.nan
    fits.PrimaryHDU(nan).writeto(OUT / "refused-nan.fits")
    refused("refused-nan.fits", "finite")
    blank = fits.PrimaryHDU(positive)
    blank.header["BLANK"] = int(positive[4, 9])
    blank.writeto(OUT / "refused-blank.fits")
    refused("refused-blank.fits", "BLANK")
    fits.PrimaryHDU(f32.astype(np.float64)).writeto(OUT / "refused-f64.fits")
    refused("refused-f64.fits", "unsupported")
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(f32, compression_type="RICE_1")]).writeto(
        OUT / "refused-rounded.fits.fz")
    refused("refused-rounded.fits.fz", "unsupported")
    fits.PrimaryHDU().writeto(OUT / "refused-empty.fits")
    refused("refused-empty.fits", "unsupported")
    whole = (OUT / "u16.fits").read_bytes()
    (OUT / "refused-truncated.fits").write_bytes(whole[:2880 + u16.nbytes - 1])
    refused("refused-truncated.fits", "truncated")
    whole = (OUT / "u16.fits.gz").read_bytes()
    (OUT / "refused-truncated.fits.gz").write_bytes(whole[:len(whole) // 2])
    refused("refused-truncated.fits.gz", "truncated")
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(manifest)} pictures")


if __name__ == "__main__":
    main()
