"""Run a submission's cells so that whatever they do ends in a score.

This is the seam for confinement: `nbgrader_config.py` names the class that runs the cells.
"""

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_locked

# nbclient interrupts a cell after the time limit and reports this name in place of a result.
TOO_SLOW = "CellTimeoutError"


class RunCells(Execute):
    """Run every cell in one kernel; a dead or deaf kernel fails the cells that are left."""

    def preprocess(self, nb, resources, km=None):
        """Run a notebook.

        Parameters
        ----------
        nb : NotebookNode
            The notebook.
        resources : dict
            nbgrader's.
        km : KernelManager, optional
            A kernel to use in place of a new one.

        Returns
        -------
        nb, resources
            The notebook with outputs; ``metadata.optedu.notes`` says where it went wrong.
        """
        self.error_on_timeout = _error(
            TOO_SLOW,
            f"Your code did not finish within {self.timeout} seconds. Look for a loop that never "
            "ends: does what its condition tests change from turn to turn?",
        )
        self.notes = nb.metadata.setdefault("optedu", {}).setdefault("notes", [])
        self.running = 0
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except (DeadKernelError, CellTimeoutError) as error:
            self._fail_the_rest(nb.cells[self.running :], isinstance(error, DeadKernelError))
        for cell in nb.cells:
            # nbgrader reads a warning on stderr as a failed test.
            if _is_test(cell):
                cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        return nb, resources

    def preprocess_cell(self, cell, resources, index):
        """Run a cell, remembering which in case the kernel dies of it."""
        self.running = index
        return super().preprocess_cell(cell, resources, index)

    def on_cell_executed(self, **kwargs):
        """Put the reason first where a cell was stopped for being too slow."""
        super().on_cell_executed(**kwargs)
        cell = kwargs["cell"]
        if kwargs["execute_reply"]["content"].get("ename") == TOO_SLOW:
            cell.outputs.sort(key=lambda out: out.get("ename") != TOO_SLOW)
            self.notes.append(f"cell {_name(cell)} was stopped after {self.timeout} seconds")

    def _fail_the_rest(self, cells, died):
        what = "ended the kernel" if died else "did not stop when interrupted"
        self.notes.append(f"cell {_name(cells[0])} {what}; what comes after it was not run")
        reasons = [f"This cell {what}, so neither it nor what comes after it could be graded."]
        reasons += [f"Not run: the cell {_name(cells[0])} {what}."] * (len(cells) - 1)
        for cell, reason in zip(cells, reasons, strict=True):
            if cell is cells[0] or _is_test(cell):
                cell.outputs = [new_output("error", **_error("NotRun", reason))]


def _is_test(cell):
    return is_grade(cell) and is_locked(cell) and cell.cell_type == "code"


def _error(name, message):
    return {"ename": name, "evalue": message, "traceback": [message]}


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "of the student's own")
