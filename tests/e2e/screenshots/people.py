"""How the people in the screenshots sign in."""

PASSWORD = "correct-horse-battery-1"
