# as: no cells
