"""What people write: visible characters, names, directions, graphemes and folded forms."""
