"""Bundled data has the shapes it says; readers give back what was written, or say what is wrong."""

import gzip
import struct

import numpy as np
import pytest

from optedu import datasets

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, size=(5, 32, 32, 3), dtype=np.uint8)
LABELS = np.array([3, 0, 9, 1, 3], dtype=np.uint8)


def cifar(images=PIXELS, labels=LABELS):
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.column_stack([labels, planes]).astype(np.uint8).tobytes()


def idx(array, magic=None):
    magic = 0x800 + array.ndim if magic is None else magic
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


@pytest.fixture
def write(tmp_path):
    def to_file(content, compress=False):
        path = tmp_path / "data"
        path.write_bytes(gzip.compress(content) if compress else content)
        return path

    return to_file


@pytest.mark.parametrize(
    ("name", "X_shape", "y_shape", "classes"),
    [
        ("digits", (1797, 64), (1797,), 10),
        ("breast_cancer", (569, 30), (569,), 2),
        ("wine", (178, 13), (178,), 3),
        ("iris", (150, 4), (150,), 3),
        ("diabetes", (442, 10), (442,), None),
        ("linnerud", (20, 3), (20, 3), None),
        ("images", (2, 427, 640, 3), (2,), 2),
    ],
)
def test_bundled_data_is_what_it_says(name, X_shape, y_shape, classes):
    X, y = getattr(datasets, f"load_{name}")()
    assert (X.shape, y.shape) == (X_shape, y_shape)
    assert X.dtype == y.dtype == np.float64
    assert np.all(np.isfinite(X))
    if classes:
        np.testing.assert_array_equal(np.unique(y), np.arange(classes))


def test_images_lie_between_black_and_white():
    X, _ = datasets.load_images()
    assert X.min() == 0
    assert X.max() == 1


class TestStandardize:
    def test_columns_have_mean_0_and_deviation_1(self):
        X = datasets.standardize(datasets.load_breast_cancer()[0])
        # A mean of 569 numbers near 1 rounds at 1e-16 of their sum.
        np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-13)
        np.testing.assert_allclose(X.std(axis=0), 1, rtol=1e-13)

    def test_units_do_not_matter(self):
        X = RNG.standard_normal((20, 3))
        moved = X * [1e-6, 1.0, 1e6] + [1e-6, -4.0, 1e6]
        # A shift as large as the scale costs about one digit.
        np.testing.assert_allclose(datasets.standardize(moved), datasets.standardize(X), atol=1e-13)

    @pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
    def test_a_constant_column_becomes_zero(self, value):
        X = np.column_stack([np.full(7, value), np.arange(7)])
        np.testing.assert_array_equal(datasets.standardize(X)[:, 0], 0)

    def test_leaves_its_argument_alone(self):
        X = RNG.standard_normal((5, 2))
        before = X.copy()
        datasets.standardize(X)
        np.testing.assert_array_equal(X, before)

    @pytest.mark.parametrize("bad", [np.ones(3), np.ones((0, 3)), [[np.nan]]])
    def test_refuses_what_is_no_table(self, bad):
        with pytest.raises(ValueError, match="X must"):
            datasets.standardize(bad)


class TestCifar10:
    @pytest.mark.parametrize("compress", [False, True])
    def test_round_trip(self, write, compress):
        X, y = datasets.read_cifar10(write(cifar(), compress))
        np.testing.assert_array_equal(X, PIXELS)
        np.testing.assert_array_equal(y, LABELS)

    def test_planes_are_red_green_blue(self, write):
        red = np.zeros((1, 32, 32, 3), dtype=np.uint8)
        red[..., 0] = 255
        content = bytes([7]) + b"\xff" * 1024 + b"\x00" * 2048
        X, y = datasets.read_cifar10(write(content))
        np.testing.assert_array_equal(X, red)
        assert y == [7]

    @pytest.mark.parametrize("content", [b"", cifar()[:-1], cifar() + b"\x00"])
    def test_refuses_a_file_that_is_cut_off(self, write, content):
        with pytest.raises(ValueError, match="records have 3073 bytes"):
            datasets.read_cifar10(write(content))

    def test_refuses_a_label_out_of_range(self, write):
        content = cifar(labels=np.array([3, 0, 10, 1, 3]))
        with pytest.raises(ValueError, match="between 0 and 9, but record 2 has 10"):
            datasets.read_cifar10(write(content))

    def test_results_can_be_written_to(self, write):
        X, y = datasets.read_cifar10(write(cifar()))
        X[0], y[0] = 0, 0


class TestIdx:
    @pytest.mark.parametrize("compress", [False, True])
    @pytest.mark.parametrize("array", [PIXELS[..., 0], LABELS], ids=["images", "labels"])
    def test_round_trip(self, write, array, compress):
        found = datasets.read_idx(write(idx(array), compress))
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, array)
        found[0] = 0

    @pytest.mark.parametrize("magic", [0x802, 0x804, 0xD03, 0x03080000])
    def test_refuses_another_magic_number(self, write, magic):
        with pytest.raises(ValueError, match=f"this one with 0x{magic:08x}"):
            datasets.read_idx(write(idx(LABELS, magic)))

    @pytest.mark.parametrize("content", [b"", b"\x00\x00"])
    def test_refuses_a_file_too_short_for_its_magic_number(self, write, content):
        with pytest.raises(ValueError, match="an IDX file starts with"):
            datasets.read_idx(write(content))

    def test_refuses_a_header_that_is_cut_off(self, write):
        with pytest.raises(ValueError, match="cut off within its header"):
            datasets.read_idx(write(idx(PIXELS[..., 0])[:10]))

    @pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + b"\x00"])
    def test_refuses_a_size_the_header_does_not_promise(self, write, change):
        with pytest.raises(ValueError, match=r"promises shape \(5, 32, 32\)"):
            datasets.read_idx(write(change(idx(PIXELS[..., 0]))))

    def test_a_huge_promise_reserves_no_memory(self, write):
        content = struct.pack(">4I", 0x803, 2**32 - 1, 2**32 - 1, 2**32 - 1)
        with pytest.raises(ValueError, match="promises shape"):
            datasets.read_idx(write(content))

    def test_refuses_a_label_out_of_range(self, write):
        content = idx(np.array([0, 10], dtype=np.uint8))
        with pytest.raises(ValueError, match="between 0 and 9, but record 1 has 10"):
            datasets.read_idx(write(content))
        np.testing.assert_array_equal(datasets.read_idx(write(content), classes=11), [0, 10])


@pytest.mark.parametrize("read", [datasets.read_cifar10, datasets.read_idx])
@pytest.mark.parametrize("damage", [lambda c: c[:-9], lambda c: c[:20] + b"\xff" * 20 + c[40:]])
def test_refuses_a_damaged_archive(write, read, damage):
    with pytest.raises(ValueError, match="compressed file is damaged or cut off"):
        read(write(damage(gzip.compress(cifar()))))
