"""Write a formula as the text of a loop."""

import ast
from collections import Counter

from optedu.fused._formula import FORMS, RESERVED, Symbol, distinct, follow_grad, follow_update

# Runs that the loop takes through all their steps together: they stay in the first-level cache.
RUNS = 512


def update_text(formula, dtype, guarded=False):
    """Write one update as a loop over elements; a guard returns False for what is not safe."""
    (rate, *others), (params, _, *state) = formula.numbers, formula.arrays
    constants, lines, results = _write(formula.outputs, formula, dtype)
    sizes = " == ".join(f"{name}.size" for name in formula.arrays)
    addresses = ", ".join(f"{name}.ctypes.data" for name in formula.arrays)
    guard = [
        f"if not (step >= 1 and step % 1 == 0 and 0 <= {rate} < inf): return False",
        f"if not ({sizes}): return False",
        f"if not apart({params}.nbytes, {addresses}): return False",
    ]
    return _function(
        f"update({', '.join([*others, 'step', rate, *formula.arrays])})",
        *(guard if guarded else []),
        *(f"{name} = {text}" for text, name in constants.items()),
        f"for i in range({params}.size):",
        *_indented(1, [*lines, *map("{}[i] = {}".format, (params, *state), results)]),
        *(["return True"] if guarded else []),
    )


def run_text(grad, rule, formula, n, dtype):
    """Write all steps of many runs as loops over blocks of runs, over steps, and over runs.

    `table` holds the numbers of each step, `rows` the coordinates of a block of runs and their
    state, each in a row of its own, so that the innermost loop runs along memory.
    """
    names = [name for name in formula.arrays if name != "grads"]
    cells = [[f"rows[{n * k + j}, i]" for j in range(n)] for k in range(len(names))]
    point, grads = follow_grad(grad, cells[0])
    state = [[Symbol(cell, each=True) for cell in row] for row in cells[1:]]
    outputs = [
        output
        for arrays in zip(point, grads, *state, strict=True)
        for output in follow_update(rule, formula.numbers, arrays)
    ]
    constants, lines, results = _write(outputs, formula, dtype)
    targets = [cell for coordinate in zip(*cells, strict=True) for cell in coordinate]
    pairs = [
        (cell, f"{name}[{{}}, {j}]")
        for name, row in zip(names, cells, strict=True)
        for j, cell in enumerate(row)
    ]
    rate, *others = formula.numbers
    return _function(
        f"run({', '.join([*others, 'rates', *names])})",
        f"table = np.empty((rates.size, {len(constants)}), np.{dtype.name})",
        "for k in range(rates.size):",
        f"    step, {rate} = k + 1.0, rates[k]",
        *_indented(1, [f"table[k, {j}] = {text}" for j, text in enumerate(constants)]),
        f"rows = np.empty(({len(pairs)}, {RUNS}), np.{dtype.name})",
        f"for start in range(0, len(params), {RUNS}):",
        f"    for i in range({RUNS}):",
        # The last block may be short: what is left of it repeats the last run.
        "        j = min(start + i, len(params) - 1)",
        *_indented(2, [f"{cell} = {entry.format('j')}" for cell, entry in pairs]),
        "    for k in range(rates.size):",
        *_indented(2, [f"{name} = table[k, {j}]" for j, name in enumerate(constants.values())]),
        f"        for i in range({RUNS}):",
        *_indented(3, [*lines, *map("{} = {}".format, targets, results)]),
        f"    for i in range(min({RUNS}, len(params) - start)):",
        *_indented(2, [f"{entry.format('start + i')} = {cell}" for cell, entry in pairs]),
    )


def number_text(node):
    """Write what has one value a step."""
    if not node.operands:
        return node.text
    return FORMS[node.function].format(*map(number_text, node.operands))


def _write(outputs, formula, dtype):
    """Return names by the texts of a step's constants, an element's lines, the outputs' texts.

    What is used once is written where it is used, so a line looks like the book's equation.
    """
    taken = {*RESERVED, *formula.numbers, *formula.arrays}
    uses, constants, names, lines = Counter(), {}, {}, []

    def count(node):
        uses[id(node)] += 1
        if uses[id(node)] == 1:
            for operand in node.operands:
                count(operand)

    def write(node):
        if not node.each:
            # Rounded once, where a number meets an array, as in NumPy.
            text = f"{dtype.name}({number_text(node)})"
            if text not in constants:
                constants[text] = distinct(f"c{len(constants)}", taken)
            return constants[text]
        if not node.operands:
            return node.text
        if id(node) not in names:
            function, operands = node.function, node.operands
            if function == "divide" and not operands[1].each:
                # A division takes longer than all else, so it is made once, before the loop.
                inverse = Symbol(function="divide", operands=(Symbol("1.0"), operands[1]))
                function, operands = "multiply", (operands[0], inverse)
            text = FORMS[function].format(*map(write, operands))
            if uses[id(node)] == 1:
                return text
            names[id(node)] = distinct(f"a{len(names)}", taken)
            lines.append(f"{names[id(node)]} = {text}")
        return names[id(node)]

    for output in outputs:
        count(output)
    first, *others = [write(output) for output in outputs]
    # The first is stored before the others, which must not be read from what it overwrites.
    for k, text in enumerate(others):
        if not text.isidentifier():
            others[k] = distinct(f"a{len(lines)}", taken)
            lines.append(f"{others[k]} = {text}")
    return constants, lines, [first, *others]


def _indented(depth, lines):
    return [f"{'    ' * depth}{line}" for line in lines]


def _function(head, *lines):
    # Parsed and written again, the text keeps only the parentheses that it needs.
    return ast.unparse(ast.parse("\n".join([f"def {head}:", *_indented(1, lines)])))
