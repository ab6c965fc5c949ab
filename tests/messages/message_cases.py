"""Bad specs, commands and notes, each with what its one line has to say to somebody new.

A row is written from the reader's side: where it is, which numbers or words clash, what would fit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bad:
    """A spec that is refused.

    `where` is the operation and its option, or ``line:column`` with `at`, the text that stands
    there.  The message holds all of `says`, in that order.
    """

    kind: str
    text: str
    where: str
    says: tuple[str, ...]
    at: str = ""


SPECS = (
    # --- sizes that clash ---
    Bad(
        "a kernel larger than the input",
        "y = conv1d(x[4], w[7])",
        "conv1d",
        ("kernel is larger", "at most 4 (input 4)", "got 7 (kernel 7)", "padding of 3 more"),
    ),
    Bad(
        "a kernel larger than the padded input",
        "y = conv1d(x[4], w[9], padding=(2,1))",
        "conv1d",
        ("at most 7 (input 4, padding 2 + 1)", "got 9", "padding of 2 more"),
    ),
    Bad(
        "a dilated kernel larger than one axis",
        "y = conv2d(x[9,4], w[2,3], dilation=(1,2))",
        "conv2d",
        ("axis 1", "at most 4 (input 4)", "got 5 (kernel 3, dilation 2)"),
    ),
    Bad(
        "channels that do not agree",
        "y = conv2d(x[3,8,9], w[6,4,3,3])",
        "conv2d",
        ("w reads the wrong number of channels", "expected 3", "got 4", "try w[6,3,"),
    ),
    Bad(
        "channels in a group that do not agree",
        "y = conv1d(x[6,8], w[4,6,3], groups=2)",
        "conv1d",
        ("channels", "expected 3", "got 6", "try w[4,3,"),
    ),
    Bad(
        "input channels not divisible by groups",
        "y = conv2d(x[6,8,8], w[8,2,3,3], groups=4)",
        "conv2d: groups",
        ("6 input channels", "4 groups", "1, 2, 3, 6", "got 4"),
    ),
    Bad(
        "output channels not divisible by groups",
        "y = conv2d(x[6,8,8], w[4,2,3,3], groups=3)",
        "conv2d: groups",
        ("4 output channels", "3 groups", "1, 2, 4", "got 3"),
    ),
    Bad(
        "groups without channels",
        "y = conv1d(x[8], w[3], groups=2)",
        "conv1d: groups",
        ("no channels to divide", "got 2"),
    ),
    Bad(
        "a bias of the wrong length",
        "y = conv1d(x[3,8], w[5,3,2], b[4])",
        "conv1d",
        ("b needs one entry per output channel", "expected 5", "got 4"),
    ),
    Bad(
        "a kernel of another rank than x",
        "y = conv2d(x[2,3,8,8], w[3,3])",
        "conv2d",
        ("w has 2 axes", "expected 4 to go with x of shape (2, 3, 8, 8)", "got (3, 3)"),
    ),
    Bad(
        "too many axes",
        "y = conv1d(x[2,3,4,5], w[3])",
        "conv1d",
        ("x has 4 axes", "1 (one channel), 2 (channels first) or 3", "got (2, 3, 4, 5)"),
    ),
    Bad(
        "elements written as sizes",
        "y = conv1d(x[a,b,c,d], w=[x,y,z])",
        "conv1d",
        ("x has 4 axes", "got (a, b, c, d)", "try x=[a,b,c,d] for elements with these names"),
    ),
    Bad(
        "stride zero",
        "y = conv1d(x[4], w[3], stride=0)",
        "conv1d: stride",
        ("too small", "at least 1", "got 0"),
    ),
    Bad(
        "a dilation below one",
        "y = conv2d(x[4,5], w[3,2], dilation=(1,0))",
        "conv2d: dilation",
        ("too small", "at least 1", "got 0"),
    ),
    Bad(
        "a negative padding",
        "y = conv1d(x[4], w[3], padding=-1)",
        "conv1d: padding",
        ("too small", "at least 0", "got -1"),
    ),
    Bad(
        "a stride that is no whole number",
        "y = conv1d(x[4], w[3], stride=1.5)",
        "conv1d: stride",
        ("whole number", "got 3/2"),
    ),
    Bad(
        "as many strides as there are no axes",
        "y = conv2d(x[4,4], w[3,3], stride=(1,2,3))",
        "conv2d: stride",
        ("3 values for 2 spatial axes", "one number or 2", "got (1, 2, 3)"),
    ),
    Bad(
        "too many paddings on one axis",
        "y = conv1d(x[4], w[3], padding=(1,2,3))",
        "conv1d: padding",
        ("3 values for 1 spatial axis", "one number, or a pair (before, after)", "got (1, 2, 3)"),
    ),
    Bad(
        "a side with three paddings",
        "y = conv2d(x[4,4], w[3,3], padding=((1,2,3),1))",
        "conv2d: padding",
        ("pair", "(before, after)", "got 3 values"),
    ),
    Bad(
        "a reflection longer than the input",
        'y = conv1d(x[4], w[3], padding=4, padding_mode="reflect")',
        "conv1d: padding",
        ("reflect", "at most 3 for an input of 4", "got 4"),
    ),
    Bad(
        "wrapping round more than once",
        'y = conv1d(x[4], w[3], padding=5, padding_mode="circular")',
        "conv1d: padding",
        ("circular", "at most 4 for an input of 4", "got 5"),
    ),
    Bad(
        "output_padding not below the stride",
        "y = conv_transpose1d(x[4], w[3], stride=2, output_padding=2)",
        "conv_transpose1d: output_padding",
        ("too large", "less than the stride or the dilation (2 or 1)", "got 2", "try 1"),
    ),
    Bad(
        "a padding that eats the output",
        "y = conv_transpose1d(x[2], w[3], padding=3)",
        "conv_transpose1d: padding",
        ("whole output away", "at least 1", "got -2", "less padding"),
    ),
    Bad(
        "a transposed convolution padded by name",
        'y = conv_transpose2d(x[2,2], w[3,3], padding="same")',
        "conv_transpose2d: padding",
        ("no padding by name", "a number", "got 'same'"),
    ),
    Bad(
        "a transposed kernel with other channels",
        "y = conv_transpose1d(x[3,4], w[2,5,3])",
        "conv_transpose1d",
        ("w's first axis", "agree with x", "expected 3", "got 2"),
    ),
    Bad(
        "two pictures of which neither holds the other",
        'y = correlate(x[2,5], w[3,4], mode="valid")',
        "correlate: mode",
        ("neither of x and w fits", "(2, 5) and (3, 4)", "mode='full'"),
    ),
    Bad(
        "a signal and a picture",
        "y = convolve(x[5], w[3,3])",
        "convolve",
        ("two signals (1-D) or two images (2-D)", "got (5,) and (3, 3)"),
    ),
    Bad(
        "a pooling without its window",
        "y = avg_pool2d(x[4,4])",
        "avg_pool2d: kernel_size",
        ("not given", "3 or (3,3)"),
    ),
    Bad(
        "a pooling padded by more than half its window",
        "y = max_pool2d(x[6,6], (2,4), padding=(1,3))",
        "max_pool2d: padding",
        ("axis 1", "half of the kernel", "at most 2 for a kernel of 4", "got 3"),
    ),
    Bad(
        "a window that sees padding only",
        "y = max_pool1d(x[3], 2, padding=1, dilation=4)",
        "max_pool1d",
        ("window 0", "nothing but padding", "a position in 0..2", "got -1, 3", "less padding"),
    ),
    Bad(
        "columns that do not fit the windows",
        "y = fold(Y[9,4], (4,4), (3,3), padding=1)",
        "fold",
        ("one column for each window", "expected 16", "got 4"),
    ),
    Bad(
        "rows that do not fit the kernel",
        "y = fold(Y[8,4], (4,4), (3,3))",
        "fold",
        ("rows of Y", "multiple of 9", "got 8"),
    ),
    Bad(
        "a loss of different shapes",
        "L = cross_entropy(z[3,4], t[3])",
        "cross_entropy",
        ("z and t", "same shape", "expected (3, 4)", "got (3,)"),
    ),
    Bad(
        "a clash in the second line of a chain",
        "h = conv1d(x[9], w[3])\ny = conv1d(h, v[8])",
        "line 2, column 5: conv1d",
        ("kernel is larger", "at most 7 (input 7)", "got 8"),
    ),
    Bad(
        "a target of the wrong length",
        "y = conv1d(x[4], w[3])\nL = mse(y, t[5])",
        "line 2, column 5: mse",
        ("y and t", "expected 2", "got 5"),
    ),
    # --- words that are not known, or stand in the wrong place ---
    Bad(
        "a misspelt operation",
        "y = cov1d(x[4], w[3])",
        "1:5",
        ("no operation 'cov1d'", "one of conv1d, conv2d", "try conv1d"),
        "cov1d",
    ),
    Bad(
        "an operation without its rank",
        "y = conv(x[4], w[3])",
        "1:5",
        ("no operation 'conv'", "try conv1d"),
        "conv(",
    ),
    Bad(
        "a misspelt option",
        "y = conv1d(x[4], w[3], pading=1)",
        "1:24",
        ("no option 'pading'", "stride or padding or dilation", "try padding"),
        "pading",
    ),
    Bad(
        "an option of another operation",
        "y = max_pool2d(x[4,4], 2, count_include_pad=False)",
        "1:27",
        ("max_pool2d has no option 'count_include_pad'", "ceil_mode"),
        "count_include_pad",
    ),
    Bad(
        "a misspelt value",
        'y = conv1d(x[4], w[3], padding="smae")',
        "conv1d: padding",
        ("'smae'", "valid or same or full or causal", "try 'same'"),
    ),
    Bad(
        "a value without its quotation marks",
        "y = conv1d(x[4], w[3], padding=same)",
        "conv1d: padding",
        ("same without quotation marks is a symbol", 'try padding="same"'),
    ),
    Bad(
        "a mode without its quotation marks",
        "y = convolve(x[4], w[3], mode=full)",
        "convolve: mode",
        ("full without quotation marks", 'try mode="full"'),
    ),
    Bad(
        "a yes or no in other words",
        "y = max_pool2d(x[4,4], 2, ceil_mode=yes)",
        "max_pool2d: ceil_mode",
        ("yes or no", "True or False", "got yes"),
    ),
    Bad(
        "an option twice",
        "y = conv1d(x[4], w[3], stride=2, stride=3)",
        "1:34",
        ("stride is given twice",),
        "stride=3",
    ),
    Bad(
        "an option by place and by name",
        "y = conv1d(x[4], w[3], 1, stride=2)",
        "1:27",
        ("stride is given twice", "got 1 and 2"),
        "stride=2",
    ),
    Bad(
        "a tensor too few",
        "y = conv1d(x[4])",
        "1:5",
        ("conv1d needs 2 tensors", "x, w, b (optional)", "got x"),
        "conv1d",
    ),
    Bad(
        "a tensor too many",
        "y = relu(x[4], w[3])",
        "1:16",
        ("relu takes no tensor w", "expected x"),
        "w[3]",
    ),
    Bad(
        "a tensor without sizes",
        "y = conv1d(x, w[3])",
        "conv1d",
        ("x has no sizes", "try x[N] or x=[a,b,c]"),
    ),
    Bad(
        "a name for two tensors",
        "y = conv1d(x[4], x[3])",
        "1:18",
        ("x is used for two things", "got 4 and 3", "another name"),
        "x[3]",
    ),
    Bad(
        "a name for a tensor and a size",
        "y = conv1d(N[4], w[N])",
        "1:12",
        ("N is used for two things, a tensor and a size",),
        "N[4]",
    ),
    Bad(
        "a result that is also an input",
        "y = conv1d(y[4], w[3])",
        "1:5",
        ("y is made from itself", "try y2"),
        "conv1d",
    ),
    Bad(
        "a result made twice",
        "y = conv1d(x[4], w[3])\ny = relu(y)",
        "2:5",
        ("y is already in use", "try y2"),
        "relu",
    ),
    Bad(
        "a result used before it is made",
        "y = relu(h)\nh = conv1d(x[4], w[3])",
        "1:10",
        ("h is used before it is made", "try the line of h first"),
        "h)",
    ),
    Bad(
        "one tensor with two shapes",
        "h = conv1d(x[4], w[3])\ny = conv1d(x[5], h)",
        "2:12",
        ("x is used for two things", "shape (4,), as before", "got shape (5,)"),
        "x[5]",
    ),
    Bad(
        "an operation inside an operation",
        "y = relu(conv1d(x[4], w[3]))",
        "1:10",
        ("conv1d(…) cannot stand inside", "one operation on each line"),
        "conv1d",
    ),
    Bad(
        "round brackets for sizes",
        "y = conv1d(x(4), w[3])",
        "1:12",
        ("x(…) cannot stand", "try x[…] for a tensor"),
        "x(4)",
    ),
    Bad(
        "a factor with a name",
        "y = scale(x[3], s)",
        "scale: factor",
        ("must be a number", "got s", "y[i] = s[0] * x[i]"),
    ),
    # --- elements ---
    Bad(
        "rows of different lengths",
        "y = conv2d(x=[[1,2],[3]], w=[[1]])",
        "1:21",
        ("different lengths", "a list of 2", "a list of 1"),
        "[3]",
    ),
    Bad(
        "elements that do not fit the sizes",
        "y = conv1d(x[4]=[1,2,3], w[2])",
        "1:12",
        ("sizes of x do not agree with its elements", "x[3]", "got x[4]"),
        "x[4]",
    ),
    Bad(
        "no elements",
        "y = conv1d(x=[], w=[1])",
        "1:14",
        ("the list is empty",),
        "[]",
    ),
    Bad(
        "a size of zero",
        "y = conv1d(x[0], w[3])",
        "1:14",
        ("x has a size of 0", "at least 1"),
        "0",
    ),
    Bad(
        "half a size",
        "y = conv1d(x[4.5], w[3])",
        "1:14",
        ("fraction", "whole numbers", "'4.5'"),
        "4.5",
    ),
    # --- signs ---
    Bad(
        "a bracket never closed",
        "y = conv1d(x[4], w[3]",
        "1:11",
        ("the ( is never closed", "expected )"),
        "(",
    ),
    Bad(
        "the wrong bracket",
        "y = conv1d(x[4, w[3])",
        "1:21",
        (") does not close the [", "line 1, column 13", "expected ]"),
        ")",
    ),
    Bad(
        "a bracket too many",
        "y = conv1d(x[4], w[3]))",
        "1:23",
        (") closes nothing",),
        ")",
    ),
    Bad(
        "a comma forgotten",
        "y = conv1d(x[4] w[3])",
        "1:17",
        ("'w' does not fit", "try a comma"),
        "w[3]",
    ),
    Bad(
        "two equals signs",
        "y == conv1d(x[4], w[3])",
        "1:3",
        ("'=='", "= to name a result"),
        "==",
    ),
    Bad(
        "a quotation mark never closed",
        'y = conv1d(x[4], w[3], padding="same)',
        "1:32",
        ("never closed", 'a second "'),
        '"same',
    ),
    Bad(
        "a program instead of a spec",
        'y = __import__("os").system("ls")',
        "1:21",
        ("'.' is not a sign of the spec language",),
        ".system",
    ),
    Bad(
        "LaTeX instead of a spec",
        r"y = \frac{a}{b}",
        "1:5",
        ("spec language, not LaTeX", "y = conv1d(x[4], w[3])"),
        "\\frac",
    ),
    # --- sums of one's own ---
    Bad(
        "an index without a range",
        "y[o] = sum(w[k] * x[o + k], k=0..K-1)",
        "1:3",
        ("the index o has no range", "for o = 0..O-1"),
        "o]",
    ),
    Bad(
        "a sum without a range",
        "y[o] = sum(w[k] * x[o + k]) for o = 0..3",
        "1:8",
        ("sum has no range", "k=first..last"),
        "sum",
    ),
    Bad(
        "a range for an index that is not there",
        "y[o] = x[o] for i = 0..3",
        "1:17",
        ("i has a range but is no index of y", "expected o"),
        "i =",
    ),
    Bad(
        "a range that runs backwards",
        "y[o] = sum(w[k] * x[o + k], k=2..0) for o = 0..3",
        "1:31",
        ("the range of k is empty", "got 2..0"),
        "2..0",
    ),
    Bad(
        "a range that depends on an index",
        "y[o] = sum(x[k], k=0..o) for o = 0..3",
        "y[o]",
        ("the range of k depends on o", "k <= o"),
    ),
    Bad(
        "an index for the result and the sum",
        "y[o] = sum(x[o], o=0..2) for o = 0..3",
        "1:18",
        ("o is used for two things", "different letters"),
        "o=0",
    ),
    Bad(
        "a tensor whose size is nowhere",
        "y[o] = sum(x[o*k], k=0..2) for o = 0..O-1",
        "y[o]",
        ("size of x cannot be worked out from o*k", "with x[N]"),
    ),
    Bad(
        "a function that is not there",
        "y[o] = sin(x[o]) for o = 0..3",
        "1:8",
        ("no function sin", "relu, sigmoid, tanh"),
        "sin",
    ),
    Bad(
        "a hat for a power",
        "y[o] = x[o]^2 for o = 0..3",
        "1:12",
        ("'^' is not a sign", "try ** for a power"),
        "^",
    ),
    Bad(
        "a tensor under a fraction bar",
        "y[o] = x[o] / t[o] for o = 0..3",
        "1:15",
        ("only numbers divide", "'t[o]'"),
        "t[o]",
    ),
)

COMMANDS = (
    (("size", "nofile.txt"), ("neither a file nor a spec", "y = conv1d", "'nofile.txt'")),
    (("size", "y = conv1d(x[N], w[3])", "M=5"), ("no open size M", "expected N", "got M=5")),
    (("size", "y = conv1d(x[4], w[3])", "N=5"), ("no open size N", "all have numbers")),
    (("size", "y = conv1d(x[NN], w[3])", "NM=5"), ("no open size NM", "try NN=5")),
    (("size", "y = conv1d(x[N], w[3])", "N=x"), ("N is not given a whole number", "'N=x'")),
    (("size", "y = conv1d(x[N], w[3])", "N=4", "N=5"), ("N is given twice", "N=4", "N=5")),
    (("size", "y = conv1d(x[N], w[3])", "N=2"), ("kernel is larger", "at most 2", "got 3")),
    (("matrix", "y = conv1d(x[N], w[K])", "--of", "x"), ("K, N", "try K=4 N=4")),
    (("matrix", "y = conv1d(x[5], w[3])", "--of", "q"), ("no tensor q", "x, w, y", "got q")),
    (("matrix", "y = relu(x[5])", "--of", "x"), ("not linear in x", "relu", "gradient")),
    (("matrix", "y = conv1d(x[5], x)", "--of", "x"), ("not linear in x", "2 times")),
    (("matrix", "y = conv1d(x[5], w[3])", "--of", "w", "--padded"), ("w is not padded",)),
    (("derive", "y = conv1d(x[5], w[3])", "--of", "q"), ("does not depend on q", "x, w")),
    (("graph", "y = conv1d(x[N], w[3])", "--level", "scalar"), ("concrete sizes", "try N=4")),
    (
        ("graph", "y = conv2d(x[64,64], w[9,9])", "--level", "scalar"),
        ("too large", "at most 2,000 nodes", "smaller sizes"),
    ),
    (
        ("matrix", "y = conv2d(x[500,500], w[50,50])", "--of", "x"),
        ("too large", "451 x 451 x 50 x 50", "smaller sizes"),
    ),
    (("report", "nowhere.md"), ("nowhere.md", "no such file")),
)
"""Commands that end with 2, and what they say."""


def note(*lines: str) -> str:
    """A note with its title, whose first line stands third."""
    return "\n".join(["# A note", "", *lines, ""])


CONV = ("```{operation}", "y = conv1d(x[4], w[3])", "```")
F = "```"

NOTES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "no title": ("Only words.\n", 1, ("starts with its title", "# Title")),
    "an empty note": ("", 1, ("starts with its title",)),
    "a misspelt directive": (
        note("```{matrx} x", F),
        3,
        ("no directive {matrx}", "operation, definition, size", "try {matrix}"),
    ),
    "a directive in capitals": (note("```{Matrix} x", F), 3, ("not a directive", "try {matrix}")),
    "braces never closed": (note("```{matrix x", F), 3, ("not a directive", "{name}")),
    "no operation yet": (
        note("```{matrix} x", F),
        3,
        ("no operation is declared", "{operation} directive before"),
    ),
    "an empty operation": (note("```{operation}", F), 3, ("needs a spec", "y = conv1d(…)")),
    "a misspelt option of the spec, in its own line": (
        note("```{operation}", "h = relu(x[4])", "y = conv1d(h, w[3], strid=2)", F),
        5,
        ("{operation}", "line 2, column 21", "no option 'strid'", "try stride"),
    ),
    "sizes that clash": (
        note("```{operation}", "y = conv1d(x[4], w[7])", F),
        3,
        ("{operation}: conv1d", "at most 4", "got 7"),
    ),
    "a clash in a chain": (
        note("```{operation}", "h = conv1d(x[9], w[3])", "y = conv1d(h, v[8])", F),
        3,
        ("{operation}: line 2, column 5: conv1d", "at most 7", "got 8"),
    ),
    "two operations of one name": (
        note("```{operation} a", "y = relu(x[4])", F, "```{operation} a", "y = tanh(x[4])", F),
        6,
        ("a is declared twice", "try {operation} a2"),
    ),
    "no tensor named": (
        note(*CONV, "```{matrix}", F),
        6,
        ("about a tensor", "x, w, y", "got nothing", "try {matrix} x"),
    ),
    "another tensor named": (note(*CONV, "```{steps} q", F), 6, ("x, w, y", "got q")),
    "a name where none belongs": (note(*CONV, "```{code} x", F), 6, ("{code}", "got x")),
    "a misspelt option": (
        note(*CONV, "```{matrix} x", ":paded: true", F),
        6,
        ("{matrix} has no option 'paded'", "padded", "try padded"),
    ),
    "neither yes nor no": (
        note(*CONV, "```{matrix} x", ":padded: maybe", F),
        6,
        (":padded: is a yes or no", "true or false", "got maybe"),
    ),
    "an option twice": (
        note(*CONV, "```{matrix} x", ":padded: true", ":padded: no", F),
        8,
        ("the option padded is given twice",),
    ),
    "an option without its colon": (
        note(*CONV, "```{matrix} x", ":padded true", F),
        7,
        ("not an option", ":name: value", "got :padded true"),
    ),
    "an option after the spec": (
        note("```{matrix} x", "y = conv1d(x[4], w[3])", ":padded: true", F),
        5,
        ("an option after the body", "under the opening fence"),
    ),
    "a fence never closed": (
        note("```{matrix} x", "y = conv1d(x[4], w[3])"),
        3,
        ("fence is never closed",),
    ),
    "a directive in a list": (
        note("- one", "", "  ```{matrix} x", "  y = relu(x[4])", "  ```"),
        5,
        ("inside a list", "left margin"),
    ),
    "a size in words": (
        note("```{matrix} x", ":sizes: N=four", "y = conv1d(x[N], w[3])", F),
        3,
        ("N is not given a whole number", "'N=four'", "try N=4"),
    ),
    "a size that is missing": (
        note("```{matrix} x", "y = conv1d(x[N], w[3])", F),
        3,
        ("a number for each of N", "try :sizes: N=4"),
    ),
    "a size that is not there": (
        note("```{matrix} x", ":sizes: N=5 M=3", "y = conv1d(x[N], w[3])", F),
        3,
        ("no open size M", "expected N"),
    ),
    "an operation that was not named": (
        note("```{operation} first", "y = relu(x[4])", F, "```{outputs}", ":of: frist", F),
        6,
        ("no operation frist", "one of first", "try :of: first"),
    ),
    "a misspelt kind of gradient": (
        note("```{gradient} x", ":show: gatherd", "y = conv1d(x[4], w[3])", F),
        3,
        ("no such kind of gradient: gatherd", "raw, gathered", "try :show: gathered"),
    ),
    "a closed form that is not there": (
        note("```{gradient} b", ":show: closed", "y = conv1d(x[2,4], w[1,2,3], b[1])", F),
        3,
        ("db is not one convolution", "no closed form"),
    ),
    "a misspelt figure": (
        note("```{figure} window", "y = conv1d(x[4], w[3])", F),
        3,
        ("no such figure", "windows, slide, overlap", "got window", "try {figure} windows"),
    ),
    "a figure of something else": (
        note("```{figure} windows", "y = relu(x[4])", F),
        3,
        ("no window to draw", "a convolution", "got relu"),
    ),
    "sliding without numbers": (
        note("```{figure} slide", "y = convolve(x[4], w[2])", F),
        3,
        ("two sequences of numbers", "try x=[1,3,2]"),
    ),
    "a misspelt level": (
        note("```{graph}", ":level: scaler", "y = conv1d(x[4], w[2])", F),
        3,
        (":level: has no choice 'scaler'", "operation, scalar", "try scalar"),
    ),
    "numbers without sizes": (
        note("```{worked}", "y = conv1d(x[N], w[2])", F),
        3,
        ("concrete sizes", "try :sizes: N=8"),
    ),
    "a number in words": (
        note("```{worked}", ":first: two", "y = conv1d(x[4], w[2])", F),
        3,
        (":first: is a whole number", "got two"),
    ),
    "less than one": (
        note("```{worked}", ":first: -2", "y = conv1d(x[4], w[2])", F),
        3,
        (":first:", "at least 1", "got -2"),
    ),
    "partial sums over nothing": (
        note("```{worked}", ":by: q", "y = conv1d(x[4], w[2])", F),
        3,
        ("no term sums over q", "one of k"),
    ),
    "a box that is no interval": (
        note("```{boxes}", ":f: 0 1", ":h: 0 a", F),
        3,
        (":h: is an interval", "0 2", "got 0 a"),
    ),
    "a box that runs backwards": (
        note("```{boxes}", ":f: 2 0", ":h: 0 1", F),
        3,
        ("a start before its end", "2 … 0"),
    ),
    "times that are no numbers": (
        note("```{figure} sliding-boxes", ":f: 0 1", ":h: 0 1", ":at: soon", F),
        3,
        (":at: is a list of times", "0 1/2 1", "got soon"),
    ),
    "a matrix that is not square": (
        note("```{dft} x", "y = conv1d(x[4], w[2])", F),
        3,
        ("only a square matrix", "got 3 x 4"),
    ),
    "exchanging one tensor": (
        note("```{commutes}", "y = relu(x[4])", F),
        3,
        ("the two tensors of one operation", "got relu"),
    ),
    "exchanging in a chain": (
        note("```{commutes}", "h = relu(x[4])", "y = conv1d(h, w[2])", F),
        3,
        ("the two tensors of one operation", "got relu, conv1d"),
    ),
    "views of a plain convolution": (
        note("```{views}", "y = conv1d(x[4], w[2])", F),
        3,
        ("one transposed convolution", "conv_transpose1d", "got conv1d"),
    ),
    "witnesses of a chain": (
        note("```{witnesses}", "h = relu(x[4])", "y = tanh(h)", F),
        3,
        ("one operation", "got relu, tanh"),
    ),
    "a matrix of a square": (
        note("```{matrix} x", "y[o] = x[o] * x[o] for o = 0..2", F),
        3,
        ("not linear in x", "2 times"),
    ),
    "a misspelt command of LaTeX": (note("$\\frca{a}{b}$"), 3, ("\\frca", "try \\frac")),
    "an environment closed by another": (
        note("$$\\begin{aligned} a \\end{algined}$$"),
        3,
        ("\\begin{aligned}", "\\end{aligned} last"),
    ),
    "dollars without a partner": (note("a $$ b"), 3, ("$$ has no partner", "two dollars")),
    "a brace never closed": (note("$\\frac{a}{b$"), 3, ("} is missing",)),
    "a seed in words": (note("<!-- seed: often -->"), 3, ("not a seed", "<!-- seed: 0 -->")),
    "a comment never closed": (note("<!-- to do"), 3, ("comment is never closed", "-->")),
    "a control character": (note("a\x07b"), 3, ("control character", "U+0007")),
}
"""Notes by kind: the text, the line that is named, and what is said."""


def in_order(line: str, words: tuple[str, ...]) -> None:
    """Every piece of text is in the line, each behind the one before."""
    start = 0
    for word in words:
        found = line.find(word, start)
        assert found >= 0, f"{word!r} is not (or not here) in: {line}"
        start = found + len(word)
