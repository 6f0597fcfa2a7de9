# as: another file
