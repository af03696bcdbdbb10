"""Mutation operators that cosmic-ray lacks, for statements, return values and keyword arguments."""

from collections.abc import Iterator
from typing import Any

from cosmic_ray.ast import get_ast
from cosmic_ray.operators.operator import Example, Operator

QUERYSET_METHODS = {
    "filter", "exclude", "get", "create", "update", "get_or_create", "update_or_create",
    "select_for_update",
}  # fmt: skip
Positions = Iterator[tuple[Any, Any]]


class RemoveStatement(Operator):
    """Replaces a statement by `pass`: `f()`, `a.b = 1`, `a[0] = 1`, `x += 1`, a raise or a del."""

    def mutation_positions(self, node: Any) -> Positions:
        if node.type == "simple_stmt" and _has_effect(node.children[0]):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        _replace(node, 0, "pass")
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return (Example("f(1)\n", "pass\n"), Example("a.b = 1\n", "pass\n"))


def _has_effect(statement: Any) -> bool:
    if statement.type == "expr_stmt":
        target, operator = statement.children[:2]
        is_augmented = getattr(operator, "value", "=") != "="
        return is_augmented or target.type in ("atom_expr", "power")
    if statement.type == "keyword":
        return bool(statement.value == "raise")
    return statement.type in ("atom_expr", "power", "await", "raise_stmt", "del_stmt")


class ReturnNothing(Operator):
    """Returns None instead of a value."""

    def mutation_positions(self, node: Any) -> Positions:
        if node.type == "return_stmt" and node.children[1].get_code().strip() != "None":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        _replace(node, 1, "None")
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return (Example("def f():\n    return 1\n", "def f():\n    return None\n"),)


class RemoveKeyword(Operator):
    """Removes one keyword argument from the call of a queryset's method."""

    def mutation_positions(self, node: Any) -> Positions:
        yield from ((each.start_pos, each.end_pos) for each in _keywords(node))

    def mutate(self, node: Any, index: int) -> Any:
        left_out = _keywords(node)[index]
        arguments = left_out.parent
        position = arguments.children.index(left_out)
        last = position + (2 if arguments.type == "arglist" else 1)
        del arguments.children[position:last]
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return (Example("q.filter(a=1)", "q.filter()"),)


def _keywords(node: Any) -> list[Any]:
    """Return the keyword arguments if a node is the argument list of a queryset's method."""
    if node.type != "trailer" or node.children[0].value != "(" or len(node.children) < 3:
        return []
    before = node.get_previous_sibling()
    if (
        before is None
        or before.type != "trailer"
        or before.children[-1].get_code() not in QUERYSET_METHODS
    ):
        return []
    inner = node.children[1]
    arguments = inner.children if inner.type == "arglist" else [inner]
    return [
        each for each in arguments if each.type == "argument" and each.children[0].type == "name"
    ]


def _replace(node: Any, index: int, code: str) -> None:
    """Replace a child of a node by code; keep the whitespace and comments before it."""
    prefix = node.children[index].get_first_leaf().prefix
    node.children[index] = get_ast(prefix + code)
