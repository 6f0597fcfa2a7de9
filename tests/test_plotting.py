"""Figures fit the page: valid, deterministic, their own ids, ink that follows the theme."""

import re
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from optedu import plotting
from optedu.problems import cosine, himmelblau, plain_saddle, rosenbrock

TABLE = {
    "gradient descent": "#0072B2",
    "SGD": "#56B4E9",
    "momentum": "#D55E00",
    "Nesterov": "#E69F00",
    "AdaGrad": "#009E73",
    "RMSProp": "#CC79A7",
    "Adam": "#882255",
    "AdamW": "#882255",
    "Newton": "#332288",
    "quasi-Newton": "#332288",
}


@pytest.fixture(autouse=True)
def _off_screen():
    mpl.use("agg")
    yield
    mpl.pyplot.close("all")


def draw(k=0):
    with plotting.style():
        fig, (left, right) = plotting.subplots(1, 2, width=960, height=400)
        plotting.contours(left, rosenbrock())
        plotting.path(left, [(-1.2, 1.0), (0.0, 0.5), (0.5, 0.25 * k)], "Newton")
        plotting.convergence(right, {"Adam": 0.9 ** np.arange(50), "b": 0.8 ** np.arange(50)})
    return plotting.show(fig, alt=f"Figure {k}.", caption="x < y & z")


def ids(picture):
    return re.findall(r' id="([^"]*)"', picture.svg)


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


class TestShow:
    def test_the_same_figure_gives_the_same_text(self):
        assert draw().svg == draw().svg

    def test_two_figures_share_no_id(self):
        first, second = draw(0), draw(1)
        assert ids(first)
        assert not set(ids(first)) & set(ids(second))

    def test_ids_are_unique_and_references_resolve(self):
        picture = draw()
        assert len(ids(picture)) == len(set(ids(picture)))
        references = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', picture.svg))
        assert references == set(ids(picture))

    def test_is_one_well_formed_element(self):
        root = ElementTree.fromstring(draw()._repr_html_())
        assert root.tag == "figure"
        (svg,) = root.findall("{http://www.w3.org/2000/svg}svg")
        assert svg.get("role") == "img"
        assert svg.get("aria-label") == "Figure 0."
        assert root.findtext("figcaption") == "x < y & z"

    def test_shrinks_with_the_page_in_its_own_shape(self):
        root = ElementTree.fromstring(draw().svg)
        assert (root.get("width"), root.get("height")) == ("960", "400")
        assert "max-width: 100%" in root.get("style")
        *_, width, height = map(float, root.get("viewBox").split())
        assert width / height == pytest.approx(960 / 400)

    def test_ink_and_only_ink_follows_the_page(self):
        svg = draw().svg
        assert "stroke: currentColor" in svg
        assert "#000000" not in svg
        assert "#ffffff" not in svg.lower()

    def test_dark_colors_have_a_lighter_twin(self):
        svg = draw().svg
        for light, dark in plotting.DARK_COLORS.items():
            colors = re.findall(rf"stroke: {light}(; stroke: [^;\"]*)?", svg, re.IGNORECASE)
            assert colors
            assert set(colors) == {f"; stroke: light-dark({light}, {dark})"}

    def test_has_no_style_that_leaks_into_the_page(self):
        svg = draw().svg
        assert "<style" not in svg
        assert "<metadata" not in svg
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")

    def test_text_stays_text_in_the_fonts_of_the_page(self):
        svg = draw().svg
        assert ">Adam</text>" in svg
        assert "θ₁" in svg
        assert "DejaVu" not in svg
        assert "Segoe UI" in svg

    def test_words_cannot_break_out(self):
        with plotting.style():
            fig, _ = plotting.subplots()
        picture = plotting.show(fig, alt='a "quote" & <b>', caption="<script>")
        root = ElementTree.fromstring(picture._repr_html_())
        assert root[0].get("aria-label") == 'a "quote" & <b>'
        assert root.findtext("figcaption") == "<script>"

    def test_closes_the_figure_and_speaks_where_it_cannot_be_seen(self):
        picture = draw()
        assert mpl.pyplot.get_fignums() == []
        assert repr(picture) == "Figure: Figure 0."

    def test_refuses_a_figure_without_words(self):
        with plotting.style():
            fig, _ = plotting.subplots()
        with pytest.raises(ValueError, match="alt must say what the figure shows"):
            plotting.show(fig, alt=" ")


class TestColors:
    def test_methods_have_the_colors_of_the_course(self):
        assert {name: plotting.COLORS[name] for name in TABLE} == TABLE

    def test_marks_stand_out_on_a_dark_page(self):
        for color in plotting.COLORS.values():
            assert contrast(plotting.DARK_COLORS.get(color, color), "#14181e") >= 3

    def test_theory_stands_out_on_both(self):
        for page in ("#ffffff", "#14181e"):
            assert contrast(plotting.COLORS["theory"], page) >= 3

    def test_no_two_methods_of_one_color_share_a_marker(self):
        with plotting.style():
            _, ax = plotting.subplots()
            plotting.convergence(ax, {name: [1, 0.5] for name in TABLE})
        looks = [(line.get_color(), line.get_marker()) for line in ax.lines[: len(TABLE)]]
        assert len(set(looks)) == len(TABLE)
        assert len({marker for _, marker in looks}) == len(TABLE)

    def test_the_style_ends_with_its_block(self):
        before = dict(mpl.rcParams)
        with plotting.style():
            assert not mpl.rcParams["axes.spines.top"]
        assert dict(mpl.rcParams) == before


class TestConvergence:
    def ends(self, ax):
        """Return the heights of the labels in points, by name."""
        height = ax.get_position().height * ax.figure.get_figheight() * 72
        return {text.get_text(): text.xy[1] * height for text in ax.texts}

    def draw(self, errors, **options):
        with plotting.style():
            _, ax = plotting.subplots()
            plotting.convergence(ax, errors, **options)
        return ax

    def test_labels_keep_clear_of_each_other(self):
        ax = self.draw({f"run {k}": (1 + 1e-3 * k) / np.arange(1, 60) for k in range(8)})
        axes_height = ax.get_position().height * ax.figure.get_figheight() * 72
        for limits in (None, (1e-9, 1e9), (1e3, 1e9), (1e-9, 1e-3)):  # the last two hide the lines
            ax.set_ylim(limits)
            heights = sorted(self.ends(ax).values())
            assert min(np.diff(heights)) >= 10.5  # the height of the letters, in points
            assert heights[0] >= -1e-9
            assert heights[-1] <= axes_height + 1e-9

    def test_labels_are_in_the_order_of_the_ends(self):
        ax = self.draw({"low": [1, 0.1], "high": [1, 0.9], "middle": [1, 0.5]})
        ends = self.ends(ax)
        assert ends["low"] < ends["middle"] < ends["high"]

    def test_labels_follow_when_limits_change(self):
        ax = self.draw({"a": 0.5 ** np.arange(40)})
        before = self.ends(ax)["a"]
        ax.set_ylim(1e-30, 1)
        assert self.ends(ax)["a"] > before

    def test_leaves_out_what_a_logarithm_cannot_show(self):
        ax = self.draw({"a": [1.0, 0.0, 0.5, np.nan, -1.0, 0.25, np.inf]})
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 2, 5])
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1, 0.5, 0.25])

    def test_nothing_to_draw_is_no_error(self):
        ax = self.draw({"a": [0.0, np.nan], "b": []})
        assert {text.get_text() for text in ax.texts} == {"a", "b"}

    def test_logarithmic_steps_begin_at_one(self):
        ax = self.draw({"a": [4.0, 2.0, 1.0]}, log_steps=True)
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2])
        assert ax.get_xscale() == ax.get_yscale() == "log"
        assert "log scale" in ax.get_xlabel()

    def test_theory_is_dashed_and_gray(self):
        ax = self.draw({"a": [1, 0.5]}, theory={"bound": [2, 1]})
        line = next(line for line in ax.lines if line.get_label() == "bound")
        assert line.get_linestyle() == "--"
        assert line.get_color() == plotting.COLORS["theory"]

    def test_powers_of_ten_are_written_without_mathtext(self):
        ax = self.draw({"a": 0.1 ** np.arange(12)})
        ax.figure.draw_without_rendering()
        labels = {text.get_text() for text in ax.get_yticklabels()}
        assert "10⁻⁴" in labels
        assert not any("$" in label for label in labels)

    def test_a_narrow_range_still_has_numbers(self):
        ax = self.draw({"a": np.linspace(5, 3, 20)})
        ax.figure.draw_without_rendering()
        shown = [t.get_text() for t in ax.get_yticklabels() + ax.get_yticklabels(minor=True)]
        assert {"3", "4", "5"} <= set(shown)


class TestContoursAndPath:
    @pytest.mark.parametrize("problem", [rosenbrock(), himmelblau(), plain_saddle()])
    def test_contours_fill_the_bounds(self, problem):
        with plotting.style():
            _, ax = plotting.subplots()
            plotting.contours(ax, problem)
        np.testing.assert_array_equal([ax.get_xlim(), ax.get_ylim()], problem.bounds)

    def test_contours_refuse_other_dimensions(self):
        with plotting.style():
            _, ax = plotting.subplots()
        with pytest.raises(ValueError, match="problem must have 2 variables"):
            plotting.contours(ax, cosine())

    def test_a_path_leaves_the_limits_alone_and_stops_far_outside(self):
        points = [(0.0, 0.0), (1.0, 1.0), (50.0, 50.0), (1e200, -1e300), (np.inf, np.nan)]
        with plotting.style():
            _, ax = plotting.subplots()
            plotting.contours(ax, rosenbrock())
            line = plotting.path(ax, points)
        np.testing.assert_array_equal([ax.get_xlim(), ax.get_ylim()], rosenbrock().bounds)
        np.testing.assert_array_equal(line.get_xydata(), points[:3])

    def test_marks_stand_where_they_are_asked_for(self):
        with plotting.style():
            _, ax = plotting.subplots()
            line = plotting.path(ax, np.zeros((100, 2)), marks=[0, 10, 1000])
            assert line.get_markevery() == [0, 10]
            assert plotting.path(ax, np.zeros((100, 2))).get_markevery() == []
            assert plotting.path(ax, np.zeros((3, 2))).get_markevery() == [0, 1, 2]

    @pytest.mark.parametrize("bad", [[1.0, 2.0], np.zeros((3, 3))])
    def test_a_path_refuses_other_shapes(self, bad):
        with plotting.style():
            _, ax = plotting.subplots()
        with pytest.raises(ValueError, match=r"points must have shape \(k, 2\)"):
            plotting.path(ax, bad)
