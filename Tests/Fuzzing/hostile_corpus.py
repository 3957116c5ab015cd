#!/usr/bin/env python3
"""Makes damaged photos out of the test fixtures, runs fastpix on them, and checks what must hold whatever a file contains.

    Tests/Fuzzing/hostile_corpus.py BINARY [--count 6000] [--seed 1]

No network, nothing but Python's standard library. The same seed makes the same files. Every batch of files goes through
`stats --verify`, `hotpixels`, `addweighted` and `repair`. It must hold that

* the exit code is 0, 1 or 2, within the time and memory that is given below;
* stdout is JSON, and every file is in it once: counted, or skipped with a reason;
* what `stats` takes for whole, `hotpixels` does, too, and with one worker as with three;
* no output is left half-made, and no input changes.
"""
import argparse
import hashlib
import json
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
SECONDS = 120
MEBIBYTES = 700
BATCH = 200


def originals():
    """Fixtures of all formats that are small, sound or not."""
    files = []
    for folder in ["decoder", "blend", "tiff", "fits", "raw"]:
        files += [f for f in sorted((FIXTURES / folder).iterdir())
                  if f.suffix not in {".json", ".bin"} and 0 < f.stat().st_size < 60_000]
    return files


def flip(data, random_):
    for _ in range(random_.randint(1, 6)):
        place = random_.randrange(len(data))
        data[place] ^= 1 << random_.randrange(8)


def zero(data, random_):
    place = random_.randrange(len(data))
    end = min(len(data), place + random_.choice([1, 4, 16, 64, 512]))
    data[place:end] = bytes(end - place)


def delete(data, random_):
    place = random_.randrange(len(data))
    del data[place:place + random_.choice([1, 2, 3, 4, 16, 200])]


def insert(data, random_):
    place = random_.randrange(len(data))
    data[place:place] = random_.randbytes(random_.choice([1, 2, 4, 30]))


def cut(data, random_):
    del data[random_.randrange(1, len(data)):]


def largest_numbers(data, random_):
    """Sizes, counts and offsets of headers become as large as can be."""
    width = random_.choice([1, 2, 4])
    place = random_.randrange(min(len(data), 400))
    data[place:place + width] = random_.choice([b"\xff", b"\x7f", b"\x00", b"\x80"]) * width


def swap(data, random_):
    a, b = sorted(random_.randrange(len(data)) for _ in range(2))
    size = min(b - a, len(data) - b, random_.randint(1, 300))
    if size > 0:
        data[a:a + size], data[b:b + size] = data[b:b + size], data[a:a + size]


DAMAGES = [flip, zero, delete, insert, cut, largest_numbers, swap]


def with_right_checksums(data):
    """Of a PNG's chunks, so that what they hold is looked at."""
    place = 8
    while place + 12 <= len(data):
        length = struct.unpack(">I", data[place:place + 4])[0]
        if place + 12 + length > len(data):
            break
        body = bytes(data[place + 4:place + 8 + length])
        data[place + 8 + length:place + 12 + length] = struct.pack(">I", zlib.crc32(body))
        place += 12 + length
    return data


def damaged(file, random_):
    data = bytearray(file.read_bytes())
    for _ in range(random_.choice([1, 1, 1, 2, 3])):
        if len(data) > 1:
            random_.choice(DAMAGES)(data, random_)
    if data[:4] == b"\x89PNG" and random_.random() < 0.7:
        data = with_right_checksums(data)
    return bytes(data)


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Failed(Exception):
    pass


def run(binary, arguments, folder):
    process = subprocess.run([binary, *arguments], cwd=folder, capture_output=True, timeout=10 * SECONDS, preexec_fn=limit)
    what = f"{arguments[0]} ended with {process.returncode}"
    if process.returncode not in (0, 1, 2):
        raise Failed(f"{what}: {process.stderr[-2000:].decode(errors='replace')}")
    try:
        result = json.loads(process.stdout)
    except ValueError:
        raise Failed(f"{what}, and its stdout is no JSON: {process.stderr[-2000:].decode(errors='replace')}")
    if result["peakMemoryBytes"] > MEBIBYTES << 20:
        raise Failed(f"{arguments[0]} took {result['peakMemoryBytes'] >> 20} MiB")
    return result


def without_page(path):
    return path.split("#")[0]


def check(binary, folder, names):
    stats = run(binary, ["stats", "photos", "--verify", "--format", "json", "--quiet"], folder)
    refused = {without_page(s["path"]) for s in stats["skipped"]}
    if any(not s["reason"] for s in stats["skipped"]):
        raise Failed("a skipped file without a reason")
    options = ["hotpixels", "photos", "--minimum-frames", "1", "--no-defects", "--format", "json", "--quiet"]
    one, three = (run(binary, [*options, "--workers", workers], folder) for workers in ("1", "3"))
    if one["groups"] != three["groups"] or one["skipped"] != three["skipped"]:
        raise Failed("hotpixels differs between one worker and three")
    copies = sum(1 for s in one["skipped"] if s.get("copyOf"))
    frames = sum(group["frames"] for group in one["groups"])
    failed = {without_page(s["path"]) for s in one["skipped"] if not s.get("copyOf")}
    # Floating-point frames have no exact sums; what has none is skipped by hotpixels alone.
    if not refused <= failed:
        raise Failed(f"hotpixels takes what stats refuses: {sorted(refused - failed)[:3]}")
    if frames > stats["photos"] or copies != stats["copies"]:
        counts = (stats["photos"], stats["copies"])
        raise Failed(f"hotpixels counts {frames} photos and {copies} copies, stats {counts}")
    run(binary, ["addweighted", "photos", "--blur", "3", "--output", "blended", "--summary", "json", "--quiet"], folder)
    (folder / "list.csv").write_text("width,height,row,column\n97,61,20,43\n200,150,3,3\n17,13,2,2\n")
    run(binary, ["repair", "photos", "--map", "list.csv", "--output", "repaired", "--format", "json", "--quiet"], folder)
    for output in ["blended", "repaired"]:
        hidden = [f.name for f in (folder / output).glob(".*")] if (folder / output).exists() else []
        if hidden:
            raise Failed(f"{output} holds {hidden}")
    return stats["photos"], len(refused)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    binary = arguments.binary.resolve()
    files = originals()
    taken = refused = 0
    for first in range(0, arguments.count, BATCH):
        random_ = random.Random(arguments.seed * 1_000_003 + first)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="fastpix-hostile."))
        photos = folder / "photos"
        photos.mkdir()
        sums = {}
        for number in range(first, min(first + BATCH, arguments.count)):
            original = random_.choice(files)
            data = damaged(original, random_)
            name = f"{number}-{original.name}"
            (photos / name).write_bytes(data)
            sums[name] = hashlib.sha256(data).digest()
        try:
            pictures, files_refused = check(binary, folder, sums)
            changed = [n for n, s in sums.items() if hashlib.sha256((photos / n).read_bytes()).digest() != s]
            if changed:
                raise Failed(f"inputs changed: {changed[:3]}")
        except (Failed, subprocess.TimeoutExpired) as error:
            print(f"hostile corpus: batch {first} of seed {arguments.seed}, in {folder}: {error}", file=sys.stderr)
            return 1
        taken += pictures
        refused += files_refused
        shutil.rmtree(folder)
    print(f"hostile corpus: {arguments.count} damaged files of {len(files)} fixtures, seed {arguments.seed}: {taken} pictures "
          f"could be decoded, {refused} files were refused with a reason")
    return 0


if __name__ == "__main__":
    sys.exit(main())
