from ._kernels import add_weighted, gaussian_blur
