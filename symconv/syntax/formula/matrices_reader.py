"""Reading matrices and lists written out, and the transposes and flips behind arrays."""

from __future__ import annotations

from symconv.syntax.formula.clauses import ClauseReader
from symconv.syntax.formula.trees import (
    Called,
    Dots,
    Listed,
    Matrix,
    Node,
    Number,
    Transposed,
)
from symconv.syntax.formula.wholes_words import (
    DOTS,
    ENDS,
)

CLOSE = {"(": ")", "[": "]"}
MOST_ENTRIES = 10_000
RELATED = frozenset("= := += < <= > >= != \\mid \\in |".split())


class MatrixReader(ClauseReader):
    """Matrices written out."""

    def rows(self) -> None:
        """Account for alignment marks and row breaks, which inside a matrix are its own."""
        if not self.cells:
            super().rows()

    def after_rows(self) -> str:
        """What comes after alignment marks and row breaks, outside matrices."""
        return self.peek() if self.cells else super().after_rows()

    def lists(self) -> bool:
        """Whether a bracket opens a list: entries parted by commas, and no relations."""
        depth, ahead, comma = 1, 1, False
        while depth and self.peek(ahead):
            text = self.peek(ahead)
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
            if depth == 1 and (text in RELATED or text in ("and", ";")):
                return False
            comma = comma or (depth == 1 and text == ",")
            ahead += 1
        return comma

    def listed(self, at: int) -> Node:
        """``[a, b, c]``, ``[[a, b], [c, d]]``, ``(a, b)``."""
        closing = CLOSE[self.take("bracket").text]
        self.enter()
        self.cells += 1
        found = [self._entry()]
        while self.peek() == ",":
            self.take("comma")
            if self.peek() != closing:
                found.append(self._entry())
        self.cells -= 1
        self.leave()
        self.expect(closing, "bracket")
        inner = [item.items for item in found if isinstance(item, Listed)]
        if inner and len(inner) == len(found) and len({len(row) for row in inner}) == 1:
            return self.turned(Matrix(tuple(inner), at), at)
        return self.turned(Listed(tuple(found), at), at)

    def _entry(self) -> Node:
        at = self.offset
        if self.peek() in CLOSE and self.lists():
            return self.listed(at)
        if self.peek() in DOTS:
            self.take("matrix dots")
            return Dots(at)
        return self.expression()

    def matrix(self, at: int) -> Node:
        r"""``\begin{pmatrix} … & … \\ … \end{pmatrix}``."""
        begin = self.take("matrix").text
        if begin == "\\begin{array}" and self.peek() == "{":
            while self.peek() and self.take("matrix").text != "}":
                pass
        self.enter()
        self.cells += 1
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        count = 0
        while True:
            self._gaps()
            if self.peek() in ENDS and not row:
                break
            row.append(self._cell())
            count += 1
            if count > MOST_ENTRIES:
                raise self.error("this matrix is too large", f"at most {MOST_ENTRIES} entries")
            self._gaps()
            if self.peek() == "&":
                self.take("matrix")
                continue
            rows.append(self._row(row))
            row = []
            if self.kind() == "row":
                self.take("matrix")
            elif self.peek() not in ENDS:
                got = self.peek() or "the end"
                raise self.error(f"{got} stands where this entry should end", r"& or \\")
        self.cells -= 1
        self.leave()
        self._ends(begin)
        rows = _filled(rows)
        if not rows or len({len(line) for line in rows}) != 1:
            raise self.error("the rows of this matrix are not of one length", at=at)
        return self.turned(Matrix(tuple(rows), at), at)

    def _row(self, row: list[Node]) -> tuple[Node, ...]:
        """A row; beside dots entries may be left empty."""
        empty = [entry for entry in row if isinstance(entry, Listed)]
        if empty and not any(isinstance(entry, Dots) for entry in row):
            raise self.error("an entry of this matrix is empty", "0", empty[0].at)
        return tuple(Dots(entry.at) if isinstance(entry, Listed) else entry for entry in row)

    def _cell(self) -> Node:
        at = self.offset
        if self.kind() == "row" or self.peek() in ENDS:
            return Listed((), at)
        if self.peek() in DOTS and (self.kind(1) in ("row", "gap") or self.peek(1) in ENDS):
            self.take("matrix dots")
            return Dots(at)
        return self.expression()

    def _ends(self, begin: str) -> None:
        if self.peek() != begin.replace("begin", "end"):
            raise self.error("this matrix ends otherwise than it begins")
        self.take("matrix")

    def _gaps(self) -> None:
        while self.kind() == "gap":
            self.take("layout")

    def turned_ahead(self) -> int:
        r"""How many tokens make ``^T``, ``^\top``, ``^{\mathsf{T}}``; 0 where none comes."""
        if self.peek() == "ᵀ":
            return 1
        if self.peek() != "^" or any(key.endswith("^T") for key in self.lexicon.views):
            return 0
        ahead, depth = 1, 0
        while self.peek(ahead) in ("{", "\\mathbf", "\\mathbb"):
            depth += self.peek(ahead) == "{"
            ahead += 1
        if self.peek(ahead) not in ("T", "\\top", "\\intercal", "⊤"):
            return 0
        for _ in range(depth):
            ahead += 1
            if self.peek(ahead) != "}":
                return 0
        return ahead + 1

    def flipped_ahead(self) -> int:
        r"""How many tokens make ``^{\text{rot180}}``; 0 where none comes."""
        braced = self.peek(1) == "{"
        if self.peek() != "^" or self.peek(1 + braced) not in ("rot180", "flip", "rot"):
            return 0
        count = 2 + braced
        if self.peek(1 + braced) == "rot":
            if self.peek(count) != "180":
                return 0
            count += 1
        return count + 1 if braced and self.peek(count) == "}" else 0 if braced else count

    def dotted_name(self, node: Node) -> bool:
        """Whether ``.T`` or ``.shape`` stands right behind a name or a bracket."""
        behind = self.tokens[self.here - 1].end == self.offset
        return behind and not isinstance(node, Number)

    def array_mark(self) -> bool:
        """Whether a transpose or a flip comes next."""
        return bool(self.turned_ahead() or self.flipped_ahead())

    def turned(self, node: Node, at: int) -> Node:
        """The node with the transposes and flips that stand behind it, and an index."""
        while True:
            if self.peek() == "." and self.peek(1) in ("T", "shape") and self.dotted_name(node):
                self.take("array function")
                shape = self.take("array function").text == "shape"
                node = Called("shape", (node,), at) if shape else Transposed(node, at)
                continue
            count, flips = self.turned_ahead(), self.flipped_ahead()
            for _ in range(count or flips):
                self.take("transposed" if count else "array function")
            if count:
                node = Transposed(node, at)
            elif flips:
                node = Called("flip", (node,), at)
            else:
                return node


def _filled(rows: list[tuple[Node, ...]]) -> list[tuple[Node, ...]]:
    """A row that is dots alone leaves out whole rows, however long they are."""
    width = max(map(len, rows), default=0)
    alone = [len(row) == 1 and isinstance(row[0], Dots) for row in rows]
    return [row * width if dots else row for row, dots in zip(rows, alone, strict=True)]
