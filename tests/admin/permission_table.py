"""
Who may do what in the admin, as a table that `test_permission_table.py` compares with the admin.

`add`, `change` and `delete` are permissions for the model of the block, and `view` is `view` or `change`.
`+` means that both are needed. Superusers have all permissions. "-" means nobody, superusers included. A
page whose POST is empty shows the same for a POST. Everybody else gets 403, and nothing changes. An action
is not offered to staff who may not run it, and does nothing.

A block "of staff" has the same pages for accounts that are staff, superusers or ADMINs.
"""

from dataclasses import dataclass

TABLE = """
page or :action      | GET          | POST         | what a POST changes

users.user
list                 | view         |              |
add                  | add + change | add + change | User LogEntry
change               | view         | change       | User LogEntry
password             | change       | change       | User AuthSession LogEntry
delete               | delete       | delete       | User AuthSession Job LogEntry
history              | view         |              |
:deactivate          |              | change       | User AuthSession LogEntry
:reactivate          |              | change       | User LogEntry
:reset_second_factor |              | superuser    | TOTPDevice LogEntry
:delete_selected     |              | delete + view | User AuthSession Job LogEntry

users.user of staff
change               | view         | superuser    | User LogEntry
password             | superuser    | superuser    | User AuthSession LogEntry
delete               | superuser    | superuser    | User AuthSession Job LogEntry
history              | view         |              |
:deactivate          |              | superuser    | User AuthSession LogEntry
:reactivate          |              | superuser    | User LogEntry
:reset_second_factor |              | superuser    | TOTPDevice LogEntry
:delete_selected     |              | superuser    | User AuthSession Job LogEntry

trainer.trainee
list                 | view         |              |
add                  | -            | -            |
change               | view         | change       | User AuthSession Conversation LogEntry
delete               | -            | -            |
history              | view         |              |
:delete_selected     |              | -            |

trainer.trainee of staff
change               | view         | superuser    | User LogEntry
delete               | -            | -            |
history              | view         |              |
:delete_selected     |              | -            |

auth.group
list                 | view         |              |
add                  | superuser    | superuser    | Group LogEntry
change               | view         | superuser    | Group Group_permissions LogEntry
delete               | superuser    | superuser    | Group User_groups LogEntry
history              | view         |              |
:delete_selected     |              | superuser    | Group User_groups LogEntry

users.authsession
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
:end                 |              | change       | AuthSession LogEntry
:delete_selected     |              | -            |

users.impersonationsession
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
inline impersonationview | view + view_impersonationview | -            |
delete               | -            | -            |
history              | view         |              |
:end                 |              | change       | AuthSession LogEntry
:delete_selected     |              | -            |

messaging.conversation
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
read                 | view + read_message_content | view + read_message_content | MessageReading
:archive             |              | change       | Conversation LogEntry
:reopen              |              | change       | Conversation LogEntry
:delete_selected     |              | -            |

messaging.message
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
:take_down           |              | view + remove_message \
| Message MessageRemoval Conversation SearchPending
:delete_selected     |              | -            |

jobs.job
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
:retry               |              | change       | Job LogEntry
:discard             |              | change       | Job LogEntry
:delete_selected     |              | -            |

privacy.dataexport
list                 | view         |              |
add                  | add + read_message_content | add + read_message_content \
| DataExport Job MessageReading LogEntry
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
download             | add + read_message_content | add + read_message_content | MessageReading
:delete_selected     |              | -            |

messaging.messagereading messaging.messageremoval push.deliveryoutcome push.devicetoken \
push.unreadmail trainer.invitation
list                 | view         |              |
add                  | -            | -            |
change               | view         | -            |
delete               | -            | -            |
history              | view         |              |
:delete_selected     |              | -            |
"""

NOBODY = ("-", "")
# Permissions that a term stands for, besides itself.
IMPLIED = {"view": {"change"}}


@dataclass(frozen=True)
class Row:
    """What is needed to open and to submit a page, or to run an action, and the models that it changes."""

    name: str
    opens: str
    submits: str
    changes: frozenset[str]

    @property
    def is_action(self) -> bool:
        return self.name.startswith(":")

    @property
    def inline(self) -> str | None:
        """Return the model of an inline form on the page "change"; None for other rows."""
        return self.name.removeprefix("inline ") if " " in self.name else None


def read_table() -> dict[str, list[Row]]:
    """Return the rows of each block of the table, by the block's title."""
    _head, *blocks = TABLE.strip().split("\n\n")
    rows: dict[str, list[Row]] = {}
    for titles, *lines in (block.splitlines() for block in blocks):
        for title in [titles] if " of " in titles else titles.split():
            rows[title] = [_read_row(line) for line in lines]
    return rows


def _read_row(line: str) -> Row:
    name, opens, submits, changes = (each.strip() for each in line.split("|"))
    return Row(name, opens, submits, frozenset(changes.split()))


def suffices(needed: str, held: frozenset[str]) -> bool:
    """Return whether staff with the permissions `held` may do what `needed` says."""
    if needed in NOBODY or "superuser" in held:
        return needed not in NOBODY
    return all(held & {term, *IMPLIED.get(term, ())} for term in needed.split(" + "))


def ways_to(needed: str) -> list[frozenset[str]]:
    """Return the smallest sets of permissions that suffice."""
    if needed in NOBODY:
        return []
    ways = [frozenset[str]()]
    for term in needed.split(" + "):
        ways = [way | {each} for way in ways for each in (term, *sorted(IMPLIED.get(term, ())))]
    return ways
