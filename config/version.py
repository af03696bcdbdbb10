"""The product's version: its only source, which everything that names a version reads."""

# Semantic versioning. CONTRIBUTING.md lists the steps of a release.
VERSION = "1.1.0"
