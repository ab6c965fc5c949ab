"""Claims over every operation, with what is known of each by hand.

A row: the operation, what was written, the outcome, and a word that the diagnosis (or the
condition) must contain; then the conventions, where the claim needs any.
"""

# ruff: noqa: E501
from __future__ import annotations

T, F, C = "proved", "refuted", "conditional"
G = "checked"
"""Right, and proved at each point of a grid alone: sizes are multiplied with each other."""

LINE = "y = conv1d(x[N], w[K], b, stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
DILATED = "y = conv1d(x[N], w[K], stride=3, dilation=2, padding=P)"
BATCH = "y = conv1d(x[B,C,N], w[F,C,K], b[F], stride=2, padding=P)"
GROUPS = "y = conv1d(x[B,6,N], w[4,3,K], groups=2)"
DEPTH = "y = conv1d(x[B,5,N], w[5,1,K], groups=5)"
ROUND = 'y = conv1d(x[N], w[3], padding=1, padding_mode="circular")'
IMAGE = "y = conv2d(x[H,W], w[A,B], stride=(2,3), padding=(1,2))"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=P)"
SOLID = "y = conv3d(x[T,H,W], w[A,B,E], stride=(1,2,3))"
UP = "y = conv_transpose1d(x[N], w[K], stride=3, padding=P, output_padding=1)"
UPS = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P, output_padding=Q, dilation=D)"
UPLAYER = "y = conv_transpose2d(x[N,C,H,W], w[C,F,A,B], b[F], stride=(2,3))"
UPSOLID = "y = conv_transpose3d(x[T,H,W], w[A,B,E], stride=(2,1,1))"
FULL = "y = convolve(x[N], w[K])"
SAME = 'y = convolve(x[9], w[3], mode="same")'
VALID = 'y = convolve(x[N], w[3], mode="valid")'
CORR = 'y = correlate(x[N], w[3], mode="valid")'
AVG = "y = avg_pool1d(x[N], 3, 2)"
AVG2 = "y = avg_pool2d(x[N,C,H,W], (2,3), (2,3))"
MAX = "y = max_pool1d(x[N], 3, 2)"
COLS = "Y = unfold(x[N,C,H,W], (2,3), padding=1)"
RELU = "y = relu(x[N])"
SIG = "y = sigmoid(x[N])"
TANH = "y = tanh(x[N])"
ADD = "y = add(a[N], b[N])"
SUB = "y = sub(a[N], b[N])"
SCALE = "y = scale(x[N,M], 3)"
TOTAL = "L = sum(x[N,M])"
MSE = "L = mse(y[N], t[N])"
CROSS = "L = cross_entropy(z[N,K], t[N,K])"
NET = "h = conv1d(x[N], u[A], padding=P)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)"
LOSS = "y = conv1d(x[N], w[K])\nL = mse(y, t)"
OWN = "y[o] = sum(w[k]*x[3*o - 2*k + 4], k=0..K-1) for o=0..M-1 with x[N]"

O1 = {"names": "O=size(y)"}
OUT = {"names": "H_{out}=height(y), W_{out}=width(y)"}

ROWS: list[tuple] = [
    # one channel
    (LINE, r"y_o = b + \sum_{k=0}^{K-1} w_k x_{2o+k-P}", T, ""),
    (LINE, r"y_o = b + \sum_{k=0}^{K-1} w_{K-1-k} x_{2o+K-1-k-P}", T, ""),
    (LINE, r"y_o = b + \sum_{i=0}^{N-1} w_{i-2o+P} x_i", T, ""),
    (LINE, r"y_o = \sum_k w_k x_{2o+k-P}", F, "bias"),
    (LINE, r"y_o = b + \sum_k w_{K-1-k} x_{2o+k-P}", F, "flip"),
    (LINE, r"y_o = b + \sum_k w_k x_{o+k-P}", F, "stride"),
    (LINE, r"y_o = b + \sum_k w_k x_{2o+k}", C, "padding"),
    (LINE, r"y_o = b + \sum_{k=1}^{K-1} w_k x_{2o+k-P}", F, "off by one"),
    (LINE, r"y_o = b + \sum_{k=1}^{K} w_k x_{2o+k-P}", F, "index base"),
    (LINE, r"y_o = b + \sum_k w_k x_{2(o+k)-P}", F, "stride"),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{2o+k-P}",
        T,
        "",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{o+k-P}",
        F,
        "stride",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{2o+K-1-k-P}",
        F,
        "flip",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{2o+k}",
        C,
        "padding",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = 2 \sum_o \frac{\partial L}{\partial y_o} x_{2o+k-P}",
        F,
        "factor",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial w_k} = -\sum_o \frac{\partial L}{\partial y_o} x_{2o+k-P}",
        F,
        "sign",
    ),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i+P-k)/2} w_k", T, ""),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_o g_o w_{i+P-2o}", T, ""),
    (
        LINE,
        r"\frac{\partial L}{\partial x_i} = \sum_{k : 2 \mid i+P-k} g_{\lfloor (i+P-k)/2 \rfloor} w_k",
        T,
        "",
    ),
    (
        LINE,
        r"\frac{\partial L}{\partial x_i} = \sum_k g_{\lfloor (i+P-k)/2 \rfloor} w_k",
        F,
        "floor",
    ),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{i+P-k} w_k", F, "stride"),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i+P-k)/2} w_{K-1-k}", F, "flip"),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i-k)/2} w_k", C, "padding"),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i+P-k)/3} w_k", F, "zeros"),
    (LINE, r"\frac{\partial L}{\partial b} = \sum_o g_o", T, ""),
    (LINE, r"\frac{\partial L}{\partial b} = K \sum_o g_o", F, "count"),
    (LINE, r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_o g_o", F, "averag"),
    (LINE, r"O = \lfloor (N + 2P - K)/2 \rfloor + 1", T, "", O1),
    (LINE, r"O = \left\lceil \frac{N + 2P - K + 1}{2} \right\rceil", T, "", O1),
    (LINE, r"O = \frac{N + 2P - K}{2} + 1", C, "divides", O1),
    (LINE, r"O = \lfloor (N + 2P - K)/2 \rfloor", F, "+1", O1),
    (LINE, r"O = \lfloor (N + P - K)/2 \rfloor + 1", C, "padding", O1),
    # symbolic stride, dilation
    (FREE, r"y_o = \sum_k w_k x_{S o + D k - P}", T, ""),
    (FREE, r"dw_k = \sum_o g_o x_{S o + D k - P}", T, ""),
    (FREE, r"dw_k = \sum_o g_o x_{S o + k - P}", C, "dilation"),
    (FREE, r"dw_k = \sum_o g_o x_{o + D k - P}", C, "stride"),
    (FREE, r"dx_i = \sum_k g_{(i + P - D k)/S} w_k", T, ""),
    (FREE, r"dx_i = \sum_k g_{i + P - D k} w_k", C, "stride"),
    (FREE, r"O = \left\lfloor \frac{N + 2P - D(K-1) - 1}{S} \right\rfloor + 1", T, "", O1),
    (FREE, r"O = \left\lfloor \frac{N + 2P - K}{S} \right\rfloor + 1", C, "dilation", O1),
    (FREE, r"O = \frac{N + 2P - D(K-1) - 1}{S} + 1", C, "divides", O1),
    (DILATED, r"dw_k = \sum_o g_o x_{3o+2k-P}", T, ""),
    (DILATED, r"dw_k = \sum_o g_o x_{3o+k-P}", F, "dilation"),
    (DILATED, r"dx_i = \sum_k g_{(i+P-2k)/3} w_k", T, ""),
    (DILATED, r"dx_i = \sum_k g_{(i+P-3k)/2} w_k", F, "swapped"),
    (ROUND, r"y_o = \sum_{k=0}^{2} w_k x_{(o+k-1) \bmod N}", T, ""),
    (ROUND, r"y_o = \sum_{k=0}^{2} w_k x_{o+k-1}", F, "circular"),
    # batch and channels
    (BATCH, r"y_{n,f,o} = b_f + \sum_{c,k} w_{f,c,k} x_{n,c,2o+k-P}", T, ""),
    (BATCH, r"y_{n,f,o} = b_f + \sum_{k} w_{f,f,k} x_{n,f,2o+k-P}", F, "channels"),
    (BATCH, r"\frac{\partial L}{\partial b_f} = \sum_{n,o} g_{n,f,o}", T, ""),
    (BATCH, r"\frac{\partial L}{\partial b_f} = \sum_{o} g_{0,f,o}", F, "batch"),
    (BATCH, r"\frac{\partial L}{\partial w_{f,c,k}} = \sum_{n,o} g_{n,f,o} x_{n,c,2o+k-P}", T, ""),
    (
        BATCH,
        r"\frac{\partial L}{\partial w_{f,c,k}} = \frac{1}{B} \sum_{n,o} g_{n,f,o} x_{n,c,2o+k-P}",
        F,
        "batch",
    ),
    (
        BATCH,
        r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_{f,k} w_{f,c,k} g_{n,f,(i+P-k)/2}",
        T,
        "",
    ),
    (
        BATCH,
        r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_{k} w_{0,c,k} g_{n,0,(i+P-k)/2}",
        F,
        "filter",
    ),
    (
        GROUPS,
        r"y_{n,f,o} = \sum_{c=0}^{2}\sum_k w_{f,c,k} x_{n,3\lfloor f/2 \rfloor + c,o+k}",
        T,
        "",
    ),
    (GROUPS, r"y_{n,f,o} = \sum_{c=0}^{2}\sum_k w_{f,c,k} x_{n,c,o+k}", F, "group"),
    (
        GROUPS,
        r"dx_{n,c,i} = \sum_{j=0}^{1}\sum_k w_{2\lfloor c/3 \rfloor + j, c \bmod 3, k}\, g_{n,2\lfloor c/3 \rfloor + j,i-k}",
        T,
        "",
    ),
    (
        GROUPS,
        r"dx_{n,c,i} = \sum_{j=0}^{1}\sum_k w_{2 (c \bmod 2) + j, \lfloor c/2 \rfloor, k}\, g_{n,2 (c \bmod 2) + j,i-k}",
        F,
        "channel",
    ),
    (DEPTH, r"dw_{c,0,k} = \sum_{n,o} g_{n,c,o} x_{n,c,o+k}", T, ""),
    # two and three dimensions
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{2i+a-1,3j+b-2}", T, ""),
    (IMAGE, r"y_{i,j} = \sum_{a,b} w_{a,b} x_{3i+a-1,2j+b-2}", F, "stride"),
    (IMAGE, r"dw_{a,b} = \sum_{i,j} g_{i,j} x_{2i+a-1,3j+b-2}", T, ""),
    (IMAGE, r"dw_{a,b} = \sum_{i,j} g_{i,j} x_{2i+a-2,3j+b-1}", F, "padding"),
    (IMAGE, r"dx_{p,q} = \sum_{a,b} w_{a,b} g_{(p+1-a)/2,(q+2-b)/3}", T, ""),
    (IMAGE, r"dx_{p,q} = \sum_{a,b} w_{A-1-a,B-1-b} g_{(p+1-a)/2,(q+2-b)/3}", F, "flip"),
    (IMAGE, r"W_{out} = \lfloor (W + 4 - B)/3 \rfloor + 1", T, "", OUT),
    (IMAGE, r"W_{out} = \lfloor (H + 4 - B)/3 \rfloor + 1", C, "H = W", OUT),
    (IMAGE, r"H_{out} = \frac{H + 2 - A}{2} + 1", C, "divides", OUT),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k-P,j+l-P}", T, ""),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,i+k-P,2j+l-P}", F, "stride"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,c,i,j} x_{n,f,2i+k-P,j+l-P}", F, "channel"),
    (LAYER, r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p+P-k)/2,q+P-l}", T, ""),
    (LAYER, r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,p+P-k,q+P-l}", F, "stride"),
    (LAYER, r"db_f = \sum_{n,i,j} g_{n,f,i,j}", T, ""),
    (LAYER, r"db_f = \frac{1}{N}\sum_{n,i,j} g_{n,f,i,j}", F, "batch"),
    (SOLID, r"y_{r,s,t} = \sum_{a,b,e} w_{a,b,e} x_{r+a,2s+b,3t+e}", T, ""),
    (SOLID, r"y_{r,s,t} = \sum_{a,b,e} w_{a,b,e} x_{r+a,3s+b,2t+e}", F, "stride"),
    (SOLID, r"dw_{a,b,e} = \sum_{r,s,t} g_{r,s,t} x_{r+a,2s+b,3t+e}", T, ""),
    (SOLID, r"dw_{a,b,e} = \sum_{r,s,t} g_{r,s,t} x_{r+a,s+b,t+e}", F, "stride"),
    # transposed
    (UP, r"y_o = \sum_k x_{(o+P-k)/3} w_k", T, ""),
    (UP, r"y_o = \sum_i x_i w_{o+P-3i}", T, ""),
    (UP, r"y_o = \sum_k x_{(o+P-k)/3} w_{K-1-k}", F, "flip"),
    (UP, r"y_o = \sum_k x_{(o-k)/3} w_k", C, "padding"),
    (UP, r"dx_i = \sum_k g_{3i+k-P} w_k", T, ""),
    (UP, r"dx_i = \sum_k g_{3i+k-P} w_{K-1-k}", F, "flip"),
    (UP, r"dw_k = \sum_i x_i g_{3i+k-P}", T, ""),
    (UP, r"dw_k = \sum_i x_i g_{i+k-P}", F, "stride"),
    (UP, r"O = 3(N-1) + K - 2P + 1", T, "", O1),
    (UP, r"O = 3(N-1) + K - 2P", F, "output_padding", O1),
    (UP, r"O = 3N + K - 2P", F, "N - 1", O1),
    (UPS, r"O = S(N-1) + D(K-1) + 1 - 2P + Q", T, "", O1),
    (UPS, r"O = S(N-1) + K - 2P + Q", C, "dilation", O1),
    (UPS, r"dx_i = \sum_k g_{S i + D k - P} w_k", T, ""),
    (UPLAYER, r"y_{n,f,i,j} = b_f + \sum_{c,p,q} x_{n,c,p,q} w_{c,f,i-2p,j-3q}", T, ""),
    (UPLAYER, r"y_{n,f,i,j} = b_f + \sum_{c,p,q} x_{n,c,p,q} w_{c,f,i-3p,j-2q}", F, "stride"),
    (UPLAYER, r"dw_{c,f,a,b} = \sum_{n,p,q} x_{n,c,p,q} g_{n,f,2p+a,3q+b}", T, ""),
    (UPSOLID, r"dx_{r,s,t} = \sum_{a,b,e} w_{a,b,e} g_{2r+a,s+b,t+e}", T, ""),
    (UPSOLID, r"dx_{r,s,t} = \sum_{a,b,e} w_{a,b,e} g_{r+a,s+b,t+e}", F, "stride"),
    # signals
    (FULL, r"y_n = \sum_k w_k x_{n-k}", T, ""),
    (FULL, r"y_n = \sum_m x_m w_{n-m}", T, ""),
    (FULL, r"y_n = \sum_k w_k x_{n+k}", F, "correlation"),
    (FULL, r"dx_i = \sum_k g_{i+k} w_k", T, ""),
    (FULL, r"dx_i = \sum_k g_{i-k} w_k", F, "kernel"),
    (FULL, r"O = N + K - 1", T, "", O1),
    (FULL, r"O = N + K", F, "one", O1),
    (VALID, r"y_n = \sum_{k=0}^{2} w_{2-k} x_{n+k}", T, "", {"assume": "N >= 3"}),
    (VALID, r"y_n = \sum_{k=0}^{2} w_{k} x_{n+k}", F, "flip", {"assume": "N >= 3"}),
    (SAME, r"y_n = \sum_{k=0}^{2} w_{k} x_{n+1-k}", T, ""),
    (SAME, r"y_n = \sum_{k=0}^{2} w_{k} x_{n-k}", F, "shift"),
    (CORR, r"y_n = \sum_{k=0}^{2} w_k x_{n+k}", T, "", {"assume": "N >= 3"}),
    (CORR, r"y_n = \sum_{k=0}^{2} w_k x_{n+2-k}", F, "flip", {"assume": "N >= 3"}),
    # pooling, im2col
    (AVG, r"y_o = \frac{1}{3} \sum_{k=0}^{2} x_{2o+k}", T, ""),
    (AVG, r"y_o = \frac{1}{2} \sum_{k=0}^{2} x_{2o+k}", F, "factor"),
    (AVG, r"dx_i = \frac{1}{3} \sum_{k=0}^{2} g_{(i-k)/2}", T, ""),
    (AVG, r"dx_i = \frac{1}{3} g_{\lfloor i/2 \rfloor}", F, "overlap"),
    (AVG2, r"dx_{n,c,p,q} = \frac{1}{6} g_{n,c,\lfloor p/2 \rfloor,\lfloor q/3 \rfloor}", T, ""),
    (AVG2, r"dx_{n,c,p,q} = g_{n,c,\lfloor p/2 \rfloor,\lfloor q/3 \rfloor}", F, "mean"),
    (MAX, r"O = \lfloor (N-3)/2 \rfloor + 1", T, "", O1),
    (MAX, r"O = N/2", F, "floor", O1),
    (
        COLS,
        r"dx_{n,c,p,q} = \sum_{a=0}^{1}\sum_{b=0}^{2} g_{n,6c+3a+b,W(p+1-a)+q+1-b} [0 \le q+1-b < W]",
        G,
        "",
    ),
    # pointwise and losses
    (RELU, r"dx_i = g_i [x_i > 0]", T, ""),
    (RELU, r"dx_i = g_i", F, "mask"),
    (SIG, r"dx_i = g_i \sigma(x_i)(1 - \sigma(x_i))", T, ""),
    (SIG, r"dx_i = g_i \sigma(x_i)", F, "derivative"),
    (TANH, r"dx_i = g_i (1 - \tanh(x_i)^2)", T, ""),
    (TANH, r"dx_i = g_i (1 - \tanh(x_i))", F, "factor"),
    (ADD, r"da_i = g_i", T, ""),
    (ADD, r"da_i = g_i b_i", F, "factor"),
    (SUB, r"db_i = -g_i", T, ""),
    (SUB, r"db_i = g_i", F, "sign"),
    (SCALE, r"dx_{i,j} = 3 g_{i,j}", T, ""),
    (SCALE, r"dx_{i,j} = g_{i,j}", F, "factor"),
    (TOTAL, r"dx_{i,j} = 1", T, ""),
    (TOTAL, r"dx_{i,j} = NM", F, "count"),
    (MSE, r"dy_i = \frac{2}{N}(y_i - t_i)", T, ""),
    (MSE, r"dy_i = 2(y_i - t_i)", F, "mean"),
    (MSE, r"dy_i = \frac{1}{N}(y_i - t_i)", F, "factor"),
    (MSE, r"dy_i = \frac{2}{N}(t_i - y_i)", F, "sign"),
    # chains, and an operation of one's own
    (NET, r"dw_k = \sum_o g_o r_{2o+k}", T, ""),
    (NET, r"dw_k = \sum_o g_o h_{2o+k}", F, "relu"),
    (NET, r"\frac{\partial L}{\partial h_i} = [h_i > 0] \sum_k w_k g_{(i-k)/2}", T, ""),
    (NET, r"\frac{\partial L}{\partial h_i} = \sum_k w_k g_{(i-k)/2}", F, "mask"),
    (NET, r"du_a = \sum_i \frac{\partial L}{\partial h_i} x_{i+a-P}", T, ""),
    (NET, r"du_a = \sum_i \frac{\partial L}{\partial r_i} x_{i+a-P}", F, "mask"),
    (
        LOSS,
        r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{o+k}",
        T,
        "",
    ),
    (LOSS, r"\frac{\partial L}{\partial w_k} = \frac{2}{N-K+1} \sum_o (y_o - t_o) x_{o+k}", T, ""),
    (LOSS, r"\frac{\partial L}{\partial w_k} = 2 \sum_o (y_o - t_o) x_{o+k}", F, "mean"),
    (OWN, r"dw_k = \sum_o g_o x_{3o-2k+4}", T, ""),
    (OWN, r"dw_k = \sum_o g_o x_{3o+2k+4}", F, "kernel"),
    (OWN, r"dx_i = \sum_o \sum_k [i = 3o-2k+4] g_o w_k", T, ""),
]
