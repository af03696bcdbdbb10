"""The mutants of a module: one for each place that a mutation operator changes."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

from tests.mutants.scope import ROOT
from tests.mutants.sql import ChangeStatement
from tests.mutants.statements import RemoveKeyword, RemoveStatement, ReturnNothing

# The cosmic-ray operators whose mutants a test might miss. The others are left out: any test kills a
# mutant such as `a ** b` for `a + b`, so including it would only raise the score.
CHOSEN = (
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div", "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_BitOr_BitAnd", "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_LtE_Lt", "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_GtE_Gt", "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Invert", "ReplaceUnaryOperator_Delete_Not",
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
    "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
    "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "ZeroIterationForLoop",
)  # fmt: skip
OWN = (ChangeStatement, RemoveKeyword, RemoveStatement, ReturnNothing)
# Removing these decorators changes no behaviour that a test should notice.
IGNORED_DECORATORS = ("@dataclass", "@abstractmethod", "@cache", "@overload", "@runtime_checkable")


@dataclass(frozen=True)
class Mutant:
    path: str
    function: str
    """The qualified name of the outermost function; empty outside of functions."""
    first: int
    last: int
    """The lines of the statement that it changes."""
    operator: str
    occurrence: int
    source: str
    mutated: str

    @property
    def key(self) -> str:
        return f"{self.path}:{self.operator}:{self.occurrence}"

    @property
    def change(self) -> str:
        """The first line that differs, as `before` → `after`."""
        before, after = self.source.splitlines(), self.mutated.splitlines()
        for old, new in zip(before, after, strict=False):
            if old != new:
                return f"`{old.strip()}` → `{new.strip()}`"
        return "the last lines are missing"


def check_examples() -> None:
    """Raise AssertionError if an operator of ours does not do what its examples say."""
    for operator in OWN:
        for each in operator.examples():
            mutated = mutate_code(each.pre_mutation_code, operator(), each.occurrence)
            assert mutated == each.post_mutation_code, mutated


def list_mutants(path: str) -> list[Mutant]:
    """Return a module's mutants that compile, without duplicates, in the order of their lines."""
    source = (ROOT / path).read_text()
    places, nodes = Places(source), list(ast_nodes(get_ast(source)))
    found = [
        _make(path, source, places, name, operator, occurrence, node)
        for name, operator in _list_operators()
        for occurrence, node in _list_places(nodes, operator)
        if not _is_ignored(node)
    ]
    different = _drop_equal(source, [each for each in found if each])
    return sorted(different, key=lambda each: (each.first, each.key))


def _drop_equal(source: str, mutants: list["Mutant"]) -> Iterator["Mutant"]:
    """Yield the mutants whose byte code differs from the source's and from every earlier mutant's."""
    seen = {_essence(compile(source, "", "exec"))}
    for mutant in mutants:
        essence = _essence(compile(mutant.mutated, "", "exec"))
        if essence not in seen:
            seen.add(essence)
            yield mutant


def _essence(code: CodeType) -> tuple[Any, ...]:
    constants = [_essence(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_argcount, code.co_posonlyargcount)
    return code.co_code, names, tuple(constants)


def _list_operators() -> Iterator[tuple[str, Any]]:
    provided = OperatorProvider()
    yield from ((name, provided[name]()) for name in CHOSEN)
    yield from ((each.__name__, each()) for each in OWN)


def _list_places(nodes: Sequence[Any], operator: Any) -> Iterator[tuple[int, Any]]:
    count = 0
    for node in nodes:
        for _ in operator.mutation_positions(node):
            yield count, node
            count += 1


def _make(
    path: str, source: str, places: "Places", name: str, operator: Any, occurrence: int, node: Any
) -> Mutant | None:
    mutated = mutate_code(source, operator, occurrence)
    try:
        compile(mutated, path, "exec")
    except SyntaxError:
        return None
    first, last, function = places.find(node.start_pos[0])
    return Mutant(path, function, first, last, name, occurrence, source, mutated)


def _is_ignored(node: Any) -> bool:
    """Return whether a node is an argument's star, or in an import, annotation or ignored decorator."""
    if node.type == "operator" and node.parent.type in ("parameters", "param", "argument"):
        return True  # the star of a parameter or argument
    return any(_is_ignored_in(parent, child) for child, parent in _ancestors(node))


def _is_ignored_in(parent: Any, child: Any) -> bool:
    if parent.type in ("tfpdef", "import_from", "import_name"):
        return True
    if parent.type == "annassign":
        return child is parent.children[1]
    if parent.type == "param":
        return child is not parent.default
    if parent.type == "funcdef":
        return child is parent.annotation
    is_decorator = parent.type == "decorator"
    return is_decorator and str(parent.get_code()).strip().startswith(IGNORED_DECORATORS)


def _ancestors(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (child, parent) for this node and each ancestor; a decorator is first paired with itself."""
    if node.type == "decorator":
        yield node, node
    while node.parent is not None:
        yield node, node.parent
        node = node.parent


class Places:
    """The functions and statements of a module, by line."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)

    def find(self, line: int) -> tuple[int, int, str]:
        """Return the first and last line of a line's statement, and the outermost function around it."""
        function = next((name for name, body in self.bodies if line in body), "")
        around = [each for each in self.statements if line in each]
        smallest = min(around, key=len, default=range(line, line + 1))
        return smallest.start, smallest.stop - 1, function

    @cached_property
    def bodies(self) -> list[tuple[str, range]]:
        return list(_list_bodies(self.tree, ""))

    @cached_property
    def statements(self) -> list[range]:
        return [_lines_of(node) for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]


def _list_bodies(parent: Any, prefix: str) -> Iterator[tuple[str, range]]:
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, range(node.body[0].lineno, (node.end_lineno or 0) + 1)
        elif isinstance(node, ast.ClassDef):
            yield from _list_bodies(node, f"{prefix}{node.name}.")


def _lines_of(node: ast.stmt) -> range:
    """Return the lines of a statement, without the statements in its body."""
    body = getattr(node, "body", None)
    end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
    return range(node.lineno, max(end, node.lineno + 1))
