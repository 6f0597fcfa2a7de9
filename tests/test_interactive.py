"""Explorers: each draws the student's function beside ours, whatever that function does."""

import builtins
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import optedu
from optedu import interactive
from optedu.descent import GradientDescent, descend
from optedu.grading.release import read_solution
from optedu.interactive._panel import SLOW, explorer, limited, linear, render
from optedu.interactive._picture import Curve, View, _ticks, draw
from optedu.momentum import Momentum
from optedu.sgd import Cosine

ROOT = Path(optedu.__file__).parents[1]
EXPLORERS = {
    f"{stem}.{name}": thing
    for stem in interactive.__all__
    for name, thing in vars(getattr(interactive, stem)).items()
    if hasattr(thing, "experiment")
}
# One right answer may differ from another in rounding, in the window of a fit or in its shuffle.
NOT_COMPARED = {
    "descent.measure_rate",
    "gradients.gradient_check",
    "gradients.numerical_gradient",
    "sgd.minibatches",
}


@pytest.fixture(autouse=True)
def _nobody_grades(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture(scope="module")
def solved():
    """What the model solutions define, by the exercise's stem."""
    spaces = {}
    for path in (ROOT / "solutions").glob("*/*.md"):
        spaces[path.stem] = {"np": np}
        for cell in read_solution(path).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                exec(cell.source, spaces[path.stem])
    return spaces


def names_of(explore):
    return list(explore.__signature__.parameters)


def model(name, solved):
    return [solved[name.partition(".")[0]][function] for function in names_of(EXPLORERS[name])]


def at_first(explore):
    return {name: slider.value for name, slider in explore.sliders.items()}


def shown(name, functions, **values):
    """Return the picture, and the sentence below it."""
    explore = EXPLORERS[name]
    html = render(explore, functions, at_first(explore) | values)
    picture, _, sentence = html.partition("<p ")
    return picture, re.sub("^[^>]*>|</p>$", "", sentence)


def ends(slider):
    """Return the values at the ends of a slider, or all that can be chosen."""
    options = slider.options
    if slider.kind == "Checkbox":
        return False, True
    low_high = options.get("options") or (options["min"], options["max"])
    return [10**end for end in low_high] if slider.kind == "FloatLogSlider" else low_high


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_model_solution_agrees_wherever_the_sliders_stand(name, solved):
    expected = "may differ" if name in NOT_COMPARED else "Yours and the reference agree."
    for slider, spec in EXPLORERS[name].sliders.items():
        for value in ends(spec):
            picture, says = shown(name, model(name, solved), **{slider: value})
            assert expected in says, f"{slider} = {value}"
            ElementTree.fromstring(picture)
            assert "nan" not in re.sub('aria-label="[^"]*"', "", picture)


@pytest.mark.parametrize("name", EXPLORERS)
def test_what_is_not_finished_is_said_to_be_so(name):
    def returns_nothing(*args):
        pass

    def is_released(*args):
        raise NotImplementedError()

    def has_dots(*args):
        return ...

    def yields_later(*args):
        raise NotImplementedError()
        yield

    for function in (returns_nothing, is_released, has_dots):
        picture, says = shown(name, [function] * len(names_of(EXPLORERS[name])))
        assert "Finish the function first" in says
        assert function.__name__ in says
        assert not picture
    assert "Finish" in shown("sgd.minibatches", [yields_later])[1]


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_exception_is_a_sentence_with_the_line_that_raised_it(name):
    def broken(*args):
        left = {}
        return left["<velocity>"]

    picture, says = shown(name, [broken] * len(names_of(EXPLORERS[name])))
    assert "Your function raises KeyError" in says
    assert "in the line “return left[" in says
    assert "Traceback" not in says
    assert "<velocity>" not in says  # it is text, not a tag
    assert "stroke-dasharray" in picture  # the reference is still there


@pytest.mark.parametrize("name", EXPLORERS)
@pytest.mark.parametrize("result", ["text", (), {"a": 1}, 1 + 2j, [1, [2]], np.zeros((2, 2, 2))])
def test_a_result_of_another_form_is_named(name, result):
    _, says = shown(name, [lambda *args: result] * len(names_of(EXPLORERS[name])))
    # A list of nothing is a fair epoch, if not a useful one.
    assert re.search("your function returned|Your function raises|may differ", says)


def off_by_a_tenth(function):
    """Return a wrong function: what it returns is 1.1 times as large, through and through."""

    def wrong(*args):
        return larger(function(*args))

    def larger(result):
        if isinstance(result, dict):
            return {key: larger(value) for key, value in result.items()}
        if isinstance(result, tuple):
            return tuple(larger(part) for part in result)
        return result if result is None else 1.1 * np.asarray(result)

    return wrong


@pytest.mark.parametrize("name", sorted(set(EXPLORERS) - NOT_COMPARED))
def test_a_wrong_function_leaves_the_reference(name, solved):
    wrong = [off_by_a_tenth(function) for function in model(name, solved)]
    right_picture, _ = shown(name, model(name, solved))
    picture, says = shown(name, wrong)
    assert "Yours leaves the reference at" in says
    assert picture != right_picture
    dashed = re.compile("<path[^>]*stroke-dasharray[^>]*>")
    assert dashed.findall(picture) == dashed.findall(right_picture)


def test_where_a_run_leaves_the_reference_is_counted():
    def forgets_from_the_third_on(x, g, state, learning_rate, momentum):
        k, v = state or (0, 0)
        v = (0 if k == 2 else momentum) * v - learning_rate * g
        return x + v, (k + 1, v)

    _, says = shown("momentum.heavy_ball", [forgets_from_the_third_on])
    assert says == "Yours leaves the reference at point 3."


def test_the_reference_that_is_drawn_is_the_library():
    def drawn(name, **values):
        explore = EXPLORERS[name]
        return explore.experiment(*explore.reference, **at_first(explore) | values)[1][0].points

    curvatures = np.array([1.0, 12.0])
    for name, rule in [
        ("descent.gradient_descent", GradientDescent(0.05)),
        ("momentum.heavy_ball", Momentum(0.05, 0.8)),
    ]:
        run = descend(lambda x: (0.5 * curvatures @ x**2, curvatures * x), [4.0, 1.0], rule)
        points = [next(run).params for _ in range(21)]
        values = {"learning_rate": 0.05, "condition": 12, "start_x": 4.0, "start_y": 1.0}
        np.testing.assert_array_equal(drawn(name, **values, n_steps=20), points)
    rates = drawn("sgd.schedules", schedule="cosine", learning_rate=0.5, length=40, final=0.1)
    np.testing.assert_array_equal(rates[:, 1], Cosine(0.5, 40, 0.1)(np.arange(1, 101)))


def test_a_student_who_changes_what_belongs_to_us_changes_nothing(solved):
    def in_place(x, g, state, learning_rate, momentum):
        v = np.zeros(2) if state is None else state
        v *= momentum
        g *= learning_rate
        v -= g
        x += v
        return x, v

    _, says = shown("momentum.heavy_ball", [in_place])
    assert says == "Yours and the reference agree."
    grad = solved["gradients"]["softmax_value_and_grad"]

    def sorts_the_labels(W, X, y, l2):
        made = grad(W, X, y, l2)
        y.sort()
        return made

    for _ in range(2):
        assert "agree" in shown("gradients.softmax_value_and_grad", [sorts_the_labels])[1]


def test_a_loop_without_an_end_is_ended():
    def endless(grad, x0, learning_rate, n_steps):
        x = x0
        while True:
            try:
                x = x - learning_rate * grad(x)
            except Exception:
                x = x0

    def endless_batches(n_examples, batch_size, rng, drop_last):
        while True:
            yield np.arange(batch_size)

    def endless_averages(points, weight):
        while True:
            yield points[0]

    assert "does not end" in shown("descent.gradient_descent", [endless])[1]
    assert "may differ" in shown("sgd.minibatches", [endless_batches])[1]
    assert "does not end" in shown("sgd.averages", [endless_averages] * 2)[1]
    double = limited(lambda x: 2 * x, calls=2)
    assert [double(1), double(2)] == [2, 4]


def test_what_is_not_a_function_is_said_to_be_none():
    _, says = shown("momentum.heavy_ball", [3.0])
    assert says == "Pass the function itself, without calling it; this is a float."


def test_prints_and_warnings_do_not_reach_the_notebook(capsys):
    def loud(x, g, state, learning_rate, momentum):
        print("step")  # noqa: T201
        return x / 0.0, state

    assert "leaves the reference" in shown("momentum.heavy_ball", [loud])[1]
    assert capsys.readouterr().out == ""


def test_a_slider_redraws_and_nothing_of_ours_is_in_the_widgets(solved):
    pytest.importorskip("ipywidgets")
    (heavy_ball,) = model("momentum.heavy_ball", solved)
    panel = interactive.momentum.heavy_ball(heavy_ball)
    *sliders, picture = panel.children
    assert [s.description for s in sliders][:2] == ["learning rate", "momentum"]
    before = picture.value
    sliders[1].value = 0.3
    assert "momentum 0.3" in picture.value != before
    state = str([child.get_state() for child in panel.children])
    for word in ("self.learning_rate", "rule", "update(", "def ", "lambda", "optedu."):
        assert word not in state


@pytest.mark.parametrize("name", EXPLORERS)
def test_each_explorer_has_its_widgets(name, solved):
    pytest.importorskip("ipywidgets")
    panel = EXPLORERS[name](*model(name, solved))
    assert len(panel.children) == 1 + len(EXPLORERS[name].sliders)
    assert "reference" in panel.children[-1].value


def test_a_slow_function_is_drawn_when_the_slider_is_let_go(monkeypatch):
    pytest.importorskip("ipywidgets")
    clock = iter([0.0, SLOW / 2, 0.0, 2 * SLOW, 0.0, SLOW / 2])
    monkeypatch.setattr("optedu.interactive._panel.perf_counter", lambda: next(clock))
    panel = interactive.momentum.heavy_ball(lambda x, g, state, *_: (x, state))
    slider = panel.children[0]
    assert slider.continuous_update
    slider.value = 0.1
    assert not slider.continuous_update
    slider.value = 0.2
    assert slider.continuous_update


@pytest.mark.parametrize("name", EXPLORERS)
def test_graded_or_without_ipywidgets_nothing_happens(name, monkeypatch):
    def never(*args):
        raise AssertionError("the function was called")

    functions = [never] * len(names_of(EXPLORERS[name]))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert EXPLORERS[name](*functions) is None
    monkeypatch.delenv("NBGRADER_EXECUTION")
    there = builtins.__import__

    def without(module, *args, **options):
        if module == "ipywidgets":
            raise ImportError(module)
        return there(module, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert EXPLORERS[name](*functions) is None


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


def test_importing_the_explorers_costs_numpy():
    loaded = run("import sys; from optedu.interactive import *; print(*sys.modules)").split()
    assert not {"ipywidgets", "matplotlib", "IPython", "scipy"} & set(loaded)


def test_where_work_is_graded_a_stand_in_does_nothing():
    calls = "".join(
        f"assert interactive.{name}({', '.join('1' for _ in names_of(explore))}) is None\n"
        for name, explore in EXPLORERS.items()
    )
    program = (
        "from pathlib import Path\n"
        "from optedu.grading.sandbox import modules\n"
        "import sys\n"
        "for name in [n for n in sys.modules if n.startswith('optedu')]:\n"
        "    del sys.modules[name]\n"
        f"modules.install(Path({str(ROOT / 'optedu')!r}))\n"
        "from optedu import checks, interactive\n"
        "from optedu.interactive import momentum\n"
        f"{calls}print('optedu.interactive._panel' in sys.modules)"
    )
    assert run(program) == "False\n"


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*/*.md")), ids=lambda p: p.stem)
def test_each_section_of_a_notebook_has_an_explorer_that_exists(path):
    text = path.read_text(encoding="utf-8")
    sections = re.split(r"(?m)^## (?=[A-Z]\d\.)", text.partition("## Before you hand in")[0])[1:]
    assert sections
    for section in sections:
        ((call, arguments),) = re.findall(r"(?m)^interactive\.([\w.]+)\((.*)\)$", section)
        assert names_of(EXPLORERS[call]) == arguments.split(", ")


def test_an_experiment_becomes_a_documented_function():
    @explorer(abs, shift=linear(0.0, 1.0, 0.5, 0.1))
    def size(function, *, shift):
        """Draw it."""
        return View("x", "y", (0, 1), (0, 1)), [Curve(np.array([[shift, function(-shift)]]))]

    assert names_of(size) == ["function"]
    assert "function : callable" in size.__doc__
    assert "agree" in render(size, [lambda x: -x], {"shift": 0.5})
    assert "leaves the reference at point 0" in render(size, [lambda x: x], {"shift": 0.5})
    with pytest.raises(TypeError, match="function"):
        size()


def test_a_line_goes_where_its_points_are_and_breaks_where_there_are_none():
    view = View("x", "y", (0, 10), (1, 100), log="y")
    points = [(0, 1), (5, 10), (6, 0), (7, np.nan), (10, 100), (np.inf, 1)]
    root = ElementTree.fromstring(draw(view, [Curve(points)], [], "A line."))
    drawn = [e for e in root.iter("path") if e.get("stroke-width") == "2.5"]
    (line,) = [e for e in drawn if e.get("fill") == "none"]
    assert root.get("aria-label") == "A line."
    _, *parts = line.get("d").split("M")
    assert len(parts) == 2
    (x0, y0), (x1, y1) = (map(float, spot.split()) for spot in parts[0].split("L"))
    x2, y2 = map(float, parts[1].split())
    # Halfway in x and, on a log axis, halfway in y; a tenth of a pixel is what is written.
    assert (x0 + x2) / 2 == pytest.approx(x1, abs=0.1)
    assert (y0 + y2) / 2 == pytest.approx(y1, abs=0.1)
    assert x0 < x2
    assert y0 > y2


@pytest.mark.parametrize(
    ("span", "log", "names"),
    [
        ((0, 1), False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((-5, 5), False, ["−4", "−2", "0", "2", "4"]),
        ((4.7, 0.3), False, ["1", "2", "3", "4"]),
        ((1e-2, 1e1), True, ["10⁻²", "10⁻¹", "10⁰", "10¹"]),
    ],
)
def test_ticks_are_round_numbers(span, log, names):
    assert [name for _, name in _ticks(span, log)] == names
