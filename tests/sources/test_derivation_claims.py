"""Claims of a derivation in `symconv check`: about the operation that they name, at sizes."""

import subprocess
import sys

import pytest

from symconv.audit.reading import audit_text

NOTE = """
```{operation} one
y = conv1d(x[N], w[K])
```

```{operation} two
y = conv1d(x[N], w[K], stride=2)
```

```{claim}
OPTIONS
y_o = \\sum_k w_k x_{o+k}
```
"""


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        ("", "refuted"),
        (":of: one", "proved"),
        (":of: two", "refuted"),
        (":of: one\n:sizes: N=5 K=2", "proved"),
        (":of: two\n:expect: refuted", "refuted"),
        (":of: three", "not_understood"),
        (":of: one\n:sizes: N", "not_understood"),
        (":of: one\n:sizes: Q=3", "not_understood"),
    ],
)
def test_a_claim_is_about_the_operation_that_it_names(options, outcome):
    (finding,) = audit_text(NOTE.replace("OPTIONS", options), "n.md")
    assert finding.verdict.outcome == outcome


def test_sizes_make_a_claim_one_about_numbers():
    text = NOTE.replace("OPTIONS", ":of: two\n:sizes: N=2 K=2")
    (finding,) = audit_text(text, "n.md")
    assert finding.verdict.outcome == "proved"  # a single window, where no stride is seen
    assert finding.verdict.scope.parameters == ()


def test_a_later_claim_is_about_the_last_operation_again():
    claim = "\n```{claim}\ny_o = \\sum_k w_k x_{2o+k}\n```\n"
    found = audit_text(NOTE.replace("OPTIONS", ":of: one") + claim, "n.md")
    assert [f.verdict.outcome for f in found] == ["proved", "proved"]


def test_python_m_symconv():
    done = subprocess.run(
        [sys.executable, "-m", "symconv", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("symconv")
