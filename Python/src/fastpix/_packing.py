"""Rows of numbers in as many bits as they have, Guides/StateFile.md: with NumPy alone, all blocks of one width at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 512
_LANES = 16
#: The next 32 bits of every lane. Rows and blocks are whole numbers of these.
LINE_BYTES = 4 * _LANES


class _Layout:
    """The blocks of a row: of one array after the other; of numbers of 64 bits the lower halves of a block, then the upper."""

    def __init__(self, samples: int, sizes: Sequence[int]) -> None:
        full, behind = divmod(samples, _BLOCK)
        turns = [_BLOCK // _LANES] * full + ([-(-behind // _LANES)] if behind else [])
        self.samples = samples
        self.columns: list[slice] = []
        of_blocks: list[int] = []
        most: list[int] = []
        for size in sizes:
            halves = 2 if size == 8 else 1
            first = len(of_blocks)
            of_blocks += [turn for turn in turns for _ in range(halves)]
            most += [8 * min(size, 4)] * (len(turns) * halves)
            self.columns.append(slice(first, len(of_blocks)))
        #: Of each block: numbers that a lane has, and the largest width.
        self.turns = np.array(of_blocks, np.int64)
        self.most = np.array(most, np.int64)
        self.head_lines = -(-len(of_blocks) // LINE_BYTES)

    def lines(self, widths: NDArray[np.int64]) -> NDArray[np.int64]:
        return (self.turns * widths + 31) // 32


def pack(arrays: Sequence[NDArray[Any]]) -> bytes:
    """Pack rows: of each array of unsigned integers as many, of equal length."""
    rows, samples = arrays[0].shape
    layout = _Layout(samples, [array.itemsize for array in arrays])
    numbers = [_blocks(array) for array in arrays]
    largest = np.concatenate([blocks.max(axis=2) for blocks in numbers], axis=1)
    # The exponent of what is at least a half, and below 1.
    widths = np.frexp(largest.astype(np.float64))[1].astype(np.int64)
    lines = layout.lines(widths)
    ends = (np.cumsum(lines, axis=1) + layout.head_lines).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(ends[:, -1])])
    places = first[:-1, None] + ends - lines
    packed = np.zeros((int(first[-1]), _LANES), "<u4")
    heads = packed.view(np.uint8)
    for row in range(rows):
        head = heads[first[row] : first[row] + layout.head_lines].reshape(-1)
        head[: widths.shape[1]] = widths[row]
        heads[first[row] : first[row] + layout.head_lines] = head.reshape(-1, LINE_BYTES)
    for columns, blocks in zip(layout.columns, numbers):
        own, turns = widths[:, columns], np.broadcast_to(layout.turns[columns], (rows, blocks.shape[1]))
        for width, count in _kinds(own, turns):
            chosen = (own == width) & (turns == count)
            lanes = blocks[chosen][:, : count * _LANES].reshape(-1, count, _LANES)
            words = np.zeros((len(lanes), (count * width + 31) // 32, _LANES), np.uint32)
            for turn in range(count):
                word, shift = divmod(turn * width, 32)
                words[:, word] |= lanes[:, turn] << np.uint32(shift)
                if shift + width > 32:
                    words[:, word + 1] |= lanes[:, turn] >> np.uint32(32 - shift)
            packed[places[:, columns][chosen][:, None] + np.arange(words.shape[1])] = words
    return packed.tobytes()


def unpack(content: bytes, begin: int, end: int, rows: int, samples: int, types: Sequence[np.dtype[Any]]) -> list[NDArray[Any]]:
    """The arrays of `rows` rows of `samples` numbers that lie in these bytes; ValueError when they do not."""
    layout = _Layout(samples, [one.itemsize for one in types])
    count = len(layout.turns)
    if (end - begin) % LINE_BYTES:
        raise ValueError
    packed = np.frombuffer(content, "<u4", (end - begin) // 4, begin).reshape(-1, _LANES)
    heads = np.frombuffer(content, np.uint8, end - begin, begin)
    widths, places = (np.zeros((rows, count), np.int64) for _ in range(2))
    first = 0
    for row in range(rows):
        head = heads[first * LINE_BYTES : (first + layout.head_lines) * LINE_BYTES]
        if len(head) < layout.head_lines * LINE_BYTES or head[count:].any() or (head[:count] > layout.most).any():
            raise ValueError
        widths[row] = head[:count]
        lines = layout.lines(widths[row])
        places[row] = first + layout.head_lines + np.cumsum(lines) - lines
        first += layout.head_lines + int(lines.sum())
        if first > len(packed):
            raise ValueError
    if first != len(packed):
        raise ValueError
    arrays = []
    for columns, one in zip(layout.columns, types):
        own = widths[:, columns]
        turns = np.broadcast_to(layout.turns[columns], own.shape)
        blocks = np.zeros((*own.shape, _BLOCK), np.uint32)
        for width, of_lane in _kinds(own, turns):
            chosen = (own == width) & (turns == of_lane)
            words = packed[places[:, columns][chosen][:, None] + np.arange((of_lane * width + 31) // 32)].astype(np.uint32)
            numbers = np.empty((len(words), of_lane, _LANES), np.uint32)
            for turn in range(of_lane):
                word, shift = divmod(turn * width, 32)
                numbers[:, turn] = words[:, word] >> np.uint32(shift)
                if shift + width > 32:
                    numbers[:, turn] |= words[:, word + 1] << np.uint32(32 - shift)
            blocks[chosen, : of_lane * _LANES] = numbers.reshape(len(words), -1) & np.uint32((1 << width) - 1)
        arrays.append(_numbers(blocks, samples, one))
    return arrays


def _kinds(widths: NDArray[np.int64], turns: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Widths above 0 and numbers of a lane that occur together."""
    pairs = np.unique(np.stack([widths.reshape(-1), turns.reshape(-1)]), axis=1).T.tolist()
    return [(width, count) for width, count in pairs if width > 0]


def _blocks(array: NDArray[Any]) -> NDArray[np.uint32]:
    """(rows, blocks, 512), with zeros behind the last number; blocks of both halves where there are two."""
    rows, samples = array.shape
    blocks = -(-samples // _BLOCK)
    padded = np.zeros((rows, blocks * _BLOCK), array.dtype)
    padded[:, :samples] = array
    cut = padded.reshape(rows, blocks, _BLOCK)
    if array.itemsize < 8:
        return cut.astype(np.uint32)
    halves = np.stack([cut & np.uint64(0xFFFFFFFF), cut >> np.uint64(32)], axis=2)
    return halves.astype(np.uint32).reshape(rows, 2 * blocks, _BLOCK)


def _numbers(blocks: NDArray[np.uint32], samples: int, one: np.dtype[Any]) -> NDArray[Any]:
    rows = blocks.shape[0]
    if one.itemsize == 8:
        halves = blocks.reshape(rows, -1, 2, _BLOCK).astype(np.uint64)
        whole: NDArray[Any] = halves[:, :, 0] | halves[:, :, 1] << np.uint64(32)
    else:
        whole = blocks
    return np.ascontiguousarray(whole.reshape(rows, -1)[:, :samples].astype(one))
