"""The random numbers of the figures' scripts, ``random.js``, so that pictures show the same."""

import numpy as np


def uniforms(seed, count):
    """Return `count` numbers between 0 and 1: a counter, scrambled as in MurmurHash3."""
    start = _scramble(np.array([seed + 1], np.uint32))
    counter = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B9)
    return (_scramble(start + counter) + 0.5) / 2**32


def normals(seed, count):
    """Return `count` normal numbers, an even count, by the formula of Box and Muller."""
    first, second = uniforms(seed, count).reshape(-1, 2).T
    radius, angle = np.sqrt(-2 * np.log(first)), 2 * np.pi * second
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()


def _scramble(h):
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))
