r"""False claims over every operation, each with the mistake that was made in it, named by hand.

A row of ``FORMULAS``: the operation, what was written, the mistake.  ``SUMS`` are written in the
language of operations: the operation, whose gradient ("" for the result), the sum, the mistake.
"""

# ruff: noqa: E501
from __future__ import annotations

LINE = "y = conv1d(x[N], w[K], b, stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
DILATED = "y = conv1d(x[N], w[K], stride=3, dilation=2, padding=P)"
PLAIN1 = "y = conv1d(x[N], w[K], padding=P)"
BATCH = "y = conv1d(x[B,C,N], w[F,C,K], b[F], stride=2, padding=P)"
GROUPS = "y = conv1d(x[B,6,N], w[4,3,K], groups=2)"
ROUND = 'y = conv1d(x[N], w[3], padding=1, padding_mode="circular")'
MIRROR = 'y = conv1d(x[N], w[3], padding=1, padding_mode="reflect")'
IMAGE = "y = conv2d(x[H,W], w[A,B], stride=(2,3), padding=(1,2))"
SPREAD = "y = conv2d(x[H,W], w[A,B], dilation=(2,3))"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=P)"
SOLID = "y = conv3d(x[T,H,W], w[A,B,E], stride=(1,2,3))"
UP = "y = conv_transpose1d(x[N], w[K], stride=3, padding=P, output_padding=1)"
UPS = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P, output_padding=Q, dilation=D)"
UPLAYER = "y = conv_transpose2d(x[N,C,H,W], w[C,F,A,B], b[F], stride=(2,3))"
UPGROUP = "y = conv_transpose1d(x[B,6,N], w[6,2,K], stride=2, groups=2)"
UPSOLID = "y = conv_transpose3d(x[T,H,W], w[A,B,E], stride=(2,1,1))"
FULL = "y = convolve(x[N], w[K])"
FULL2 = "y = convolve(x[H,W], w[A,B])"
SAME = 'y = convolve(x[9], w[3], mode="same")'
SAMEN = 'y = convolve(x[N], w[5], mode="same")'
VALID = 'y = convolve(x[N], w[3], mode="valid")'
CORR = "y = correlate(x[N], w[3])"
AVG = "y = avg_pool1d(x[N], 3, 2)"
AVG2 = "y = avg_pool2d(x[N,C,H,W], (2,3), (2,3))"
AVGIN = "y = avg_pool1d(x[N], 3, 2, padding=1, count_include_pad=False)"
AVGPAD = "y = avg_pool1d(x[N], 3, 2, padding=1)"
MAX = "y = max_pool1d(x[N], 3, 2)"
MAX2 = "y = max_pool2d(x[N,C,H,W], 2, 2)"
COLS = "Y = unfold(x[N,C,H,W], (2,3), padding=1)"
COLS1 = "Y = unfold(x[N], 3, stride=2)"
RELU = "y = relu(x[N])"
SIG = "y = sigmoid(x[N])"
TANH = "y = tanh(x[N])"
ADD = "y = add(a[N], b[N])"
SUB = "y = sub(a[N], b[N])"
SCALE = "y = scale(x[N,M], 3)"
TOTAL = "L = sum(x[N,M])"
MSE = "L = mse(y[N], t[N])"
CROSS = "L = cross_entropy(z[N,K], t[N,K])"
SCORES = "L = cross_entropy(z[K], t[K])"
SMOOTH = "h = conv1d(x[N], u[A], padding=P)\ny = sigmoid(h)"
MAXPAD = "y = max_pool2d(x[H,W], 3, stride=2, padding=1)"
DEPTH = "y = conv1d(x[B,C,N], w[C,1,K], groups=C)"
NET = "h = conv1d(x[N], u[A], padding=P)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)"
POOLED = "h = conv1d(x[N], u[3])\nr = relu(h)\ny = avg_pool1d(r, 2)"
LOSS = "y = conv1d(x[N], w[K])\nL = mse(y, t)"
OWN = "y[o] = sum(w[k]*x[3*o - 2*k + 4], k=0..K-1) for o=0..M-1 with x[N]"
MATRIX = "y[i] = sum(A[i,j]*x[j], j=0..N-1) for i=0..M-1"
BILINEAR = "y[i,j] = sum(A[i,k]*x[k,j], k=0..K-1) for i=0..M-1, j=0..N-1"

P = (("p", "softmax(z)"),)
"""What p is in the claims about a softmax."""
SOFTMAXES: tuple[tuple[str, str, str], ...] = (
    (CROSS, r"dz_{n,k} = \frac{1}{N} (z_{n,k} - t_{n,k})", "softmax forgotten"),
    (SCORES, r"dz_k = z_k - t_k", "softmax forgotten"),
    (CROSS, r"dz_{n,k} = \frac{1}{N} p_{n,k}", "target forgotten"),
    (SCORES, r"dz_k = p_k", "target forgotten"),
    (CROSS, r"dz_{n,k} = -\frac{1}{N} t_{n,k} (1 - p_{n,k})", "only the true class"),
    (SCORES, r"dz_k = t_k p_k - t_k", "only the true class"),
    (CROSS, r"dz_{n,k} = \frac{1}{N} (p_{n,k} - 1)", "target taken for 1"),
    (SCORES, r"dz_k = p_k - 1", "target taken for 1"),
    (
        CROSS,
        r"dz_{n,k} = \frac{1}{N} (p_{n,k} - t_{n,k}) p_{n,k} (1 - p_{n,k})",
        "derivative of the softmax twice",
    ),
    (CROSS, r"dz_{n,k} = -\frac{1}{N} \frac{t_{n,k}}{p_{n,k}}", "gradient of the probabilities"),
    (SCORES, r"dz_k = -t_k / p_k", "gradient of the probabilities"),
    (SCORES, r"dz_k = (p_k - t_k) (p_k - p_k^2)", "derivative of the softmax twice"),
)

DX = r"\frac{\partial L}{\partial x_i} = "
DW = r"\frac{\partial L}{\partial w_k} = "
FORMULAS: tuple[tuple[str, str, str], ...] = (
    # functions
    (SIG, r"dx_i = g_i x_i (1 - x_i)", "function forgotten"),
    (TANH, r"dx_i = g_i (1 - x_i^2)", "function forgotten"),
    (SIG, r"dx_i = g_i \sigma(y_i) (1 - \sigma(y_i))", "function twice"),
    (TANH, r"dx_i = g_i (1 - \tanh(y_i)^2)", "function twice"),
    (SMOOTH, r"du_a = \sum_i \frac{\partial L}{\partial y_i} x_{i+a-P}", "derivative forgotten"),
    # windows
    (MAX, r"y_o = \max_{0 \le k < 3} x_{o+k}", "stride forgotten"),
    (MAX, r"y_o = \max_k x_{3o+k}", "stride one too large"),
    (MAX, r"y_o = \max_{0 \le k < 2} x_{2o+k}", "window of another size"),
    (MAX2, r"y_{n,c,i,j} = \max_{0 \le a, b \le 2} x_{n,c,2i+a,2j+b}", "window of another size"),
    (MAXPAD, r"y_{i,j} = \max_{a,b} x_{2i+a,2j+b}", "padding forgotten"),
    # terms and sums
    (LINE, r"y_o = \sum_{k=0}^{K-1} (w_k x_{2o+k-P} + b)", "term inside the sum"),
    (BATCH, r"y_{n,f,o} = \sum_c \sum_k (w_{f,c,k} x_{n,c,2o+k-P} + b_f)", "term inside the sum"),
    (DEPTH, r"y_{n,c,o} = \sum_{m=0}^{C-1} \sum_k w_{m,0,k} x_{n,m,o+k}", "one sum too many"),
    (DEPTH, r"dx_{n,c,i} = \sum_{m=0}^{C-1} \sum_k w_{m,0,k} g_{n,m,i-k}", "one sum too many"),
    (LAYER, r"y_{n,f,i,j} = b_f + \sum_{c,a,k} w_{f,c,a,k} x_{n,c,2j+a-P,i+k-P}", "axes swapped"),
    (SOLID, r"y_{r,s,t} = \sum_{a,b,e} w_{a,b,e} x_{r+a,2t+b,3s+e}", "axes swapped"),
    # the direction of the kernel
    (LINE, r"y_o = b + \sum_k w_{K-1-k} x_{2o+k-P}", "kernel flipped"),
    (LINE, DW + r"\sum_o g_o x_{2o+K-1-k-P}", "kernel flipped"),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{A-1-a,B-1-b} x_{2i+a-1,3j+b-2}", "kernel flipped"),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,B-1-b} x_{2i+a-1,3j+b-2}", "kernel flipped"),
    (UP, r"dx_i = \sum_k g_{3i+k-P} w_{K-1-k}", "kernel flipped"),
    (CORR, r"y_n = \sum_{k=0}^{2} w_{2-k} x_{n+k-2}", "kernel flipped"),
    (PLAIN1, DW + r"\sum_o g_{N+2P-K-o} x_{o+k-P}", "gradient flipped"),
    (SPREAD, r"dw_{a,b} = \sum_{i,j} g_{H-2A+1-i,W-3B+2-j} x_{i+2a,j+3b}", "gradient flipped"),
    (LINE, DX + r"\sum_k g_{(i+P-k)/2} w_{K-1-k}", "kernel flipped twice"),
    (
        IMAGE,
        r"dx_{p,q} = \sum_{a,b} w_{A-1-a,B-1-b} g_{(p+1-a)/2,(q+2-b)/3}",
        "kernel flipped twice",
    ),
    (UP, r"y_o = \sum_k x_{(o+P-k)/3} w_{K-1-k}", "kernel flipped twice"),
    (PLAIN1, DX + r"\sum_k w_k g_{i+P-(K-1)+k}", "kernel not flipped"),
    (UP, r"y_o = \sum_k x_{(o+P-(K-1)+k)/3} w_k", "kernel not flipped"),
    (FULL, r"y_n = \sum_k w_k x_{n+k}", "correlation for convolution"),
    (VALID, r"y_n = \sum_{k=0}^{2} w_k x_{n+k}", "correlation for convolution"),
    (FULL, r"dw_k = \sum_n g_n x_{n+k}", "correlation for convolution"),
    (FULL, r"dx_i = \sum_k g_{i-k} w_k", "kernel runs backwards"),
    (LINE, r"y_o = b + \sum_k w_k x_{2o-k-P}", "kernel runs backwards"),
    (UP, r"dx_i = \sum_k g_{3i-k+P} w_k", "kernel runs backwards"),
    (OWN, r"dw_k = \sum_o g_o x_{3o+2k+4}", "kernel runs backwards"),
    # the stride
    (LINE, r"y_o = b + \sum_k w_k x_{o+k-P}", "stride forgotten"),
    (LINE, DW + r"\sum_o g_o x_{o+k-P}", "stride forgotten"),
    (LINE, DX + r"\sum_k g_{i+P-k} w_k", "stride forgotten"),
    (FREE, r"dw_k = \sum_o g_o x_{o + D k - P}", "stride forgotten"),
    (SOLID, r"dw_{a,b,e} = \sum_{r,s,t} g_{r,s,t} x_{r+a,s+b,t+e}", "stride forgotten"),
    (LAYER, r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,p+P-k,q+P-l}", "stride forgotten"),
    (UPSOLID, r"dx_{r,s,t} = \sum_{a,b,e} w_{a,b,e} g_{r+a,s+b,t+e}", "stride forgotten"),
    (UP, r"dw_k = \sum_i x_i g_{i+k-P}", "stride forgotten"),
    (AVG, r"y_o = \frac{1}{3} \sum_{k=0}^{2} x_{o+k}", "stride forgotten"),
    (COLS1, r"Y_{r,l} = x_{l+r}", "stride forgotten"),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{i+a-1,3j+b-2}", "stride forgotten"),
    (LINE, r"y_o = b + \sum_k w_k x_{2(o+k)-P}", "stride on the kernel index"),
    (IMAGE, r"dw_{a,b} = \sum_{i,j} g_{i,j} x_{2(i+a)-1,3(j+b)-2}", "stride on the kernel index"),
    (LINE, DW + r"\sum_o g_o x_{2(o+k-P)}", "stride on the whole position"),
    (UP, r"dx_i = \sum_k g_{3(i+k-P)} w_k", "stride on the whole position"),
    (LINE, DX + r"\sum_k g_{(i+P-k)/3} w_k", "zero-stuffing with S zeros"),
    (UP, r"y_o = \sum_k x_{(o+P-k)/4} w_k", "zero-stuffing with S zeros"),
    (LINE, r"y_o = b + \sum_k w_k x_{3o+k-P}", "stride one too large"),
    (DILATED, r"dw_k = \sum_o g_o x_{4o+2k-P}", "stride one too large"),
    # dilation
    (DILATED, r"dw_k = \sum_o g_o x_{3o+k-P}", "dilation forgotten"),
    (FREE, r"dx_i = \sum_k g_{(i + P - k)/S} w_k", "dilation forgotten"),
    (UPS, r"dx_i = \sum_k g_{S i + k - P} w_k", "dilation forgotten"),
    (SPREAD, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{i+a,j+b}", "dilation forgotten"),
    (DILATED, r"dx_i = \sum_k g_{(i+P-3k)/2} w_k", "stride and dilation swapped"),
    (FREE, r"y_o = \sum_k w_k x_{D o + S k - P}", "stride and dilation swapped"),
    # padding
    (LINE, r"y_o = b + \sum_k w_k x_{2o+k}", "padding forgotten"),
    (LINE, DW + r"\sum_o g_o x_{2o+k}", "padding forgotten"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k,j+l}", "padding forgotten"),
    (UP, r"dx_i = \sum_k g_{3i+k} w_k", "padding forgotten"),
    (LINE, DX + r"\sum_k g_{(i-k)/2} w_k", "padding left in the result"),
    (UP, r"y_o = \sum_k x_{(o-k)/3} w_k", "padding left in the result"),
    (
        LAYER,
        r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p-k)/2,q-l}",
        "padding left in the result",
    ),
    (PLAIN1, DX + r"\sum_k w_{K-1-k} g_{i+k-(K-1)}", "padding K-1 instead of K-1-P"),
    (LINE, DX + r"\sum_k w_{K-1-k} g_{(i+k-(K-1))/2}", "padding K-1 instead of K-1-P"),
    (SAME, r"y_n = \sum_{k=0}^{2} w_k x_{n-k}", "shift forgotten"),
    (SAMEN, r"dw_k = \sum_n g_n x_{n-k}", "shift forgotten"),
    (LINE, r"y_o = b + \sum_k w_k x_{2o+k+P}", "padding with the wrong sign"),
    (
        LAYER,
        r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p-P-k)/2,q-P-l}",
        "padding with the wrong sign",
    ),
    (LINE, DW + r"\sum_o g_o x_{2o+k-2P}", "padding counted twice"),
    (UP, r"dw_k = \sum_i x_i g_{3i+k-2P}", "padding counted twice"),
    (ROUND, r"y_o = \sum_{k=0}^{2} w_k x_{o+k-1}", "zero padding for circular or mirrored"),
    (MIRROR, r"dw_k = \sum_o g_o x_{o+k-1}", "zero padding for circular or mirrored"),
    (PLAIN1, r"y_o = \sum_k w_k x_{(o+k-P) \bmod N}", "circular padding for zero"),
    (LINE, DW + r"\sum_o g_o x_{(2o+k-P) \bmod N}", "circular padding for zero"),
    # axes, channels, groups
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{3i+a-1,2j+b-2}", "axes swapped"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,i+k-P,2j+l-P}", "axes swapped"),
    (IMAGE, r"dw_{a,b} = \sum_{i,j} g_{i,j} x_{2i+a-2,3j+b-1}", "axes swapped"),
    (SPREAD, r"dw_{a,b} = \sum_{i,j} g_{i,j} x_{i+3a,j+2b}", "axes swapped"),
    (UPLAYER, r"y_{n,f,i,j} = b_f + \sum_{c,p,q} x_{n,c,p,q} w_{c,f,i-3p,j-2q}", "axes swapped"),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{b,a} x_{2i+a-1,3j+b-2}", "axes swapped"),
    (LAYER, r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,l,k} g_{n,f,(p+P-k)/2,q+P-l}", "axes swapped"),
    (BILINEAR, r"dA_{i,k} = \sum_j g_{i,j} x_{j,k}", "axes swapped"),
    (BILINEAR, r"dx_{k,j} = \sum_i g_{i,j} A_{k,i}", "axes swapped"),
    (MATRIX, r"dx_j = \sum_i g_i A_{j,i}", "axes swapped"),
    (GROUPS, r"y_{n,f,o} = \sum_{c=0}^{2}\sum_k w_{f,c,k} x_{n,c,o+k}", "groups forgotten"),
    (GROUPS, r"dw_{f,c,k} = \sum_{n,o} g_{n,f,o} x_{n,c,o+k}", "groups forgotten"),
    (
        GROUPS,
        r"dx_{n,c,i} = \sum_{j=0}^{1}\sum_k w_{2 (c \bmod 2) + j, \lfloor c/2 \rfloor, k}\, g_{n,2 (c \bmod 2) + j,i-k}",
        "channels of groups swapped",
    ),
    (
        GROUPS,
        r"y_{n,f,o} = \sum_{c=0}^{2}\sum_k w_{f,c,k} x_{n,3(f \bmod 2)+c,o+k}",
        "channels of groups swapped",
    ),
    (
        GROUPS,
        r"dw_{f,c,k} = \sum_{n,o} g_{n,f,o} x_{n,3(f \bmod 2)+c,o+k}",
        "channels of groups swapped",
    ),
    (BATCH, r"y_{n,f,o} = b_f + \sum_{c,k} w_{c,f,k} x_{n,c,2o+k-P}", "channels swapped"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,c,i,j} x_{n,f,2i+k-P,j+l-P}", "channels swapped"),
    (
        BATCH,
        r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_{f,k} w_{f,c,k} g_{f,n,(i+P-k)/2}",
        "channels swapped",
    ),
    # sums
    (BATCH, r"\frac{\partial L}{\partial b_f} = \sum_o g_{0,f,o}", "sum over the batch missing"),
    (
        LAYER,
        r"dw_{f,c,k,l} = \sum_{i,j} g_{0,f,i,j} x_{0,c,2i+k-P,j+l-P}",
        "sum over the batch missing",
    ),
    (UPLAYER, r"db_f = \sum_{i,j} g_{0,f,i,j}", "sum over the batch missing"),
    (
        BATCH,
        r"\frac{\partial L}{\partial w_{f,c,k}} = \frac{1}{B} \sum_{n,o} g_{n,f,o} x_{n,c,2o+k-P}",
        "averaged over the batch",
    ),
    (LAYER, r"db_f = \frac{1}{N}\sum_{n,i,j} g_{n,f,i,j}", "averaged over the batch"),
    (
        BATCH,
        r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_k w_{0,c,k} g_{n,0,(i+P-k)/2}",
        "sum over the filters missing",
    ),
    (
        UPLAYER,
        r"dx_{n,c,p,q} = \sum_{a,b} w_{c,0,a,b} g_{n,0,2p+a,3q+b}",
        "sum over the filters missing",
    ),
    (BATCH, r"y_{n,f,o} = b_f + \sum_k w_{f,0,k} x_{n,0,2o+k-P}", "sum over the channels missing"),
    (
        LAYER,
        r"y_{n,f,i,j} = b_f + \sum_{k,l} w_{f,f,k,l} x_{n,f,2i+k-P,j+l-P}",
        "sum over the channels missing",
    ),
    (BATCH, r"\frac{\partial L}{\partial b_f} = \sum_n g_{n,f,0}", "sum missing"),
    (LINE, r"\frac{\partial L}{\partial b} = g_0", "sum missing"),
    (LAYER, r"db_f = \sum_{n,i} g_{n,f,i,0}", "sum missing"),
    (
        IMAGE,
        r"y_{i,j} = \sum_{a=0}^{A-1}\sum_{b=0}^{A-1} w_{a,b} x_{2i+a-1,3j+b-2}",
        "height for width",
    ),
    (TOTAL, r"L = \sum_{i=0}^{N-1} \sum_{j=0}^{N-1} x_{i,j}", "height for width"),
    (LINE, r"y_o = b + \sum_{k=1}^{K-1} w_k x_{2o+k-P}", "off by one"),
    (LINE, r"y_o = b + \sum_{k=0}^{K-2} w_k x_{2o+k-P}", "off by one"),
    (AVG, r"y_o = \frac{1}{3} \sum_{k=0}^{3} x_{2o+k}", "off by one"),
    (FULL, r"dw_k = \sum_{n=1}^{N+K-2} g_n x_{n-k}", "off by one"),
    (UP, r"y_o = \sum_{i=0}^{N-2} x_i w_{o+P-3i}", "off by one"),
    (TOTAL, r"L = \sum_{i=1}^{N-1} \sum_{j=0}^{M-1} x_{i,j}", "off by one"),
    (LINE, r"y_o = b + \sum_{k=1}^{K} w_k x_{2o+k-P}", "index base"),
    (
        LAYER,
        r"y_{n,f,i,j} = b_f + \sum_{c=1}^{C} \sum_{k,l} w_{f,c,k,l} x_{n,c,2i+k-P,j+l-P}",
        "index base",
    ),
    (MATRIX, r"y_i = \sum_{j=1}^{N} A_{i,j} x_j", "index base"),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{2i+a,3j+b-1}", "index base"),
    (TOTAL, r"L = \sum_{i=0}^{N-1} \sum_{j=0}^{M-1} x_{i+1,j+1}", "index base"),
    # numbers
    (LINE, DW + r"-\sum_o g_o x_{2o+k-P}", "sign wrong"),
    (SUB, r"db_i = g_i", "sign wrong"),
    (MSE, r"dy_i = \frac{2}{N}(t_i - y_i)", "sign wrong"),
    (LINE, DW + r"2 \sum_o g_o x_{2o+k-P}", "factor wrong"),
    (AVG, r"y_o = \frac{1}{2} \sum_{k=0}^{2} x_{2o+k}", "factor wrong"),
    (MSE, r"dy_i = \frac{1}{N}(y_i - t_i)", "factor wrong"),
    (SCALE, r"dx_{i,j} = g_{i,j}", "factor wrong"),
    (MSE, r"dy_i = y_i - t_i", "factor missing"),
    (MSE, r"dy_i = t_i - y_i", "factor missing"),
    (MSE, r"L = \frac12 \sum_i (y_i - t_i)^2", "factor missing"),
    (LOSS, r"dw_k = \sum_o (y_o - t_o) x_{o+k}", "factor missing"),
    (LOSS, r"dy_i = \frac{2}{N} (y_i - t_i)", "mean over another count"),
    (LOSS, r"dw_k = \frac{2}{K} \sum_o (y_o - t_o) x_{o+k}", "mean over another count"),
    (MSE, r"L = \frac1N \sum_i (y_i - t_i)", "factor missing"),
    (LINE, r"y_o = b + \sum_k w_{K-k} x_{2o+k-P}", "flip off by one"),
    (LINE, r"y_o = b + \sum_{k=0}^{K-1} w_{K-k} x_{2o+k-P}", "flip off by one"),
    (MSE, r"dy_i = 2(y_i - t_i)", "mean forgotten"),
    (AVG, r"y_o = \sum_{k=0}^{2} x_{2o+k}", "mean forgotten"),
    (AVG2, r"dx_{n,c,p,q} = g_{n,c,\lfloor p/2 \rfloor,\lfloor q/3 \rfloor}", "mean forgotten"),
    (LOSS, DW + r"2 \sum_o (y_o - t_o) x_{o+k}", "mean forgotten"),
    (LINE, r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_o g_o", "averaged, not summed"),
    (LAYER, r"db_f = \frac{1}{HW}\sum_{n,i,j} g_{n,f,i,j}", "averaged, not summed"),
    (TOTAL, r"dx_{i,j} = \frac{1}{NM}", "averaged, not summed"),
    (LINE, r"\frac{\partial L}{\partial b} = K \sum_o g_o", "multiplied by a count"),
    (TOTAL, r"dx_{i,j} = NM", "multiplied by a count"),
    (ADD, r"da_i = g_i b_i", "factor too many"),
    (SUB, r"da_i = g_i b_i", "factor too many"),
    # terms
    (LINE, r"y_o = \sum_k w_k x_{2o+k-P}", "term missing"),
    (UPLAYER, r"y_{n,f,i,j} = \sum_{c,p,q} x_{n,c,p,q} w_{c,f,i-2p,j-3q}", "term missing"),
    (ADD, r"y_i = a_i", "term missing"),
    (ADD, r"y_i = a_i + 2 b_i", "term doubled"),
    (LINE, r"y_o = 2b + \sum_k w_k x_{2o+k-P}", "term doubled"),
    (SUB, r"y_i = a_i + b_i", "term with the wrong sign"),
    (LINE, r"y_o = \sum_k w_k x_{2o+k-P} - b", "term with the wrong sign"),
    (LINE, DX + r"\sum_k g_{\lfloor (i+P-k)/2 \rfloor} w_k", "floor where nothing belongs"),
    (UP, r"y_o = \sum_k x_{\lfloor (o+P-k)/3 \rfloor} w_k", "floor where nothing belongs"),
    (LINE, DX + r"\sum_k g_{\lceil (i+P-k)/2 \rceil} w_k", "floor where nothing belongs"),
    (AVG, r"dx_i = \frac{1}{3} g_{\lfloor i/2 \rfloor}", "overlap forgotten"),
    (
        "y = avg_pool1d(x[N], 5, 3)",
        r"dx_i = \frac{1}{5} g_{\lfloor i/3 \rfloor}",
        "overlap forgotten",
    ),
    # functions, masks, pooling
    (RELU, r"dx_i = g_i", "relu mask missing"),
    (NET, r"\frac{\partial L}{\partial h_i} = \sum_k w_k g_{(i-k)/2}", "relu mask missing"),
    (NET, r"du_a = \sum_i \frac{\partial L}{\partial r_i} x_{i+a-P}", "relu mask missing"),
    (NET, r"dw_k = \sum_o g_o h_{2o+k}", "relu forgotten"),
    (POOLED, r"y_o = \frac{1}{2} (h_{2o} + h_{2o+1})", "relu forgotten"),
    (RELU, r"dx_i = g_i [g_i > 0]", "mask on the wrong tensor"),
    (
        NET,
        r"\frac{\partial L}{\partial h_i} = [x_i > 0] \frac{\partial L}{\partial r_i}",
        "mask on the wrong tensor",
    ),
    (RELU, r"dx_i = g_i \operatorname{relu}(x_i)", "function for its derivative"),
    (
        NET,
        r"\frac{\partial L}{\partial h_i} = \operatorname{relu}(h_i) \sum_k w_k g_{(i-k)/2}",
        "function for its derivative",
    ),
    ("y = scale(x[N,N], 3)", r"y_{i,j} = 3 x_{j,i}", "transposed"),
    (SIG, r"dx_i = g_i \sigma(x_i)", "derivative forgotten"),
    (SIG, r"dx_i = g_i", "derivative forgotten"),
    (TANH, r"dx_i = g_i \tanh(x_i)", "derivative forgotten"),
    (TANH, r"dx_i = g_i (1 - \tanh(x_i))", "factor missing"),
    (SIG, r"dx_i = g_i (1 - \sigma(x_i)\sigma(x_i))", "factor missing"),
    (MAX, r"dx_i = \sum_{k=0}^{2} g_{(i-k)/2}", "all of the window for its maximum"),
    (
        MAX2,
        r"dx_{n,c,p,q} = g_{n,c,\lfloor p/2 \rfloor,\lfloor q/2 \rfloor}",
        "all of the window for its maximum",
    ),
    (MAX, r"y_o = \frac{1}{3} \sum_{k=0}^{2} x_{2o+k}", "average for maximum"),
    (
        MAX2,
        r"y_{n,c,i,j} = \frac{1}{4} \sum_{a=0}^{1} \sum_{b=0}^{1} x_{n,c,2i+a,2j+b}",
        "average for maximum",
    ),
    (AVGIN, r"y_o = \frac{1}{3} \sum_{k=0}^{2} x_{2o+k-1}", "padding counted in the mean"),
    (AVGIN, r"dx_i = \frac{1}{3} \sum_{k=0}^{2} g_{(i+1-k)/2}", "padding counted in the mean"),
    # single indices
    (LINE, r"y_o = b + \sum_k w_k x_{2o+k-P+1}", "index one off"),
    (FULL, r"dw_k = \sum_n g_n x_{n-k-1}", "index one off"),
    (LINE, r"y_o = b + \sum_k w_k x_{2o+2k-P}", "stride on the kernel index"),
    (OWN, r"y_o = \sum_k w_k x_{5o - 2k + 4}", "wrong number in an index"),
    (OWN, r"y_o = \sum_k w_k x_{3o - 3k + 4}", "wrong number in an index"),
    (COLS1, r"Y_{r,l} = x_{2l+2r}", "stride on the kernel index"),
    (MATRIX, r"y_i = \sum_j A_{i,j} x_i", "wrong letter"),
    (
        BATCH,
        r"\frac{\partial L}{\partial w_{f,c,k}} = \sum_{n,o} g_{n,f,o} x_{n,n,2o+k-P}",
        "wrong letter",
    ),
    (SUB, r"y_i = a_i - a_i", "wrong tensor"),
    (NET, r"dw_k = \sum_o g_o x_{2o+k}", "wrong tensor"),
    (LOSS, DW + r"\sum_o \frac{\partial L}{\partial t_o} x_{o+k}", "sign wrong"),
    (LOSS, DW + r"\sum_o y_o x_{o+k}", "wrong tensor"),
    # two at once
    (LINE, DW + r"\sum_o g_o x_{o+k}", "stride forgotten and padding forgotten"),
    (FREE, r"dw_k = \sum_o g_o x_{o+k-P}", "stride forgotten and dilation forgotten"),
    (LINE, r"y_o = b + \sum_k w_{K-1-k} x_{o+k-P}", "stride forgotten and kernel flipped"),
    (LINE, r"y_o = b + \sum_k w_{K-1-k} x_{2o+k}", "padding forgotten and kernel flipped"),
    (LINE, r"y_o = b + \sum_k w_k x_{o-k-P}", "stride forgotten and kernel runs backwards"),
    (FREE, r"dw_k = \sum_o g_o x_{S o+k}", "padding forgotten and dilation forgotten"),
    (LINE, r"y_o = b + \sum_k w_k x_{2o-k}", "padding forgotten and kernel runs backwards"),
    (DILATED, r"y_o = \sum_k w_{K-1-k} x_{3o+k-P}", "dilation forgotten and kernel flipped"),
    (DILATED, r"y_o = \sum_k w_k x_{3o-k-P}", "dilation forgotten and kernel runs backwards"),
    (LINE, DW + r"-\sum_o g_o x_{o+k-P}", "stride forgotten and sign wrong"),
    (LINE, DX + r"2 \sum_k g_{(i-k)/2} w_k", "padding left in the result and factor wrong"),
)

O1 = (("O", "size(y)"),)
OUT = (("H_{out}", "height(y)"), ("W_{out}", "width(y)"))
SIZES: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    (LINE, r"O = \frac{N + 2P - K}{2} + 1", "floor missing", O1),
    (IMAGE, r"H_{out} = \frac{H + 2 - A}{2} + 1", "floor missing", OUT),
    (LINE, r"O = \lceil (N + 2P - K)/2 \rceil + 1", "ceiling for floor", O1),
    (MAX, r"O = \lceil (N - 3)/2 \rceil + 1", "ceiling for floor", O1),
    (
        "y = max_pool1d(x[N], 3, 2, ceil_mode=True)",
        r"O = \lfloor (N - 3)/2 \rfloor + 1",
        "floor for ceiling",
        O1,
    ),
    (
        "y = avg_pool1d(x[N], 2, 3, ceil_mode=True)",
        r"O = \lfloor (N - 2)/3 \rfloor + 1",
        "floor for ceiling",
        O1,
    ),
    (LINE, r"O = \lfloor (N + 2P - K + 1)/2 \rfloor", "+1 inside the fraction", O1),
    (FREE, r"O = \lfloor (N + 2P - D(K-1))/S \rfloor", "+1 inside the fraction", O1),
    (LINE, r"O = \lfloor (N + 2P - K)/2 \rfloor", "+1 forgotten", O1),
    (FREE, r"O = \lfloor (N + 2P - D(K-1) - 1)/S \rfloor", "+1 forgotten", O1),
    (FULL, r"O = N + K", "one too many", O1),
    (UPLAYER, r"H_{out} = 2(H-1) + A + 1", "one too many", OUT),
    (LINE, r"O = N + 2P - K + 1", "stride forgotten", O1),
    (UPS, r"O = (N-1) + D(K-1) + 1 - 2P + Q", "stride forgotten", O1),
    (LINE, r"O = \lfloor (N - K)/2 \rfloor + 1", "padding forgotten", O1),
    (UP, r"O = 3(N-1) + K + 1", "padding forgotten", O1),
    (LINE, r"O = \lfloor (N + P - K)/2 \rfloor + 1", "padding on one side only", O1),
    (LAYER, r"W_{out} = W + P - B + 1", "padding on one side only", OUT),
    (LINE, r"O = \lfloor (N - 2P - K)/2 \rfloor + 1", "padding with the wrong sign", O1),
    (UP, r"O = 3(N-1) + K + 2P + 1", "padding with the wrong sign", O1),
    (FREE, r"O = \lfloor (N + 2P - K)/S \rfloor + 1", "dilation forgotten", O1),
    (UPS, r"O = S(N-1) + K - 2P + Q", "dilation forgotten", O1),
    (FREE, r"O = \lfloor (N + 2P - DK)/S \rfloor + 1", "dilated kernel size wrong", O1),
    (UPS, r"O = S(N-1) + DK - 2P + Q", "dilated kernel size wrong", O1),
    (UP, r"O = 3(N-1) + K - 2P", "output_padding forgotten", O1),
    (UPS, r"O = S(N-1) + D(K-1) + 1 - 2P", "output_padding forgotten", O1),
    (UP, r"O = 3N + K - 2P + 1", "S·H for S·(H - 1)", O1),
    (UPLAYER, r"H_{out} = 2H + A", "S·H for S·(H - 1)", OUT),
    (IMAGE, r"W_{out} = \lfloor (H + 4 - B)/3 \rfloor + 1", "height for width", OUT),
    (IMAGE, r"H_{out} = \lfloor (H + 2 - B)/2 \rfloor + 1", "height for width", OUT),
    (LAYER, r"W_{out} = \lfloor (W + 2P - B)/2 \rfloor + 1", "height for width", OUT),
    (UPLAYER, r"H_{out} = \lfloor (H - A)/2 \rfloor + 1", "wrong way round", OUT),
    (LINE, r"O = 2(N-1) + K - 2P", "wrong way round", O1),
    (
        "y = conv1d(x[N], w[K], stride=3)",
        r"O = \lfloor (N - K - 1)/3 \rfloor + 1",
        "kernel one off",
        O1,
    ),
    (IMAGE, r"W_{out} = \lfloor (W + 4 - (B - 1))/3 \rfloor + 1", "kernel one off", OUT),
    (LINE, r"O = \lfloor (N + 2P)/2 \rfloor + 1", "kernel size not taken off", O1),
    (IMAGE, r"W_{out} = \lfloor (W + 4 + B)/3 \rfloor + 1", "kernel size not taken off", OUT),
    (LINE, r"O = \frac{N - K}{2} + 1", "padding forgotten and floor missing", O1),
    (MAX, r"O = N/2", "kernel one off and floor missing", O1),
)

G = "with g[(N+2*P-K)//2 + 1]"
SUMS: tuple[tuple[str, str, str, str], ...] = (
    ("y = conv1d(x[N], w[K], stride=2, padding=P)", "w", f"d[k] = sum(g[o]*x[o+k-P], o=0..(N+2*P-K)//2) for k=0..K-1 {G}, x[N]", "stride forgotten"),
    ("y = conv1d(x[N], w[K], stride=2, padding=P)", "x", f"d[i] = sum(g[(i+P)//2 - j]*w[2*j + i%2], j=0..K) for i=0..N-1 {G}, w[K]", ""),
    (MAX, "x", "d[i] = sum(g[(i-k)//2]*M[(i-k)//2,k], k=0..1, (i-k)%2 == 0) for i=0..N-1 with g[(N-3)//2+1], M[(N-3)//2+1,3]", "off by one"),
    (COLS1, "x", "d[i] = sum(g[k,i-k], k=0..2) for i=0..N-1 with g[3,(N-3)//2+1]", "stride forgotten"),
    (UPGROUP, "", "y[n,f,o] = sum(x[n,3*(f%2)+c,i]*w[3*(f%2)+c,f//2,o-2*i], c=0..2, i=0..N-1) for n=0..B-1, f=0..3, o=0..2*(N-1)+K-1 with x[B,6,N], w[6,2,K]", "channels of groups swapped"),
    ("Z[i,j] = sum(A[i,k]*X[k,j], k=0..K-1) for i=0..N-1, j=0..N-1", "", "Z[i,j] = sum(A[j,k]*X[k,i], k=0..K-1) for i=0..N-1, j=0..N-1 with A[N,K], X[K,N]", "transposed"),
    ("y = conv1d(x[N], w[K])", "w", "d[k] = sum(g[o]*x[o+k+K-N], o=0..N-K) for k=0..2*N-K-1 with g[N-K+1], x[N]", "border not cut off"),
    ("y = conv1d(x[N], w[K], padding=P)", "x", "d[i] = sum(g[i-k]*w[k], k=0..K-1) for i=0..N+2*P-1 with g[N+2*P-K+1], w[K]", "border not cut off"),
    ("y = convolve(x[N], w[3])", "", "y[o] = sum(w[k]*x[o-k+2], k=0..2) for o=0..N-3 with x[N], w[3]", "border missing"),
    ("y = conv1d(x[N], w[3], padding=1)", "", "y[o] = sum(w[k]*x[o+k], k=0..2) for o=0..N-3 with x[N], w[3]", "border missing"),
    ("y = conv1d(x[N], w[K], stride=2)", "x", "d[i] = sum(g[i-k]*w[k], k=0..K-1) for i=0..(N-K)//2+K-1 with g[(N-K)//2+1], w[K]", "stride forgotten"),
    ("y = conv2d(x[H,W], w[A,B], stride=(2,3))", "w", "d[a,b] = sum(g[i,j]*x[i+a,j+b], i=0..(H-A)//2, j=0..(W-B)//3) for a=0..H-1-(H-A)//2, b=0..W-1-(W-B)//3 with g[(H-A)//2+1,(W-B)//3+1], x[H,W]", "stride forgotten"),
    (MATRIX, "x", "d[j] = sum(A[j,i]*g[i], i=0..M-1) for j=0..M-1 with A[M,N], g[M]", "transposed"),
    # the gradient laid down by the last window that reaches a place
    ("y = conv1d(x[N], w[K])", "x", "d[i] = g[min(i, N-K)]*w[i - min(i, N-K)] for i=0..N-1 with g[N-K+1], w[K]", "assignment where overlaps must add"),
    ("y = conv_transpose1d(x[N], w[K])", "", "y[o] = x[min(o, N-1)]*w[o - min(o, N-1)] for o=0..N+K-2 with x[N], w[K]", "assignment where overlaps must add"),
)  # fmt: skip

TRUE: tuple[tuple[str, str], ...] = (
    (LINE, r"y_o = b + \sum_{i=0}^{N-1} w_{i-2o+P} x_i"),
    (LINE, DW + r"\sum_o g_o x_{2o+k-P}"),
    (LINE, DX + r"\sum_o g_o w_{i+P-2o}"),
    (FREE, r"dx_i = \sum_k g_{(i + P - D k)/S} w_k"),
    (BATCH, r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_{f,k} w_{f,c,k} g_{n,f,(i+P-k)/2}"),
    (
        GROUPS,
        r"dx_{n,c,i} = \sum_{j=0}^{1}\sum_k w_{2\lfloor c/3 \rfloor + j, c \bmod 3, k}\, g_{n,2\lfloor c/3 \rfloor + j,i-k}",
    ),
    (ROUND, r"y_o = \sum_{k=0}^{2} w_k x_{(o+k-1) \bmod N}"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k-P,j+l-P}"),
    (SOLID, r"dw_{a,b,e} = \sum_{r,s,t} g_{r,s,t} x_{r+a,2s+b,3t+e}"),
    (UP, r"dw_k = \sum_i x_i g_{3i+k-P}"),
    (UPLAYER, r"dw_{c,f,a,b} = \sum_{n,p,q} x_{n,c,p,q} g_{n,f,2p+a,3q+b}"),
    (FULL, r"dx_i = \sum_k g_{i+k} w_k"),
    (SAME, r"y_n = \sum_{k=0}^{2} w_k x_{n+1-k}"),
    (AVG, r"dx_i = \frac{1}{3} \sum_{k=0}^{2} g_{(i-k)/2}"),
    (RELU, r"dx_i = g_i [x_i > 0]"),
    (SIG, r"dx_i = g_i \sigma(x_i)(1 - \sigma(x_i))"),
    (MSE, r"dy_i = \frac{2}{N}(y_i - t_i)"),
    (NET, r"du_a = \sum_i \frac{\partial L}{\partial h_i} x_{i+a-P}"),
    (LOSS, DW + r"\frac{2}{N-K+1} \sum_o (y_o - t_o) x_{o+k}"),
    (MATRIX, r"dx_j = \sum_i A_{i,j} g_i"),
)
