# as: another kernel
