"""What every room stands on: errors, columns, reference systems, files, surfaces and compiled kernels."""
