"""Splits a module of the client into its code, its strings and its HTML templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A "/" after one of these begins a regular expression, not a division.
BEFORE_REGEX = frozenset("(,=:[!&|?{};\n")
REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass
class Module:
    """The parts of a module; `code` has neither strings nor comments."""

    code: str = ""
    strings: list[str] = field(default_factory=list)
    # The constant parts of `…` and of html`…`; "\0" marks each expression.
    templates: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


def parse(source: str) -> Module:
    """Return the parts of a module, including all nested templates and the code in them."""
    module = Module()
    end = _parse_code(source, 0, module, until="")
    assert end == len(source)
    return module


def _parse_code(source: str, at: int, module: Module, until: str) -> int:
    depth = 0
    while at < len(source):
        char = source[at]
        if found := COMMENT.match(source, at):
            at = found.end()
        elif found := STRING.match(source, at):
            module.strings.append(found.group()[1:-1])
            module.code += '""'
            at = found.end()
        elif char == "`":
            at = _parse_template(source, at + 1, module)
        elif char == "/" and _is_regex(module.code) and (found := REGEX.match(source, at)):
            at = found.end()
        elif char == until and depth == 0:
            return at + 1
        else:
            depth += (char == "{") - (char == "}")
            module.code += char
            at += 1
    return at


def _parse_template(source: str, at: int, module: Module) -> int:
    into = module.html if module.code.endswith("html") else module.templates
    parts = ""
    while source[at] != "`":
        if source.startswith("${", at):
            at = _parse_code(source, at + 2, module, until="}")
            parts += "\0"
        else:
            parts += source[at]
            at += 2 if source[at] == "\\" else 1
    into.append(parts)
    module.code += "``"
    return at + 1


def _is_regex(code: str) -> bool:
    before = code.rstrip(" ")
    return not before or before[-1] in BEFORE_REGEX or before.endswith("return")


def texts_in_html(template: str) -> Iterator[str]:
    """Yield the texts of an HTML template, and the values of its visible or spoken attributes."""
    for _, text in re.findall(
        r'\b(aria-label|alt|hint|label|placeholder|title)="([^"]*)"', template
    ):
        yield text
    yield from re.split(r"<[^>]*>", template)
