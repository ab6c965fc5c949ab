# ruff: noqa: E501
"""Claims that are true, each with one that is false, in spellings that people use."""

LINE = "y = conv1d(x[N], w[K])"
TWO = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
BIAS = "y = conv1d(x[N], w[K], b)"
LAYER = "y = conv1d(x[B,C,N], w[F,C,K])"
PLANE = "y = conv2d(x[H,W], w[A,B])"
FIVE = "y = conv1d(x[5], w[2])"
RELU = "y = relu(x[N])"
SHORT = "y = conv1d(x[N], w[3])"
POOL = "y = max_pool1d(x[N], 3, 2)"
POOLS = "y = max_pool1d(x[N], K, S)"
PADDED = "y = max_pool1d(x[N], 3, 2, padding=1)"
POOL2 = "y = max_pool2d(x[N,C,H,W], (2,3), (2,3))"
ENTROPY = "L = cross_entropy(x[C], t[C])"
ROWS = "L = cross_entropy(x[N,C], t[N,C])"
SCORES = "y = conv1d(x[N], w[K])\nL = cross_entropy(y, t)"
SOFT = {"names": (("p", "softmax(x)"),)}
ONE = SOFT | {"assume": "sum(t) = 1"}
SUMMED = {"assume": "sum(t) = 1"}
MATRIX = {"names": (("M", "matrix(y,x)"),)}
WIDTH = {"names": (("O", "width(y)"),)}
DW, BAD = r" = \sum_o g_o x_{o+k}", r" = \sum_o g_o x_{o-k}"

PAIRS = [
    (LINE, left + DW, left + BAD, {})
    for left in (
        r"{\partial L \over \partial w_k}", r"\partial W_k", r"\partial w_k", r"\frac{\delta L}{\delta w_k}",
        r"\frac{\delta L}{\delta w}_k", r"\partial_{w_k} L", r"\nabla_{w_k} L", r"\text{Backward: } dw_k",
        r"\text{Backward}: \frac{\partial L}{\partial W_k}",
    )
]  # fmt: skip
PAIRS += [
    (LINE, r"dw_k = \frac12 \sum_o 2 g_o x_{o+k}", r"dw_k = \frac12 \sum_o g_o x_{o+k}", {}),
    (LINE, r"dw_k = \frac13 \sum_o 3 g_o x_{o+k}", r"dw_k = \frac1N \sum_o g_o x_{o+k}", {}),
    (TWO, r"O = \left\lfloor {N + 2P - K \over 2} \right\rfloor + 1", r"O = \left\lfloor {N + P - K \over 2} \right\rfloor + 1", WIDTH),
    (LAYER, r"dx_{b,ch,p} = \sum_f \sum_k g_{b,f,p-k} w_{f,ch,k}", r"dx_{b,ch,p} = \sum_f \sum_k g_{b,f,p+k} w_{f,ch,k}", {}),
    (LAYER, r"X_{b,ch,p} = \sum_f \sum_k g_{b,f,p-k} w_{f,ch,k}", r"X_{b,ch,p} = \sum_f \sum_k g_{b,ch,p-k} w_{f,ch,k}", {"names": (("X", "dx"),)}),
    (LAYER, r"dw_{fil,ch,k} = \sum_b \sum_o g_{b,fil,o} x_{b,ch,o+k}", r"dw_{fil,ch,k} = \sum_b \sum_o g_{b,fil,o} x_{b,ch,o}", {}),
    (LAYER, r"y_{b,fil,o} = \sum_{ch}\sum_k w_{fil,ch,k} x_{b,ch,o+k}", r"y_{b,fil,o} = \sum_{ch=1}^{C-1}\sum_k w_{fil,ch,k} x_{b,ch,o+k}", {}),
    (PLANE, r"\partial W_{11} = \sum_{i,j} \partial Y_{ij} x_{i+1,j+1}", r"\partial W_{11} = \sum_{i,j} \partial Y_{ij} x_{i+2,j+1}", {}),
    (FREE, r"dx_i = \sum_{(o,k):\, So+k=i+P} w_k g_o", r"dx_i = \sum_{(o,k):\, So+k=i-P} w_k g_o", {}),
    (FREE, r"dx_i = \sum_{\{(o,k) \mid So+k-P=i\}} w_k g_o", r"dx_i = \sum_{\{(o,k) \mid o+k-P=i\}} w_k g_o", {}),
    (FREE, r"dx_i = \sum_{o,k \text{ s.t. } So+k-P=i} w_k g_o", r"dx_i = \sum_{o,k \text{ s.t. } So-k-P=i} w_k g_o", {}),
    (TWO, r"dx_i = \sum_{k \equiv i+P \bmod 2} w_k g_{(i+P-k)//2}", r"dx_i = \sum_{k \equiv i \bmod 2} w_k g_{(i+P-k)//2}", {}),
    (TWO, r"dx_i = \sum_{k:\, i+P-k \equiv 0 \bmod 2} w_k g_{(i+P-k)//2}", r"dx_i = \sum_{k:\, i+P-k \equiv 1 \bmod 2} w_k g_{(i+P-k)//2}", {}),
    (RELU, r"dx_i = g_i[x_i \ge 0]", r"dx_i = g_i[x_i \le 0]", {}),
    (RELU, r"dx_i = g_i (1 - [x_i < 0])", r"dx_i = g_i [x_i < 0]", {}),
    (RELU, r"y_i = \begin{cases} x_i & x_i \ge 0 \\ 0 & x_i < 0 \end{cases}", r"y_i = \begin{cases} x_i & x_i \ge 0 \\ -x_i & x_i < 0 \end{cases}", {}),
    (LINE, r"O = N - \text{kernel\_size} + 1", r"O = N - \text{kernel\_size}", {"names": (("O", "width(y)"), (r"\text{kernel\_size}", "K"))}),
    (LINE, r"O = N - \text{kernel size} + 1", r"O = N - \text{kernel size}", {"names": (("O", "width(y)"), (r"\text{kernel size}", "K"))}),
    (LINE, r"y_o = w_0 x_o + \dots + w_{K-1} x_{o+K-1}", r"y_o = w_0 x_{o+K-1} + \dots + w_{K-1} x_o", {}),
    (LINE, r"y_o = w_0 x_o + w_1 x_{o+1} + \dots + w_{K-1} x_{o+K-1}", r"y_o = w_0 x_o + w_1 x_{o+2} + \dots + w_{K-1} x_{o+2K-2}", {}),
    (BIAS, r"y_o = w_0 x_o + \cdots + w_{K-1} x_{o+K-1} + b", r"y_o = w_0 x_o + \cdots + w_{K-1} x_{o+K-1} + 2 b", {}),
    (BIAS, r"db = g_0 + g_1 + \dots + g_{N-K}", r"db = g_0 + g_1 + \dots + g_{N-K-1}", {}),
    (SHORT, r"y_o = w_0 x_o + \dots + w_2 x_{o+2}", r"y_o = w_0 x_o + \dots + w_1 x_{o+1}", {}),
    (LINE, r"M_{o,i} = w_{i-o}", r"M_{o,i} = w_{o-i}", MATRIX),
    (ENTROPY, r"dx_i = p_i - t_i", r"dx_i = t_i - p_i", ONE),
    (ENTROPY, r"dx_i = p_i \sum_j t_j - t_i", r"dx_i = p_i - t_i", SOFT),
    (ENTROPY, r"\frac{\partial L}{\partial x} = p - t", r"\frac{\partial L}{\partial x} = p + t", ONE),
    (ROWS, r"dx_{n,c} = \frac1N (p_{n,c} - t_{n,c})", r"dx_{n,c} = p_{n,c} - t_{n,c}", ONE | {"assume": "sum(t, axis=1) = 1"}),
    (SCORES, r"dw_k = \sum_o (p_o - t_o) x_{o+k}", r"dw_k = \sum_o (p_o - t_o) x_{o-k}", {"names": (("p", "softmax(y)"),), "assume": "sum(t) = 1"}),
    (ENTROPY, r"dx_i = \frac{\exp(x_i)}{\sum_j \exp(x_j)} - t_i", r"dx_i = \frac{\exp(x_i)}{\sum_{j=1}^{C-1} \exp(x_j)} - t_i", SUMMED),
    (ENTROPY, r"dx_i = \frac{e^{x_i}}{\sum_j e^{x_j}} - t_i", r"dx_i = \frac{e^{x_i}}{\sum_j e^{x_j}} + t_i", SUMMED),
    (ENTROPY, r"p_i = \frac{e^{x_i}}{\sum_{j=0}^{C-1} e^{x_j}}", r"p_i = \frac{e^{x_i}}{\sum_j e^{t_j}}", SOFT),
    (ROWS, r"dx_{n,c} = \frac1N\left(\frac{e^{x_{n,c}}}{\sum_j e^{x_{n,j}}} - t_{n,c}\right)", r"dx_{n,c} = \frac1N\left(\frac{e^{x_{n,c}}}{\sum_j e^{x_{j,c}}} - t_{n,c}\right)", {"assume": "sum(t, axis=1) = 1"}),
    (POOL, r"y_o = \max_{0 \le k < 3} x_{2o+k}", r"y_o = \max_{0 \le k < 3} x_{o+k}", {}),
    (POOL, r"y_o = \max_{k \in \{0, \dots, 2\}} x_{2o+k}", r"y_o = \max_{k \in \{0, \dots, 1\}} x_{2o+k}", {}),
    (POOL, r"y_o = \max(x_{2o}, x_{2o+1}, x_{2o+2})", r"y_o = \max(x_{2o}, x_{2o+1})", {}),
    (POOL, r"y_o = \max(x_{2o+2}, x_{2o+1}, x_{2o})", r"y_o = \max(x_{2o}, x_{2o+2})", {}),
    (POOL, r"y_o = \max_{1 \le k \le 3} x_{2o+3-k}", r"y_o = \max_{1 \le k \le 3} x_{2o+k}", {}),
    (POOLS, r"y_o = \max_{0 \le k < K} x_{So+k}", r"y_o = \max_{0 \le k \le K} x_{So+k}", {}),
    (PADDED, r"y_o = \max_{0 \le k < 3} x_{2o+k-1}", r"y_o = \max_{0 \le k < 3} x_{2o+k}", {}),
    (POOL2, r"y_{n,c,i,j} = \max_{0 \le b < 3, 0 \le a < 2} x_{n,c,2i+a,3j+b}", r"y_{n,c,i,j} = \max_{0 \le b < 3, 0 \le a < 2} x_{n,c,3i+a,2j+b}", {}),
    (TWO, r"M_{oi} = \begin{cases} w_{i-2o+P} & 0 \le i-2o+P < K \\ 0 & \text{otherwise} \end{cases}", r"M_{oi} = w_{i-o+P}", MATRIX),
    (PLANE, r"M_{o,p,i,j} = w_{i-o,j-p}", r"M_{o,p,i,j} = w_{j-p,i-o}", MATRIX),
]  # fmt: skip
