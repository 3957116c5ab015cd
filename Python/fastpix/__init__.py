"""fastpix: finds a camera's bad pixels in ordinary photos; exact moments, addWeighted and Gaussian blur for NumPy."""

from ._kernels import add_weighted, gaussian_blur
from ._moments import Moments

__all__ = ["Moments", "add_weighted", "gaussian_blur"]
