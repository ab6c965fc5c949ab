"""The quick decorator against the standard one: the same class in everything that can be seen."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field

import pytest

from symconv import values


def both(text, **options):
    """The class of a text, decorated by the quick and by the standard decorator."""
    made = []
    for decorator in (values.dataclass, dataclasses.dataclass):
        names = {"dataclass": decorator, "field": field, "__name__": __name__}
        exec("from __future__ import annotations\n" + text, names)
        made.append(names["Value"])
    return made


PLAIN = '''
@dataclass(frozen=True, slots=True)
class Value:
    """A value."""
    a: int
    b: str = "b"
    c: list[int] = field(default_factory=list)
'''
HIDDEN = '''
@dataclass(frozen=True, slots=True)
class Value:
    """One field counts for nothing, one is not shown, one is not given."""
    a: int
    b: str = field(default="b", compare=False)
    c: tuple[int, ...] = field(default=(), repr=False, hash=False)
    d: list[int] = field(default_factory=list, init=False, compare=False)
    e: int = field(default=5, init=False)
'''
POST = '''
@dataclass(frozen=True, slots=True)
class Value:
    """What is given is looked at."""
    a: int
    b: int = 2
    c: int = 3
    def __post_init__(self):
        object.__setattr__(self, "c", self.a + self.b)
'''
OWN = '''
@dataclass(frozen=True, slots=True)
class Value:
    """Methods of its own are kept."""
    a: int
    b: int = 0
    c: int = 0
    def __eq__(self, other):
        return self.a % 5 == other.a % 5
    def __hash__(self):
        return self.a % 5
    def __repr__(self):
        return f"<{self.a}>"
'''
EQUAL = '''
@dataclass(frozen=True, slots=True)
class Value:
    """An equality of its own, and the hash of all fields."""
    a: int
    b: int = 0
    c: int = 0
    def __eq__(self, other):
        return self.a == other.a
'''
CHILD = '''
@dataclass(frozen=True, slots=True)
class Parent:
    """The first fields."""
    a: int
    b: int = 2
@dataclass(frozen=True, slots=True)
class Value(Parent):
    """One more."""
    c: int = 3
'''
IDENTITY = '''
@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Equal to itself alone."""
    a: int
    b: int = 2
    c: int = 3
'''
CASES = (PLAIN, HIDDEN, POST, OWN, EQUAL, CHILD, IDENTITY)
CALLS = (((1,), {}), ((2,), {"b": 4}), ((6, 4), {}), ((7,), {"b": 4}), ((2, 4), {}), ((2, 9), {}))


@pytest.fixture(params=CASES, ids=[case.split('"""')[1] for case in CASES])
def classes(request):
    return both(request.param)


def outcome(action):
    """What an action gives, or its error in words."""
    try:
        return action()
    except Exception as error:
        return type(error), str(error)


def test_values_show_themselves_alike(classes):
    for given, named in CALLS:
        ours, theirs = (repr(kind(*given, **named)) for kind in classes)
        assert ours == theirs


def test_values_are_equal_alike_and_hash_alike(classes):
    sets = [[kind(*given, **named) for given, named in CALLS] for kind in classes]
    ours, theirs = ([[a == b for b in made] for a in made] for made in sets)
    assert ours == theirs
    if classes[1].__hash__ is object.__hash__:
        assert classes[0].__hash__ is object.__hash__
        return
    hashes = [[outcome(lambda v=v: hash(v)) for v in made] for made in sets]
    assert hashes[0] == hashes[1]


def test_another_class_is_not_equal(classes):
    quick, standard = classes
    if quick.__doc__ != "Methods of its own are kept." and "equality" not in quick.__doc__:
        assert quick(1) != standard(1)
        assert quick(1).__eq__(1) is NotImplemented


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), ((1, 2, 3, 4, 5, 6), {}), ((1,), {"z": 1}), ((1,), {"a": 1})],
)
def test_wrong_calls_are_refused_alike(classes, given, named):
    ours, theirs = (outcome(lambda kind=kind: kind(*given, **named)) for kind in classes)
    assert ours[0] is theirs[0] is TypeError
    assert ours[1] == theirs[1]


def test_nothing_can_be_set_or_deleted(classes):
    for action in (lambda v: setattr(v, "a", 3), lambda v: delattr(v, "a"),
                   lambda v: setattr(v, "new", 3)):  # fmt: skip
        quick, standard = (kind(1) for kind in classes)
        with pytest.raises(dataclasses.FrozenInstanceError) as ours:
            action(quick)
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)) as theirs:
            action(standard)
        assert theirs.type is TypeError or str(ours.value) == str(theirs.value)
        assert quick.a == 1


def test_fields_and_patterns_are_the_standard_ones(classes):
    quick, standard = classes
    assert quick.__match_args__ == standard.__match_args__
    assert quick.__slots__ == standard.__slots__
    assert not hasattr(quick(1), "__dict__")
    names = [[(f.name, f.type) for f in dataclasses.fields(kind)] for kind in classes]
    assert names[0] == names[1]
    match quick(8):
        case quick(a=value):
            assert value == 8


def test_replace(classes):
    ours, theirs = (repr(dataclasses.replace(kind(1, b=9), a=5)) for kind in classes)
    assert ours == theirs


@pytest.mark.parametrize("called", [False, True])
def test_signatures(classes, called):
    ours, theirs = (
        (kind(1) if called else None, [str(p).split(":")[0].split("=")[0]
         for p in inspect.signature(kind).parameters.values()])[1] for kind in classes
    )  # fmt: skip
    assert ours == theirs
    defaults = [[repr(p.default) for p in inspect.signature(kind).parameters.values()]
                for kind in classes]  # fmt: skip
    assert defaults[0] == defaults[1]


def test_a_value_that_can_be_called_has_its_own_signature():
    quick, standard = both(PLAIN + "    def __call__(self, x, y): return x\n")
    ours, theirs = (str(inspect.signature(kind(1))) for kind in (quick, standard))
    assert ours == theirs == "(x, y)"


def test_defaults_made_anew_are_not_shared():
    quick, _ = both(PLAIN)
    one, other = quick(1), quick(1)
    assert one.c == other.c == []
    assert one.c is not other.c
    assert quick(1, c=None).c is None


@values.dataclass(frozen=True, slots=True)
class Kept:
    """A value that a file can hold."""

    a: int
    b: tuple[int, ...] = ()


def test_pickle_and_copy():
    value = Kept(1, (2, 3))
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.copy(value) == copy.deepcopy(value) == value
    assert copy.copy(value) is not value


def test_a_field_by_name_alone_is_not_supported():
    with pytest.raises(TypeError, match=r"Value\.b: a field that is given by name alone"):
        both(PLAIN.replace('b: str = "b"', 'b: str = field(default="b", kw_only=True)'))[0](1)


def test_other_arguments_are_the_standard_decorators():
    quick = both(PLAIN.replace("frozen=True, slots=True", "slots=True"))[0]
    value = quick(1)
    value.a = 5
    assert value.a == 5


def test_nothing_is_compiled_before_it_is_asked_for(monkeypatch):
    asked = []
    real = values._compiled
    monkeypatch.setattr(values, "_compiled", lambda *a: asked.append(a[1]) or real(*a))
    quick, _ = both(PLAIN)
    assert asked == []
    assert quick(1) != quick(2)
    quick(3)
    assert asked == ["__init__", "__eq__"]


def test_threads_may_ask_together():
    with ThreadPoolExecutor(4) as pool:
        for _ in range(50):
            quick, _ = both(POST)
            assert {value.c for value in pool.map(quick, [3] * 8)} == {5}
