"""The texts that the tests share, and a comparison that leaves places out."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from symconv.calls import Place, Spec

EXAMPLES = (
    "y = conv1d(x[4], w[3], padding=1)",
    "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)",
    "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=(2,1), padding=P, dilation=1, groups=1)",
    'y = conv2d(x[1,1,4,4], w[1,1,3,3], padding=((1,2),(0,1)), padding_mode="circular")',
    "y = conv_transpose2d(x[2,2], w[3,3], stride=2, padding=1, output_padding=1)",
    'y = convolve(x=[0,1,2,3,4], w=[1,-1,2], mode="full")',
    "y = avg_pool2d(x[1,1,4,4], 2)",
    "Y = unfold(x[1,2,4,4], (3,3), padding=1)",
    "h = conv1d(x[N], u[A], padding=P)",
    "r = relu(h)",
    "L = mse(y, t)",
    "y = conv2d(x=[[1,2],[3,4]], w=[[1/2, -1],[0, 0.25]], ceil_mode=True)",
    "y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1)   for o = 0..O-1",
    "y[n,f,o] = b[f] + sum(w[f,c,k] * x[n,c,S*o + D*k - P], c=0..C-1, k=0..K-1)"
    " for n=0..N-1, f=0..F-1, o=0..O-1 with x[N,C,H]",
    "y[o] = sum(1/2 * relu(x[o+k]) * w[k], k=0..K-1, k != 1, (o+k) % 2 == 0) for o=0..O-1",
)


def bare(value: Any) -> Any:
    """The value without its places, and a spec without its source."""
    if isinstance(value, Place):
        return None
    if isinstance(value, Spec):
        value = replace(value, source="")
    if is_dataclass(value) and not isinstance(value, type):
        parts = [bare(getattr(value, field.name)) for field in fields(value)]
        keep = [p for p, f in zip(parts, fields(value), strict=True) if "place" not in f.name]
        return (type(value).__name__, *keep)
    if isinstance(value, tuple | list):
        return tuple(bare(item) for item in value)
    return (type(value).__name__, value)
