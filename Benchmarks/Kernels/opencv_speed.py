"""addWeighted and the Gaussian blur beside one version of OpenCV: speed and agreement.

Both run in one process, in turn, on one thread.

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
# Two arrays of 768 KiB together.
GAUSSIAN_LEVEL2_SHAPES = {"u8": (256, 512, 3), "u16": (128, 512, 3)}
LARGE_SHAPE = (3024, 4032, 3)
# Times OpenCV's speed: addWeighted of u8 in level-2 cache on every tuned level, and the Gaussian of u8 on the level that
# this processor gets, as OpenCV, too, takes the best that it has for it; by the kernel's size.
SPEED_BOUND = 2
GAUSSIAN_SPEED_BOUNDS = {3: 1.2, 15: 2}
LEVELS = ("c", "avx2", "avx512", "neon")
SAMPLE_TYPES = {"u8": np.uint8, "u16": np.uint16, "f32": np.float32}

kernels = ctypes.CDLL(sys.argv[1])


def available_levels():
    """Names, and what selects each: with and without what only some processors of the level have or do well."""
    levels = {}
    for number in range(len(LEVELS)):
        if not kernels.fpx_isa_available(number):
            continue
        if kernels.fpx_isa_extensions_preferred(number):
            levels[f"{LEVELS[number]}, extensions"] = lambda number=number: kernels.fpx_isa_select(number)
        levels[LEVELS[number]] = lambda number=number: kernels.fpx_isa_select_with(number, 0)
    return levels


def tuned_levels():
    """The scalar version defines the result; speed is promised of the others."""
    return [level for level in available_levels() if level != "c"]


def best_level():
    """What this processor gets unless somebody says otherwise; the highest level is the last."""
    levels = list(available_levels())
    return f"{levels[-1]}, extensions" if f"{levels[-1]}, extensions" in levels else levels[-1]


def prepared_fastpix(sample, destination, first, second, alpha, beta, gamma):
    """A call without arguments, so that building them is not timed."""
    function = getattr(kernels, f"fpx_addweighted_{sample}")
    arguments = [
        *(ctypes.c_void_p(array.ctypes.data) for array in (destination, first, second)),
        ctypes.c_size_t(first.size), ctypes.c_double(alpha), ctypes.c_double(beta), ctypes.c_double(gamma),
    ]
    return lambda: function(*arguments)


def prepared_gaussian(sample, destination, source, size, sigma):
    weights = ctypes.create_string_buffer(4096)
    if kernels.fpx_gaussian_prepare(weights, ctypes.c_size_t(size), ctypes.c_double(sigma)) != 0:
        raise ValueError(f"size {size}, sigma {sigma}")
    function = getattr(kernels, f"fpx_gaussian_{sample}_image")
    height, width, channels = source.shape
    arguments = [
        ctypes.c_void_p(destination.ctypes.data), ctypes.c_ssize_t(destination.strides[0]),
        ctypes.c_void_p(source.ctypes.data), ctypes.c_ssize_t(source.strides[0]),
        *(ctypes.c_size_t(count) for count in (width, height, channels)), weights, ctypes.c_size_t(1),
    ]
    return lambda: function(*arguments)


def addweighted_speed(sample, shape, place, bound=None):
    random = np.random.default_rng(1)
    first, second = (random.integers(0, 256, shape).astype(SAMPLE_TYPES[sample]) for _ in range(2))
    theirs, ours = np.empty_like(first), np.empty_like(first)
    compare(f"addWeighted {sample}, {place}", first.size,
            lambda: cv2.addWeighted(first, 0.3, second, 0.7, 1.5, theirs),
            prepared_fastpix(sample, ours, first, second, 0.3, 0.7, 1.5), bound, tuned_levels())


def gaussian_speed(sample, shape, place, size, bound=None):
    kind = SAMPLE_TYPES[sample]
    source = np.random.default_rng(1).integers(0, np.iinfo(kind).max + 1, shape).astype(kind)
    theirs, ours = np.empty_like(source), np.empty_like(source)
    compare(f"Gaussian {size} x {size} {sample}, {place}", source.size,
            lambda: cv2.GaussianBlur(source, (size, size), 0, theirs),
            prepared_gaussian(sample, ours, source, size, 0), bound, [best_level()])


def compare(title, sample_count, opencv_call, fastpix_call, bound, bounded_levels):
    """One table: OpenCV's call and ours on every level, in turn."""
    repeats = max(1, 2_000_000 // sample_count)
    calls = {"OpenCV": (None, opencv_call)}
    for level, select in available_levels().items():
        calls[f"fastpix {level}"] = (select, fastpix_call)
    times = {name: [] for name in calls}
    # A second or so for each call is enough where calls are long.
    for _ in range(min(ROUNDS, max(5, 400_000_000 // (sample_count * repeats)))):
        for name, (select, call) in calls.items():
            if select:
                select()
            call()
            start = time.perf_counter_ns()
            for _ in range(repeats):
                call()
            times[name].append((time.perf_counter_ns() - start) / repeats)
    print(f"\n{title}\n\n| | samples/ns | times OpenCV's speed |{' bound | |' if bound else ''}")
    print(f"|---|---:|---:|{'---:|---|' if bound else ''}")
    opencv = statistics.median(times["OpenCV"])
    for name, values in times.items():
        median = statistics.median(values)
        verdict = ""
        if bound:
            met = opencv / median >= bound
            bounded = name.removeprefix("fastpix ") in bounded_levels
            verdict = f" at least {bound} | {'met' if met else '**NOT met**'} |" if bounded else " | |"
        print(f"| {name} | {sample_count / median:.2f} | {opencv / median:.2f} |{verdict}")


def addweighted_agreement():
    """All 65,536 pairs of bytes, 200 random triples of scalars, negative and saturating ones among them."""
    random = np.random.default_rng(7)
    pairs = np.arange(65536, dtype=np.int64)
    first, second = (values.astype(np.uint8).reshape(256, 256) for values in (pairs % 256, pairs // 256))
    ours = np.empty_like(first)
    triples = [(*random.uniform(-3, 3, 2), random.uniform(-300, 300)) for _ in range(100)]
    triples += [tuple(round(value, 2) for value in random.uniform(-2, 2, 3)) for _ in range(100)]
    print(f"\nAgreement of addWeighted, u8, {len(triples)} triples x 65,536 pairs\n")
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


def gaussian_agreement():
    """All sizes, 1 to 4 channels, OpenCV's sigma and others, images smaller than the kernel among them."""
    random = np.random.default_rng(7)
    cases = []
    for size in range(3, 100, 2):
        for channels in range(1, 5):
            for sigma in (0, 0.5, size / 6, 30):
                height, width = (int(extent) for extent in random.integers(1, 130, 2))
                cases.append((size, sigma, (height, width, channels)))
    print(f"\nAgreement of the Gaussian, {len(cases)} sizes, sigmas and shapes of images\n")
    print("| level | samples | results that differ | largest difference |\n|---|---|---:|---:|")
    for level, select in available_levels().items():
        select()
        for sample in ("u8", "u16"):
            kind = SAMPLE_TYPES[sample]
            differing = largest = total = 0
            for size, sigma, shape in cases:
                source = random.integers(0, np.iinfo(kind).max + 1, shape).astype(kind)
                ours = np.empty_like(source)
                theirs = cv2.GaussianBlur(source, (size, size), sigma).reshape(shape)
                prepared_gaussian(sample, ours, source, size, sigma)()
                difference = np.abs(theirs.astype(np.int32) - ours)
                differing += int(np.count_nonzero(difference))
                largest = max(largest, int(difference.max()))
                total += source.size
            print(f"| {level} | {sample} | {differing} of {total} | {largest} |")


cv2.setNumThreads(1)
print(f"### OpenCV {cv2.__version__}")
addweighted_agreement()
for sample_type in SAMPLE_TYPES:
    bound = SPEED_BOUND if sample_type == "u8" else None
    addweighted_speed(sample_type, LEVEL2_SHAPES[sample_type], "in level-2 cache", bound)
for sample_type in SAMPLE_TYPES:
    addweighted_speed(sample_type, LARGE_SHAPE, "12 Mpx x 3 channels, from memory")
gaussian_agreement()
for sample_type, level2_shape in GAUSSIAN_LEVEL2_SHAPES.items():
    for size, bound in GAUSSIAN_SPEED_BOUNDS.items():
        bound = bound if sample_type == "u8" else None
        gaussian_speed(sample_type, level2_shape, "3 channels, in level-2 cache", size, bound)
        gaussian_speed(sample_type, LARGE_SHAPE, "12 Mpx x 3 channels, from memory", size, bound if size > 3 else None)
