"""Writes addweighted_opencv.txt, the golden results of OpenCV's addWeighted that KernelTests hold the kernels against.

    pip install opencv-python-headless==5.0.0.93 numpy
    python make_addweighted_opencv.py

Inputs are formulas (see `inputs`), repeated in AddWeightedGoldenTests.swift, so that only results are committed. One
line is: sample type, alpha, beta, gamma, a hash of the 65,536 results, and the results at indexes 0, 8191, 16382 ...
OpenCV fuses its multiplications and additions where the processor has AVX2 or NEON; run this on such a one.
"""

import pathlib

import cv2
import numpy as np

COUNT = 65536
SPOT_STEP = 8191
SEED = 20240607


def inputs(sample):
    index = np.arange(COUNT, dtype=np.int64)
    scattered = (index * 40503 + 12345) % COUNT
    if sample == "u8":  # all pairs of bytes
        return (index % 256).astype(np.uint8), (index // 256).astype(np.uint8)
    if sample == "u16":
        return index.astype(np.uint16), scattered.astype(np.uint16)
    return (index - 32768).astype(np.float32) / np.float32(7), scattered.astype(np.float32) / np.float32(3)


def scalars(random, maximum):
    """Chosen ones first: exact ties, decimals that meet ties only nearly, negative and saturating ones."""
    chosen = [
        (0.5, 0.5, 0.0), (0.3, 0.7, 0.0), (0.1, 0.2, 0.3), (1.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0),
        (2.0, -1.0, 0.0), (-1.0, -1.0, float(maximum)), (-0.5, 0.25, 0.5), (0.25, 0.25, 0.5), (0.7, 1.0, 0.0),
        (10.0, 10.0, 0.0), (-10.0, -3.0, 5.0), (1000.0, -1000.0, 0.5), (0.0, 0.0, maximum / 2), (0.0, 0.0, 0.5),
    ]
    for number in range(200 - len(chosen)):
        alpha, beta = random.uniform(-2, 2, 2)
        gamma = random.uniform(-maximum, maximum)
        # Half of them are short decimals, as people type them.
        chosen.append((round(alpha, 2), round(beta, 2), round(gamma, 1)) if number % 2 else (alpha, beta, gamma))
    return [tuple(float(value) for value in triple) for triple in chosen]


def hash_of(values):
    """FNV-1a over little-endian 64-bit words instead of bytes."""
    result = 0xCBF29CE484222325
    for word in values.view("<u8").tolist():
        result = ((result ^ word) * 0x100000001B3) % (1 << 64)
    return result


def main():
    cv2.setNumThreads(1)
    random = np.random.default_rng(SEED)
    lines = [f"# OpenCV {cv2.__version__}, made by make_addweighted_opencv.py"]
    for sample, maximum in (("u8", 255), ("u16", 65535), ("f32", 65535)):
        first, second = (values.reshape(256, 256) for values in inputs(sample))
        # 16-bit and float results take the same path for every triple: fewer are enough.
        for alpha, beta, gamma in scalars(random, maximum)[: 200 if sample == "u8" else 60]:
            result = cv2.addWeighted(first, alpha, second, beta, gamma).ravel()
            spots = " ".join(repr(value.item()) for value in result[::SPOT_STEP])
            lines.append(f"{sample} {alpha!r} {beta!r} {gamma!r} {hash_of(result):016x} {spots}")
    pathlib.Path(__file__).with_name("addweighted_opencv.txt").write_text("\n".join(lines) + "\n")


main()
