"""addWeighted beside one version of OpenCV: speed in one process, one thread each, interleaved; and agreement.

Called by opencv_comparison.py, in the Python that has the version, with the path of a shared library of the kernels.
Prints Markdown.
"""

import ctypes
import statistics
import sys
import time

import cv2
import numpy as np

ROUNDS = 41
# Three arrays of 576 KiB together: large enough that the cost of calling from Python does not show.
LEVEL2_SHAPES = {"u8": (384, 512), "u16": (192, 512), "f32": (96, 512)}
# Times OpenCV's speed, of u8 in level-2 cache.
SPEED_BOUND = 2
LEVELS = ("c", "avx2", "avx512", "neon")
SAMPLE_TYPES = {"u8": np.uint8, "u16": np.uint16, "f32": np.float32}

kernels = ctypes.CDLL(sys.argv[1])


def available_levels():
    """Names, and what selects each: with and without what only some processors of the level have or do well."""
    levels = {}
    for number in range(len(LEVELS)):
        if not kernels.fpx_isa_available(number):
            continue
        kernels.fpx_isa_select(number)
        if kernels.fpx_isa_uses_extensions():
            levels[f"{LEVELS[number]}, extensions"] = lambda number=number: kernels.fpx_isa_select(number)
        levels[LEVELS[number]] = lambda number=number: kernels.fpx_isa_select_without_extensions(number)
    return levels


def prepared_fastpix(sample, destination, first, second, alpha, beta, gamma):
    """A call without arguments, so that building them is not timed."""
    function = getattr(kernels, f"fpx_addweighted_{sample}")
    arguments = [
        *(ctypes.c_void_p(array.ctypes.data) for array in (destination, first, second)),
        ctypes.c_size_t(first.size), ctypes.c_double(alpha), ctypes.c_double(beta), ctypes.c_double(gamma),
    ]
    return lambda: function(*arguments)


def speed(sample, shape, place, bound=None):
    random = np.random.default_rng(1)
    kind = SAMPLE_TYPES[sample]
    first, second = (random.integers(0, 256, shape).astype(kind) for _ in range(2))
    theirs, ours = np.empty_like(first), np.empty_like(first)
    repeats = max(1, 2_000_000 // first.size)
    calls = {"OpenCV": (None, lambda: cv2.addWeighted(first, 0.3, second, 0.7, 1.5, theirs))}
    for level, select in available_levels().items():
        calls[f"fastpix {level}"] = (select, prepared_fastpix(sample, ours, first, second, 0.3, 0.7, 1.5))
    times = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, (select, call) in calls.items():
            if select:
                select()
            call()
            start = time.perf_counter_ns()
            for _ in range(repeats):
                call()
            times[name].append((time.perf_counter_ns() - start) / repeats)
    print(f"\naddWeighted {sample}, {place}\n\n| | samples/ns | times OpenCV's speed |{' bound | |' if bound else ''}")
    print(f"|---|---:|---:|{'---:|---|' if bound else ''}")
    opencv = statistics.median(times["OpenCV"])
    for name, values in times.items():
        median = statistics.median(values)
        verdict = ""
        if bound:
            # The scalar version defines the result; speed is promised of the tuned ones.
            tuned = name not in ("OpenCV", "fastpix c")
            met = opencv / median >= bound
            verdict = f" at least {bound} | {'met' if met else '**NOT met**'} |" if tuned else " | |"
        print(f"| {name} | {first.size / median:.2f} | {opencv / median:.2f} |{verdict}")


def agreement():
    """All 65,536 pairs of bytes, 200 random triples of scalars, negative and saturating ones among them."""
    random = np.random.default_rng(7)
    pairs = np.arange(65536, dtype=np.int64)
    first, second = (values.astype(np.uint8).reshape(256, 256) for values in (pairs % 256, pairs // 256))
    ours = np.empty_like(first)
    triples = [(*random.uniform(-3, 3, 2), random.uniform(-300, 300)) for _ in range(100)]
    triples += [tuple(round(value, 2) for value in random.uniform(-2, 2, 3)) for _ in range(100)]
    print(f"\nAgreement, u8, {len(triples)} triples x 65,536 pairs\n")
    print("| level | results that differ | largest difference |\n|---|---:|---:|")
    for level, select in available_levels().items():
        select()
        differing = largest = 0
        for alpha, beta, gamma in triples:
            theirs = cv2.addWeighted(first, alpha, second, beta, gamma)
            prepared_fastpix("u8", ours, first, second, alpha, beta, gamma)()
            difference = np.abs(theirs.astype(np.int16) - ours)
            differing += int(np.count_nonzero(difference))
            largest = max(largest, int(difference.max()))
        print(f"| {level} | {differing} of {len(triples) * 65536} | {largest} |")


cv2.setNumThreads(1)
print(f"### OpenCV {cv2.__version__}")
agreement()
for sample_type in SAMPLE_TYPES:
    speed(sample_type, LEVEL2_SHAPES[sample_type], "in level-2 cache", SPEED_BOUND if sample_type == "u8" else None)
for sample_type in SAMPLE_TYPES:
    speed(sample_type, (3024, 4032, 3), "12 Mpx x 3 channels, from memory")
