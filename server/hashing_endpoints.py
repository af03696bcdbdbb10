"""Finds the API endpoints that hash passwords."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView


def find_hashing_endpoints() -> frozenset[tuple[str, str]]:
    """
    Return (method, path) for each writing method of the views with `hashes_passwords = True`.

    Raise ImproperlyConfigured if such a path has parameters: the path of each request is looked up in
    this set.
    """
    return frozenset(
        (method.upper(), path)
        for path, view in _list_views(get_resolver().url_patterns, "/")
        if getattr(view, "hashes_passwords", False)
        for method in _list_writes(_without_parameters(path, view))
    )


def _list_views(
    patterns: Iterable[URLPattern | URLResolver], prefix: str
) -> Iterator[tuple[str, type[APIView]]]:
    for each in patterns:
        path = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _list_views(each.url_patterns, path)
        elif view := getattr(each.callback, "cls", None):
            yield path, view


def _without_parameters(path: str, view: type[APIView]) -> type[APIView]:
    if "<" in path:
        raise ImproperlyConfigured(
            f"{view.__name__} hashes passwords, so {path} must have no parameters."
        )
    return view


def _list_writes(view: type[APIView]) -> list[str]:
    return [
        name
        for name in view.http_method_names
        if hasattr(view, name) and name.upper() not in SAFE_METHODS
    ]
