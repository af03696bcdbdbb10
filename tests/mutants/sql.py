"""A mutation operator for cosmic-ray that changes the meaning of SQL in strings."""

import re
from collections.abc import Iterator
from typing import Any

from cosmic_ray.operators.operator import Example, Operator

# Patterns in SQL, and their replacements. Each match makes one mutant.
CHANGES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bAND\b", "OR"),
        (r"\bOR\b", "AND"),
        (r"\bNOT (?=[a-z{])", ""),
        (r"\bNOT EXISTS\b", "EXISTS"),
        (r"(?<!NOT )\bEXISTS \(", "NOT EXISTS ("),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r"\bIS NOT NULL\b", "IS NULL"),
        (r"<>", "="),
        (r"<=", "<"),
        (r">=", ">"),
        (r"<(?![=>])", "<="),
        (r"(?<![<=-])>(?!=)", ">="),
        (r"(?<=[\w)] )=(?= [\w%{(])", "<>"),
        (r" \+ 1\b", ""),
        (r" \+ 1\b", " + 2"),
        (r"\bDESC\b", "ASC"),
        (r"\bASC\b", "DESC"),
        (r" NULLS LAST\b", " NULLS FIRST"),
        (r"\bLEFT JOIN\b", "JOIN"),
        (r"\bUNION ALL\b", "UNION"),
        (r" FOR NO KEY UPDATE\b", ""),
        (r" FOR UPDATE\b", ""),
        (r" SKIP LOCKED\b", ""),
        (r" ON CONFLICT DO NOTHING\b", ""),
        (r"\bcount\(", "max("),
        (r"\bmax\(", "min("),
        (r"\bmin\(", "max("),
        (r"\bgreatest\(", "least("),
        (r"\bsum\(", "max("),
        (r"(?i)\bcoalesce\(([^,()]+|\w+\([^()]*\)), [^()]+?\)", r"\1"),
        (r"\btrainer_id\b", "trainee_id"),
        (r"\btrainee_id\b", "trainer_id"),
        (r"\bread_version\b", "version"),
        (r"\bcreated_version\b", "version"),
        (r"\bcontent_version\b", "version"),
        (r"\blast_message_at\b", "created_at"),
        (r"\bLIMIT (\d+)\b", ""),
    )
]
STATEMENT = re.compile(
    r"\b(SELECT|UPDATE|INSERT INTO|DELETE FROM|WHERE|ORDER BY|FROM|RETURNING|IS NULL|IS NOT NULL"
    r"|EXISTS|AND|OR|NOT|LIMIT|DESC|FOR NO KEY UPDATE|SKIP LOCKED|JOIN|VALUES|SET)\b"
)
CLAUSE = re.compile(r"\b(SET|WHERE|FROM|ON|HAVING|SELECT)\b")


class ChangeStatement(Operator):
    """Changes one word or operator in a string that is an SQL statement, or a part of one."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if is_statement(node):
            yield from ((node.start_pos, node.end_pos) for _ in _changed(node.value))

    def mutate(self, node: Any, index: int) -> Any:
        return type(node)(list(_changed(node.value))[index], node.start_pos, prefix=node.prefix)

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return (Example('x = "a IS NULL AND b"', 'x = "a IS NOT NULL AND b"', occurrence=1),)


def is_statement(node: Any) -> bool:
    """Return whether a node is a string of SQL that is not a docstring."""
    if node.type not in ("string", "fstring_string") or node.parent.type == "simple_stmt":
        return False
    return bool(STATEMENT.search(node.value))


def _changed(text: str) -> Iterator[str]:
    for pattern, replacement in CHANGES:
        for found in pattern.finditer(text):
            before = text[: found.start()]
            if found[0] != "=" or not _is_assignment(before):
                yield before + found.expand(replacement) + text[found.end() :]


def _is_assignment(before: str) -> bool:
    """Return whether a `=` after this text is an assignment in a SET clause."""
    return CLAUSE.findall(before)[-1:] == ["SET"]
