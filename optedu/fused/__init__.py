"""One loop for a whole update: a rule's own text, followed on symbols and compiled.

NumPy runs `update` one operator at a time, and each sends whole arrays through memory. Here the
same method runs once on symbols that write down what is done to them. What is constant in a step
is computed before the loop; the rest becomes its body, which numba compiles. Without numba, NumPy
makes the same calls on blocks that stay in cache. So a rule is written once, for its reader.

In NumPy the results are those of the text, bit by bit, but for third and fourth powers, which are
products. The compiled loop also makes a division by a number once, as a product with the inverse:
after Adam's two corrections a step differs by a few units in the last place.

Read `_formula` first, where a rule is followed, then `_text`, which writes the loop.
"""

from optedu.fused.many import trajectories
from optedu.fused.update import fuse, source

__all__ = ["fuse", "source", "trajectories"]
