"""Mutation tests, which show whether the tests notice a changed line. docs/mutations.md has the result."""
