"""The scenes: each one brings a page to the state for its picture."""

# The modules are imported in the order in which their scenes run.
from tests.e2e.screenshots.scenes import signing_in  # isort: skip
from tests.e2e.screenshots.scenes import messages  # isort: skip
from tests.e2e.screenshots.scenes import lost_and_found  # isort: skip
from tests.e2e.screenshots.scenes import account  # isort: skip
from tests.e2e.screenshots.scenes import nothing_yet  # isort: skip
from tests.e2e.screenshots.scenes import extremes  # isort: skip
from tests.e2e.screenshots.scenes import large_text  # isort: skip
from tests.e2e.screenshots.scenes import second_thoughts  # isort: skip
from tests.e2e.screenshots.scenes import photos  # isort: skip
from tests.e2e.screenshots.scenes import finding  # isort: skip
from tests.e2e.screenshots.scenes import joined  # isort: skip
from tests.e2e.screenshots.scenes import last  # isort: skip
from tests.e2e.screenshots.scenes.steps import SCENES

__all__ = [
    "SCENES",
    "account",
    "extremes",
    "finding",
    "joined",
    "large_text",
    "last",
    "lost_and_found",
    "messages",
    "nothing_yet",
    "photos",
    "second_thoughts",
    "signing_in",
]
