"""Finds where the product uses private or undocumented names of libraries."""

import ast
import importlib
import inspect
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

ROOT = Path(__file__).resolve().parents[2]
# Library modules with little or no documentation.
UNDOCUMENTED = (
    "channels.consumer",
    "channels_redis",
    "django.core.handlers",
    "django.db.backends",
    "django.db.models.base",
    "django.db.models.expressions",
    "django.db.models.sql",
    "django.utils.log",
    "redis.asyncio.client",
    "servestatic",
    "uvicorn.",
)
# Of these, the modules that a manual describes: https://docs.djangoproject.com/en/5.2/ref/signals/
DOCUMENTED = ("django.db.backends.signals",)


@dataclass(frozen=True)
class Use:
    """A place where a name is used."""

    name: str
    place: str


@cache
def list_packages() -> list[str]:
    """Return the product's packages, from the configuration of import-linter."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages: list[str] = found["tool"]["importlinter"]["root_packages"]
    return packages


def list_sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in list_packages():
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


# Names that begin with an underscore
# ------------------------------------------------------------------------------
def find_private_uses() -> Iterator[Use]:
    """Find uses of private names that neither the using module nor a base class in the product defines."""
    for path, tree in list_sources():
        own = set(_list_own_names(tree))
        for class_node, node in _walk(tree, None):
            for name in _names_in(node):
                if is_private(name) and name not in (own | _list_inherited(path, class_node)):
                    yield Use(name, f"{path}:{node.lineno}")


def _walk(tree: ast.AST, inside: ast.ClassDef | None) -> Iterator[tuple[ast.ClassDef | None, Any]]:
    for node in ast.iter_child_nodes(tree):
        yield inside, node
        yield from _walk(node, node if isinstance(node, ast.ClassDef) else inside)


def _names_in(node: ast.AST) -> list[str]:
    """Return the names accessed on an object or module: `a._b`, `getattr(a, "_b")`, `import _b`."""
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "setattr"):
        return [str(each.value) for each in node.args if isinstance(each, ast.Constant)]
    if isinstance(node, ast.ImportFrom) and not node.module.startswith(tuple(list_packages())):  # type: ignore[union-attr]  # no relative imports here
        return [*str(node.module).split("."), *(each.name for each in node.names)]
    return []


def _list_own_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module or class defines, including attributes of `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif _is_of_self(node) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _is_of_self(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in ("self", "cls")


@cache
def _list_inherited(path: Path, class_node: ast.ClassDef | None) -> frozenset[str]:
    """Return the names that the product defines in a class and in its base classes."""
    if class_node is None:
        return frozenset()
    found = getattr(importlib.import_module(_module_of(path)), class_node.name, None)
    bases = [each for each in inspect.getmro(found) if _is_ours(each)] if found else []
    trees = [ast.parse(textwrap.dedent(inspect.getsource(each))) for each in bases]
    return frozenset(name for tree in trees for name in _list_own_names(tree))


def _module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _is_ours(found: type) -> bool:
    return found.__module__.split(".")[0] in list_packages()


# Overridden private names
# ------------------------------------------------------------------------------
def find_private_overrides() -> Iterator[Use]:
    """Find private methods and attributes of library classes that the product's classes override."""
    for path, node, found in find_classes():
        theirs = [each for each in inspect.getmro(found) if not _is_ours(each)]
        for name in _list_own_names(node):
            if is_private(name) and any(name in vars(each) for each in theirs):
                yield Use(name, f"{path}:{node.lineno}")


def find_classes() -> Iterator[tuple[Path, ast.ClassDef, type]]:
    """Yield each top-level class of the product, with its path and its node in the syntax tree."""
    for path, tree in list_sources():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and path != Path("config/asgi.py"):
                yield path, node, getattr(importlib.import_module(_module_of(path)), node.name)


def list_names_of_self(node: ast.ClassDef) -> tuple[set[str], set[str]]:
    """Return the attributes of `self` that a class uses, and the names that it assigns or defines."""
    of_self = [each for each in ast.walk(node) if _is_of_self(each)]
    in_body = [name for each in node.body for name in _list_own_names(each) if _is_plain(each)]
    methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
    stored = [each.attr for each in of_self if isinstance(each.ctx, ast.Store)]
    return {each.attr for each in of_self}, {*in_body, *methods, *stored}


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign)


# Public but undocumented names
# ------------------------------------------------------------------------------
def find_undocumented_imports() -> Iterator[Use]:
    for path, tree in list_sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and _is_undocumented(str(node.module)):
                for each in node.names:
                    yield Use(f"{node.module}.{each.name}", f"{path}:{node.lineno}")


def _is_undocumented(module: str) -> bool:
    return module.startswith(UNDOCUMENTED) and module not in DOCUMENTED
