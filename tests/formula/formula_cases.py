# ruff: noqa: E501
"""Formulas in many spellings, each group with its meaning written by hand as plain loops."""

CONV = "y = conv1d(x[N], w[K], stride=2, padding=P)"
SIZES = {"N": 7, "K": 3, "P": 1}
OUT = (7 + 2 - 3) // 2 + 1


def inside(a, i):
    return a[i] if 0 <= i < len(a) else 0


def forward(d):
    return [sum(d["w"][k] * inside(d["x"], 2 * o + k - 1) for k in range(3)) for o in range(OUT)]


def weight(d):
    return [sum(d["g"][o] * inside(d["x"], 2 * o + k - 1) for o in range(OUT)) for k in range(3)]


def image(d):
    found = [0] * 7
    for o in range(OUT):
        for k in range(3):
            if 0 <= 2 * o + k - 1 < 7:
                found[2 * o + k - 1] += d["g"][o] * d["w"][k]
    return found


def flipped(d):
    return [
        sum(d["w"][2 - k] * inside(d["x"], 2 * o + k - 1) for k in range(3)) for o in range(OUT)
    ]


def halved(d):
    return [v / 2 if isinstance(v, float) else v * 0.5 for v in weight(d)]


def counted(d):
    return [3 * v for v in weight(d)]


_y = [
    r"y_o = \sum_{k=0}^{K-1} w_k x_{2o+k-P}", r"y_{o} = \sum_k w_{k} x_{2o + k - P}",
    r"y[o] = \sum_{k} w[k] \cdot x[2 \cdot o + k - P]", r"y(o) := \sum_k w(k) x(2o+k-P)",
    r"y_o = \Sigma_k w_k x_{2o+k-P}", r"y\_o = \sum\_{k} w\_k \* x\_{2o+k-P}",
    r"y_o = \sum_{0 \le k < K} w_k \, x_{2o+k-P}", r"y_o = \sum_{k<K} w_k x_{2o+k-P}",
    r"y_o = \sum\limits^{K-1}_{k=0} w_k\times x_{2o+k-P}", r"$$y_o = ∑_k w_k · x_{2o+k−P}$$",
    r"y^{l}_o = \sum_k w^{l}_k x^{l-1}_{2o+k-P}", r"y^{(l)}_{o} = \sum_k w^{(l)}_{k} x^{(l-1)}_{2o+k-P}",
    r"y_o^{[1]} = \sum_k w_k^{[1]} x_{2o+k-P}^{[0]}", r"y_o = \sum_{k'} w_{k'} x_{2o+k'-P}",
    r"y_{o} = \sum_{k_1=0}^{K-1} w_{k_1} x_{2o+k_1-P}", r"y_m = \sum_n w_n x_{2m+n-P}",
    r"y_o = \sum_i w_{i-2o+P} x_i", r"y_o = \sum_{i,k} [i = 2o+k-P] w_k x_i",
    r"y_o = \sum_{i}\sum_{k} \mathbb{1}[i = 2o + k - P] \, w_k x_i",
    r"y_o = \sum_{\substack{i,k \\ i=2o+k-P}} w_k x_i", r"y_o = \sum_{i-k=2o-P} w_k x_i",
    r"y_o = \sum_{i,k} \delta_{i,2o+k-P} w_k x_i", r"\begin{aligned}y_o &= \sum_k w_k x_{2o+k-P}\end{aligned}",
    r"y_o = \sum_{k=1}^{K} w_{k-1} x_{2o+k-1-P}", r"y_o = \sum_{k=0}^{K-1} w_{K-1-k} x_{2o+K-1-k-P}",
    r"y_o = \left( \sum_k w_k x_{2o+k-P} \right).", r"y_o = \frac{1}{2}\sum_k 2 w_k x_{2o+k-P}",
    "y_o\u200b = \\sum_k w_k x_{2o+k-P}", r"y_o = 3\sum_k w_k x_{2o+k-P} - 2\sum_k w_k x_{2o+k-P}",
    r"\mathbf{y}_o = \sum_k \mathbf{w}_k \mathbf{x}_{2o+k-P}",
    r"y_o = \sum_{k=0} w_k x_{2o+k-P}", r"y_o = - \sum_k - (w_k x_{2o+k-P})",
]  # fmt: skip
_y = [f.replace(r"\sum_k - (", r"\sum_k (-1)(") for f in _y]
_right = r" = \sum_o g_o x_{2o+k-P}"
_dw_left = [
    r"\frac{\partial L}{\partial w_k}", r"\frac{\partial L}{\partial w}_k", r"\partial L / \partial w_k",
    "dw_k", "dW_k", "dw[k]", "dW_{k}", "grad_w[k]", r"grad\_w_k", "grad_{w_k}", r"\frac{dL}{dw_k}",
    r"\frac{\mathrm{d}L}{\mathrm{d}w_k}", r"\dfrac{\partial E}{\partial w_{k}}",
    r"\frac{\partial \mathcal{L}}{\partial w_k}", r"\frac{\partial J}{\partial w[k]}",
    r"\left(\frac{\partial L}{\partial w}\right)_{k}", r"\left[\frac{\partial L}{\partial w}\right]_k",
    r"\frac{\partial \text{loss}}{\partial w_k}", r"\frac{∂L}{∂w_k}", r"∂L/∂w_k",
    r"\frac{\partial L}{\partial y}\frac{\partial y}{\partial w_k}", r"\frac{\partial \ell}{\partial w^{l}_{k}}",
    r"\frac{\partial L}{\partial w}[k]", r"\frac {\partial L} {\partial w_{k}}", r"\partial{L}/\partial{w_k}",
]  # fmt: skip
_dw_right = [
    r"\sum_o \frac{\partial L}{\partial y_o} x_{2o+k-P}", r"\sum_{o} x_{2o+k-P} \frac{\partial L}{\partial y}_{o}",
    r"\sum_o dy_o x_{2o+k-P}", r"\sum_o grad_y[o] x[2o+k-P]", r"\sum_o dout_o x_{2o+k-P}",
    r"\sum_o \frac{\partial L}{\partial y_o}\frac{\partial y_o}{\partial w_k}",
    r"\sum_o \partial L/\partial y_o \cdot \partial y_o/\partial w_k",
    r"\sum_{o=0}^{\lfloor (N+2P-K)/2 \rfloor} g_o x_{2o+k-P}", r"\sum_{o=0}^{(N+2P-K)//2} g_o x_{2o+k-P}",
    r"\sum_{o=0}^{\left\lfloor\frac{N+2P-K}{2}\right\rfloor} g_{o} x_{2o+k-P}",
    r"\sum_{o=0}^{int((N+2P-K)/2)} g_o x_{2o+k-P}", r"\sum_i x_i g_{(i+P-k)/2}",
    r"\sum_{i} x_{i} g_{\frac{i+P-k}{2}}", r"\sum_{i: }"[:0] + r"\sum_{2 \mid (i+P-k)} x_i g_{\lfloor (i+P-k)/2 \rfloor}",
    r"\sum_{i, (i+P-k) \bmod 2 = 0} x_i g_{(i+P-k)//2}", r"\sum_i [(i+P-k) % 2 = 0] x_i g_{(i+P-k)//2}",
    r"\sum_o g_o \sum_j \mathbb{1}[j = k] x_{2o+j-P}", r"\sum_o \sum_j \delta_{jk} g_o x_{2o+j-P} [0 \le j < K]",
]  # fmt: skip
_dx_right = [
    r"\sum_o \sum_k g_o w_k [2o+k-P = i]", r"\sum_{o} g_o w_{i+P-2o}", r"\sum_{2o+k-P=i} g_o w_k",
    r"\sum_k w_k g_{(i+P-k)/2}", r"\sum_k w_k \frac{\partial L}{\partial y_{(i+P-k)/2}}",
    r"\sum_{o,k} g_o w_k \mathbb{1}[i = 2o + k - P]", r"\sum_o \frac{\partial L}{\partial y_o}\frac{\partial y_o}{\partial x_i}",
    r"\sum_{\substack{o,k \\ 2o+k=i+P}} g_o w_k", r"\sum_{k=0}^{K-1} w_{K-1-k} g_{(i+P-(K-1-k))/2}",
]  # fmt: skip
_dw_left += [
    r"{\partial L \over \partial w_k}", r"\left({\partial L \over \partial w}\right)_k", r"{\partial L \over \partial w}_k",
    r"\partial W_k", r"\partial w_k", r"\partial w[k]", r"\frac{\delta L}{\delta w_k}", r"\frac{\delta L}{\delta w}_k",
    r"\frac{\delta \mathcal{L}}{\delta W_{k}}", r"\frac{\partial L}{\partial W_k}", r"\partial_{w_k} L", r"\partial_{w_k}\mathcal{L}",
    r"\nabla_{w_k} L", r"\nabla_{W_k} \mathcal{L}", r"\text{Backward: } dw_k", r"\text{Gradient of the kernel}:\; dw_k",
    r"\textbf{Step 1:}\quad dw_k"[:0] + r"\mathbf{Backward:}\; dw_k",
]  # fmt: skip
_dx_right += [
    r"\sum_{(o,k):\, 2o+k=i+P} g_o w_k", r"\sum_{(o,k) \mid 2o+k-P=i} g_o w_k", r"\sum_{\{(o,k) : 2o+k-P=i\}} g_o w_k",
    r"\sum_{\{(o,k) \,|\, 2o+k-P=i, 0 \le k < K\}} g_o w_k", r"\sum_{o,k \text{ s.t. } 2o+k-P=i} g_o w_k",
    r"\sum_{(o,k) \text{ with } 2o+k-P=i} g_o w_k", r"\sum_{k \equiv i+P \bmod 2} w_k g_{(i+P-k)/2}",
    r"\sum_{k \equiv i+P \pmod 2} w_k g_{(i+P-k)/2}", r"\sum_{k:\, i+P-k \equiv 0 \bmod 2} w_k g_{(i+P-k)//2}",
    r"\sum_{k} w_k g_{(i+P-k)//2} [(i + P) \bmod 2 \equiv k \bmod 2]", r"\sum_k w_k {g_{(i+P-k)/2} \over 1}",
]  # fmt: skip
_y += [
    r"y_o = \frac12\sum_k 2 w_k x_{2o+k-P}", r"y_o = \tfrac 12 \sum_k 2 w_k x_{2o+k-P}", r"y_o = \frac{1}2\sum_k 2 w_k x_{2o+k-P}",
    r"y_o = \frac1K\sum_k K w_k x_{2o+k-P}", r"y_o = {1 \over 2}\sum_k 2 w_k x_{2o+k-P}", r"y_o = \sum_k {2 w_k x_{2o+k-P} \over 2}",
    r"y_o = w_0 x_{2o-P} + \dots + w_{K-1} x_{2o+K-1-P}", r"y_o = w_0 x_{2o-P} + w_1 x_{2o+1-P} + \cdots + w_{K-1} x_{2o+K-1-P}",
    r"y_o = w_{K-1} x_{2o+K-1-P} + \ldots + w_0 x_{2o-P}", r"y_o = w_0 x_{2o-P} + w_1 x_{2o+1-P} + \dots + w_{K-2} x_{2o+K-2-P} + x_{2o+K-1-P} w_{K-1}",
    r"y_o = w_0 x_{2o-P} + w_1 x_{2o+1-P} + \dots + w_{K-1} x_{2o+K-1-P} + x_o - x_o", r"y_o = w_0 x_{2o-P} + w_2 x_{2o+2-P} + \sum_{k=1}^{1} w_k x_{2o+k-P}",
    r"y_o = w_0 x_{2o-P} + w_1 x_{2o+1-P} + \dots + w_2 x_{2o+2-P}",
]  # fmt: skip
CASES = [(f, forward, {}) for f in _y]
CASES += [(left + _right, weight, {}) for left in _dw_left]
CASES += [("dw_k = " + right, weight, {}) for right in _dw_right]
CASES += [(r"\frac{\partial L}{\partial x_i} = " + right, image, {}) for right in _dx_right]
CASES += [
    (r"dw_k = \sum_o \delta_o x_{2o+k-P}", weight, {"upstream": r"\delta"}),
    (r"dw_k = \sum_o \delta^{l}_o x^{l-1}_{2o+k-P}", weight, {"upstream": "delta"}),
    (r"y_o = \sum_{k=1}^{K} w_k x_{2(o-1)+k-P}", forward, {"index_base": 1}),
    (r"y_o = \sum_k w_k x_{2o+k-2-P}", forward, {"index_base": 1}),
    (r"y_o = \sum_f F_f X_{2o+f-p}", forward, {"names": {"F": "w", "X": "x", "p": "P"}}),
    (r"y_o = \sum_k w_{K-1-k} x_{2o+k-P}", flipped, {}),
    (r"dw_k = \frac{1}{2} \sum_o g_o x_{2o+k-P}", halved, {}),
    (r"dw_k = \frac{\sum_o g_o x_{2o+k-P}}{2}", halved, {}),
    (r"dw_k = K \sum_o g_o x_{2o+k-P}", counted, {}),
    (r"dw_k = \sum_o (K-1) g_o x_{2o+k-P} + \sum_o g_o x_{2o+k-P}", counted, {}),
    (r"y_{o} = \sum_{k} \text{kernel}_{k} x_{2o+k-P}", forward, {"names": {"kernel": "w"}}),
    (r"dw_k = \sum_j g_j x_{2j+k-P} = \sum_o g_o x_{k+2o-P}", weight, {}),
    (r"dw_k &= \sum_j g_j x_{2j+k-P} \\ &= \sum_o g_o \\ &\quad \cdot x_{k+2o-P}", weight, {}),
    (r"y_o = \sum_{i,j} x_i w_j [i+P = 2o+j] + 0", forward, {}),
    (r"y_o = \sum_k \tilde{w}_k x_{2o+k-P}", forward, {"names": {r"\tilde{w}": "w"}}),
    (r"y_o = \sum_{a=0}^{K-1} w_a x_{2o+a-P}", forward, {}),
    (r"\frac{\delta L}{\delta w_k} = \sum_o \delta_o x_{2o+k-P}", weight, {"upstream": "delta"}),
    (r"\frac{\delta L}{\delta w_k} = \sum_o \frac{\delta L}{\delta y_o} \frac{\delta y_o}{\delta w_k}", weight, {"upstream": r"\delta"}),
    (r"dw_k = g_0 x_{k-P} + g_1 x_{2+k-P} + \dots + g_{O-1} x_{2(O-1)+k-P}", weight, {"names": {"O": "size(y)"}}),
    (r"y_o = \sum_i A_{o,i} x_i", forward, {"names": {"A": "matrix(y,x)"}}),
    (r"y_o = \sum_i A_{oi} x_i", forward, {"names": {"A": "matrix(y,x)"}}),
    (r"dx_i = \sum_o A[o,i] g_o", image, {"names": {"A": "matrix(y,x)"}}),
    (r"y_{pos} = \sum_k w_k x_{2o+k-P}"[:0] + r"y_o = \sum_k \text{the kernel}_k x_{2o+k-P}", forward, {"names": {r"\text{the kernel}": "w"}}),
]  # fmt: skip
SIZE_CASES = [
    (r"W_{out} = 1 + \frac{N - K + 2P}{2}", {"W_{out}": "width(y)"}, lambda N, K, P: 1 + (N - K + 2 * P) / 2),
    (r"W\_{output} = \lfloor (N-K+2P)/2 \rfloor + 1", {"W_{output}": "width(y)"}, lambda N, K, P: (N - K + 2 * P) // 2 + 1),
    (r"O = int(1 + (N + 2 * P - K) / 2)", {"O": "size(y,0)"}, lambda N, K, P: int(1 + (N + 2 * P - K) / 2)),
    (r"O = \left\lceil \frac{N+2P-K+1}{2} \right\rceil", {"O": "size(y,0)"}, lambda N, K, P: -((-(N + 2 * P - K + 1)) // 2)),
    (r"O = (N+2P-K)//2 + 1", {"O": "size(y,0)"}, lambda N, K, P: (N + 2 * P - K) // 2 + 1),
]  # fmt: skip

MALFORMED = r"""
y_o =|y_o|=|y_o = \sum|y_o = \sum_k|y_o = \sum_k w_k x_{2o+k-P|y_o = \sum_k w_k x_{2o+m}|y_o = q_o
y = \sum_k w_k x_{2o+k}|y_{o,p} = w_o|y_o = \sum_k w_k x_{2o+k-P}}|y_o = \sum_k^{K-1} w_k
y_o = \int w_k|y_o = \prod_k w_k|y_o \approx w_o|y_o = w * x|y_o = w_o^q|y_o = w_o^{-1}|y_o = x_{w_o}
y_o = \sum_N w_N|y_o = \sum_k \sum_k w_k|y_o = x_o / w_o|y_o = 1/2 x_o|y_o = x_o 2|y_o = w^{l}_o w^{l+1}_o
\frac{\partial L}{\partial q_k} = w_k|\frac{\partial w_k} = g_k|\frac{\partial L}{w_k} = g_k|dw_k = \frac{\partial x_k}{\partial w_k}
y_{2o} = x_o|y_{oo} = x_o|y_N = x_N|y_o = x_{o/0}|y_o = x_o / 0|y_o = o x_o|y_o = \text{if} x_o|y_o = x_o # x
y_o = \sqrt{x_o}|y_o = \sum_{k=o-1} w_k|y_o = x_{\lfloor o/2}|y_o = |x_o||y_o = [x_o < 1]|y_o = \begin{cases} 1 \end{cases}
y_o = \sum_{j} 1|y += w_o|y_o \le w_o|y_o = x_o, o = 1|\begin{pmatrix} a \end{pmatrix} = x|y_o = x_o''_o
""".replace("\n", "|").split("|")
MALFORMED = [text for text in MALFORMED if text]
