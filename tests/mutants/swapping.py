"""Gives the code of a mutant to functions that are already imported."""

import gc
from collections.abc import Iterator
from inspect import CO_NEWLOCALS
from types import CodeType, FunctionType

Key = tuple[str, int]
Functions = dict[str, list[FunctionType]]


def find_functions(root: str) -> Functions:
    """Return all functions of the modules below a folder, by file."""
    found: Functions = {}
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(root):
            found.setdefault(each.__code__.co_filename, []).append(each)
    return found


def swap_functions(functions: list[FunctionType], path: str, source: str, mutated: str) -> bool:
    """
    Replace the code of those functions of a module whose code differs in the mutant.

    Return False if the mutant differs outside of functions, or if no function has the old code. Raise
    ValueError if the mutant uses other variables of an enclosing function.
    """
    before, after = compile(source, path, "exec"), compile(mutated, path, "exec")
    pairs = list(zip(_list_codes(before), _list_codes(after), strict=True))
    # A mutant with fewer lines moves the functions below it, so their code differs in its line numbers.
    changed = {_key(old): new for old, new in pairs if old != new}
    found = set()
    for function in functions:
        if (key := _key(function.__code__)) in changed:
            function.__code__ = changed[key]
            found.add(key)
    return bool(found) and _outside(before) == _outside(after)


def _key(code: CodeType) -> Key:
    return code.co_qualname, code.co_firstlineno


def _list_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of functions of a module and its classes, but not of functions inside functions."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & CO_NEWLOCALS:
                yield constant
            else:
                yield from _list_codes(constant)


def _outside(code: CodeType) -> tuple[object, ...]:
    """Return the code of a module or a class without the bodies of its functions."""
    constants = (
        (_outside(c) if not c.co_flags & CO_NEWLOCALS else c.co_qualname)
        if isinstance(c, CodeType)
        else repr(c)
        for c in code.co_consts
    )
    return code.co_code, code.co_names, tuple(constants)
