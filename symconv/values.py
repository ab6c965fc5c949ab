"""Frozen values: `dataclasses.dataclass(frozen=True, slots=True)`, made in a quarter of its time.

The standard decorator writes six methods of each class as source text and compiles all of them,
half a millisecond a class, and symconv has some hundred classes of this kind.  Here the fields
and slots are still the standard decorator's, so that `replace`, `fields`, `match` and the type
checker see what they know; a method's text is compiled when the first value asks for the method.
Any other arguments than those two are handed on to the standard decorator.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """The decorator."""
        compared = options.pop("eq", True)
        if options == {"frozen": True, "slots": True}:
            return partial(_frozen, compared=compared)
        return dataclasses.dataclass(**options, eq=compared)


def _frozen(cls: type, compared: bool = True) -> type:
    """The class with slots, and with the methods below where it has none of its own."""
    own = {name for name, method in cls.__dict__.items() if method is not None}
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    compiled = [name for name in _TEXTS if name not in own and (compared or name == "__init__")]
    for name in compiled:
        setattr(made, name, _waiting(made, name))
    if "__init__" in compiled:
        made.__signature__ = _Signature(made)  # type: ignore[attr-defined]
    for name, method in _METHODS.items():
        if name not in own:
            setattr(made, name, method)
    return made


# --- methods that stay --------------------------------------------------------------------------


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _shown(self: Any) -> str:
    fields = (f for f in dataclasses.fields(self) if f.repr)
    inside = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields)
    return f"{type(self).__qualname__}({inside})"


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


# --- methods that are compiled when they are asked for ------------------------------------------


def _waiting(owner: type, name: str) -> Callable[..., Any]:
    """What stands in a method's place until it is called."""

    def method(self: object, *values: object, **named: object) -> Any:
        return _compiled(owner, name)(self, *values, **named)

    return method


def _compiled(owner: type, name: str) -> Callable[..., Any]:
    """The method, written for the fields of its class, and put in its place."""
    names: dict[str, Any] = {"__name__": owner.__module__}
    exec(_TEXTS[name](owner, names), names)
    method: Callable[..., Any] = names[name]
    method.__qualname__ = f"{owner.__qualname__}.{name}"
    setattr(owner, name, method)
    return method


class _Signature:
    """What a class is called with, for those who ask before there is a value."""

    def __init__(self, owner: type) -> None:
        self.owner = owner

    def __get__(self, value: object, cls: type) -> inspect.Signature:
        if value is not None:
            raise AttributeError("__signature__")
        _compiled(self.owner, "__init__")
        _, *parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
        return inspect.Signature(parameters)


def _text_of_init(cls: type, names: dict[str, Any]) -> str:
    """Each value is put into its slot; what a class does in `__post_init__` follows."""
    parameters, lines = ["self"], ["    pass"]
    for field in dataclasses.fields(cls):
        name = field.name
        if field.kw_only:
            raise TypeError(f"{cls.__name__}.{name}: a field that is given by name alone")
        names[f"_set_{name}"] = getattr(cls, name).__set__
        default, value = _default(field, names)
        if field.init:
            parameters.append(f"{name}={default}" if default else name)
        if field.init or default:
            lines.append(f"    _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    return "\n".join([f"def __init__({', '.join(parameters)}):", *lines])


def _default(field: dataclasses.Field[Any], names: dict[str, Any]) -> tuple[str, str]:
    """A field's default ("" where it has none) and the value that its slot gets."""
    name, default, make = field.name, f"_default_{field.name}", f"_make_{field.name}"
    if field.default is not dataclasses.MISSING:
        names[default] = field.default
        return default, name if field.init else default
    if field.default_factory is not dataclasses.MISSING:
        names[default], names[make] = _FACTORY, field.default_factory
        return (
            default,
            f"{make}() if {name} is {default} else {name}" if field.init else f"{make}()",
        )
    return "", name


def _text_of_eq(cls: type, names: dict[str, Any]) -> str:
    fields = [f.name for f in dataclasses.fields(cls) if f.compare]
    mine, others = (_tuple(f"{side}.{name}" for name in fields) for side in ("self", "other"))
    return f"""def __eq__(self, other):
    if self is other:
        return True
    if other.__class__ is self.__class__:
        return {mine} == {others}
    return NotImplemented"""


def _text_of_hash(cls: type, names: dict[str, Any]) -> str:
    fields = dataclasses.fields(cls)
    counted = [f.name for f in fields if (f.compare if f.hash is None else f.hash)]
    return f"def __hash__(self):\n    return hash({_tuple(f'self.{name}' for name in counted)})"


def _tuple(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"


class _Factory:
    """The default that stands for a new value."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()
_TEXTS = {"__init__": _text_of_init, "__eq__": _text_of_eq, "__hash__": _text_of_hash}
_METHODS: dict[str, Any] = {
    "__repr__": _shown,
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
