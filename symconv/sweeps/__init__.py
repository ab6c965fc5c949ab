"""One function over many geometries: in this process, in several, on several machines."""

from symconv.sweeps.grid import Grid, geometries
from symconv.sweeps.result import Swept

__all__ = ["Grid", "Swept", "geometries"]
