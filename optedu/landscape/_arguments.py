"""What several rooms ask of blocks and of products with H."""

import math

from optedu._validation import call_array, require_array, require_finite


def require_blocks(name, params, blocks):
    """Return `params` as a new flat array unless its length is not that of all blocks."""
    params = require_array(name, params, ndim=1)
    if not isinstance(blocks, dict) or not blocks:
        raise ValueError(
            "blocks must map names to (slice, shape), as the blocks of a model do; "
            f"got {type(blocks).__name__}"
        )
    total = sum(math.prod(shape) for _, shape in blocks.values())
    if len(params) != total:
        raise ValueError(
            f"{name} must hold the {total} numbers that blocks describes; got {len(params)}"
        )
    return params


def multiply(hvp, vector):
    """Return the product of a Hessian with a vector, which must be finite."""
    return require_finite("hvp's product", call_array("hvp", hvp, vector.shape, vector))
