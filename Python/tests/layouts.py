"""Arrays of all types and layouts, for hypothesis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies
from numpy.typing import NDArray

IMAGE_TYPES = (np.uint8, np.uint16, np.float32)
Layout = tuple[tuple[int, ...], tuple[slice, ...], tuple[int, ...], int]


def random_array(shape: tuple[int, ...], dtype: type, seed: int) -> NDArray[Any]:
    """Samples over the whole range of a type, with many at its ends."""
    generator = np.random.default_rng(seed)
    if dtype == np.float32:
        return generator.normal(0, 1000, shape).astype(np.float32)
    most = int(np.iinfo(dtype).max)
    values = generator.integers(0, most + 1, shape)
    values[generator.random(shape) < 0.1] = most
    values[generator.random(shape) < 0.1] = 0
    return values.astype(dtype)


@strategies.composite
def layout_of(draw: strategies.DrawFn, shape: tuple[int, ...]) -> Layout:
    """How an array of a shape may lie in a larger one: its shape, the slices, the order of its axes, and the first byte."""
    order = draw(strategies.permutations(range(len(shape))))
    steps = [draw(strategies.sampled_from([1, 1, 1, 2, 3, -1, -2])) for _ in shape]
    before = [draw(strategies.integers(0, 2)) for _ in shape]
    base = tuple(length * abs(step) + 2 for length, step in zip(shape, steps))
    slices = []
    for length, step, first in zip(shape, steps, before):
        if step < 0:
            first += (length - 1) * -step if length else 0
        indices = range(first, first + length * step, step)
        end = first + length * step
        slices.append(slice(first, None if end < 0 else end, step) if len(indices) else slice(0, 0))
    return base, tuple(slices), tuple(order), draw(strategies.sampled_from([0, 0, 0, 1, 2]))


def in_layout(values: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """The same values in an array of another layout."""
    base, slices, order, first_byte = layout
    inverse = tuple(int(axis) for axis in np.argsort(order))
    memory = np.zeros(math.prod(base) * values.itemsize + first_byte, np.uint8)[first_byte:].view(values.dtype)
    view = memory.reshape(tuple(base[axis] for axis in order)).transpose(inverse)[slices]
    assert view.shape == values.shape
    view[...] = values
    return view
