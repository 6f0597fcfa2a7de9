"""Data that is already on the machine, and readers for two file formats you may bring.

The `load_*` functions return scikit-learn's bundled data; nothing is downloaded. The `read_*`
functions check a file before they believe it, and say what is wrong with it.
"""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np

from optedu._validation import as_float_array, require_count, require_finite


def load_digits():
    """Load 1797 images of handwritten digits, 8 x 8 pixels between 0 and 16.

    Returns
    -------
    X : ndarray, shape (1797, 64)
        One image a row.
    y : ndarray, shape (1797,)
        The digits.

    Examples
    --------
    >>> X, y = load_digits()
    >>> X.shape, float(X.max())
    ((1797, 64), 16.0)
    """
    return _bundled("load_digits")


def load_breast_cancer():
    """Load 569 tumors, described by 30 measurements: benign (1) or malignant (0).

    Returns
    -------
    X : ndarray, shape (569, 30)
        One tumor a row, on scales that differ by a factor of a million.
    y : ndarray, shape (569,)
        The classes.
    """
    return _bundled("load_breast_cancer")


def load_wine():
    """Load 178 wines of three cultivars, described by 13 chemical measurements.

    Returns
    -------
    X : ndarray, shape (178, 13)
        One wine a row.
    y : ndarray, shape (178,)
        The cultivars, 0 to 2.
    """
    return _bundled("load_wine")


def load_iris():
    """Load 150 irises of three species, described by 4 lengths in centimeters.

    Returns
    -------
    X : ndarray, shape (150, 4)
        One flower a row.
    y : ndarray, shape (150,)
        The species, 0 to 2.
    """
    return _bundled("load_iris")


def load_diabetes():
    """Load 442 patients, described by 10 centered numbers, and how their disease progressed.

    Returns
    -------
    X : ndarray, shape (442, 10)
        One patient a row; each column has mean 0 and length 1.
    y : ndarray, shape (442,)
        The progression after a year.
    """
    return _bundled("load_diabetes")


def load_linnerud():
    """Load 20 members of a fitness club: 3 exercises done, and 3 body measurements.

    Returns
    -------
    X : ndarray, shape (20, 3)
        Chin-ups, sit-ups and jumps.
    y : ndarray, shape (20, 3)
        Weight, waist and pulse: three numbers to predict.
    """
    return _bundled("load_linnerud")


def load_images():
    """Load two color photographs, of a temple in China and of a flower.

    Returns
    -------
    X : ndarray, shape (2, 427, 640, 3)
        Red, green and blue between 0 and 1.
    y : ndarray, shape (2,)
        0 for the temple, 1 for the flower.
    """
    from sklearn.datasets import load_sample_images

    X = np.stack(load_sample_images().images) / 255.0
    return X, np.arange(len(X), dtype=float)


def standardize(X):
    """Shift and scale each column to mean 0 and standard deviation 1.

    A column that is constant tells nothing apart; it becomes 0.

    Parameters
    ----------
    X : array_like, shape (N, n)
        One example a row.

    Returns
    -------
    ndarray, shape (N, n)
        The standardized data.

    Raises
    ------
    ValueError
        If `X` is not two-dimensional and finite, or has no rows.

    Examples
    --------
    >>> standardize([[1.0, 5.0], [3.0, 5.0]])
    array([[-1.,  0.],
           [ 1.,  0.]])
    """
    X = require_finite("X", as_float_array("X", X))
    if X.ndim != 2 or len(X) == 0:
        raise ValueError(f"X must have one example a row; got shape {X.shape}")
    # The standard deviation of equal numbers is not exactly 0: their mean is rounded.
    constant = X.max(axis=0) == X.min(axis=0)
    centered = np.where(constant, 0.0, X - X.mean(axis=0))
    return centered / np.where(constant, 1.0, X.std(axis=0))


def read_cifar10(path):
    """Read one batch of CIFAR-10 in its binary format, plain or gzipped [K09]_.

    A record is a label byte, then 1024 red, 1024 green and 1024 blue bytes, row by row. The
    other published format, pickles, is not read: loading a pickle may run any code.

    Parameters
    ----------
    path : str or Path
        A file such as ``data_batch_1.bin``.

    Returns
    -------
    X : ndarray of uint8, shape (N, 32, 32, 3)
        The images; ``X.reshape(N, -1) / 255.0`` makes them rows of numbers between 0 and 1.
    y : ndarray of uint8, shape (N,)
        The classes, 0 to 9.

    Raises
    ------
    ValueError
        If the file is empty, is cut off, or holds a label above 9.

    References
    ----------
    .. [K09] A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    """
    data = np.frombuffer(_read_bytes(path), dtype=np.uint8)
    size = 1 + 3 * 32 * 32
    if len(data) == 0 or len(data) % size:
        raise ValueError(
            f"{path}: CIFAR-10 records have {size} bytes, but the file has {len(data)}; it is cut "
            "off, or it is not the binary version"
        )
    records = data.reshape(-1, size)
    _require_labels(path, records[:, 0], 10)
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy(), records[:, 0].copy()


def read_idx(path, classes=10):
    """Read images or labels in the IDX format of MNIST, plain or gzipped [LC98]_.

    The header is a big-endian magic number, 0x803 for images or 0x801 for labels, then the size
    of each axis; the bytes follow.

    Parameters
    ----------
    path : str or Path
        A file such as ``train-images-idx3-ubyte.gz``.
    classes : int
        The number of classes; labels run from 0 to one less.

    Returns
    -------
    ndarray of uint8, shape (N, height, width) or (N,)
        The images or the labels.

    Raises
    ------
    ValueError
        If the magic number is another, the file is cut off or too long, or a label is out of
        range.

    References
    ----------
    .. [LC98] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
    """
    require_count("classes", classes, at_least=1)
    content = _read_bytes(path)
    magic = struct.unpack_from(">I", content)[0] if len(content) >= 4 else None
    if magic not in (0x801, 0x803):
        raise ValueError(
            f"{path}: an IDX file starts with 0x803 (images) or 0x801 (labels), this one with "
            f"0x{content[:4].hex()}; check that it is the right file"
        )
    axes = magic & 0xFF
    header = 4 + 4 * axes
    if len(content) < header:
        raise ValueError(f"{path}: the file is cut off within its header; fetch it again")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    expected = header + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise ValueError(
            f"{path}: the header promises shape {shape}, a file of {expected} bytes, but it has "
            f"{len(content)}; fetch it again"
        )
    array = np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape).copy()
    if axes == 1:
        _require_labels(path, array, classes)
    return array


def _bundled(loader):
    """Return the data of one of scikit-learn's loaders, as floats."""
    import sklearn.datasets

    X, y = getattr(sklearn.datasets, loader)(return_X_y=True)
    return X.astype(float), y.astype(float)


def _read_bytes(path):
    content = Path(path).read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path}: the compressed file is damaged or cut off") from error


def _require_labels(path, labels, classes):
    wrong = np.flatnonzero(labels >= classes)
    if len(wrong):
        raise ValueError(
            f"{path}: labels must lie between 0 and {classes - 1}, but record {wrong[0]} has "
            f"{labels[wrong[0]]}; the file is damaged or of another kind"
        )
