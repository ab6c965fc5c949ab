"""A layer: forward and backward in plain loops.  $y_o = 0$ in a docstring is no claim."""

import numpy as np

# symconv: y = conv1d(x[N], w[K], stride=S); names(dout=g, stride=S, O=width(y)); gives=dx,dw
text = "# symconv: end"  # a string, not a comment


def backward(x, w, dout, stride):
    N, K, O = x.shape[0], w.shape[0], dout.shape[0]
    dx = np.zeros(N)
    dw = np.zeros(K)
    for o in range(O):
        for k in range(K):
            dx[stride * o + k] += dout[o] * w[k]
            dw[k] += dout[o] * x[o + k]
    return dx, dw


# symconv: claim dw[k] = sum(g[o]*x[S*o+k], o=0..O-1)
