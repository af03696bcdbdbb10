"""Row locks ensure that nobody gets a trainee who stops being a trainer at the same time."""

import pytest

from api.exceptions import FieldInvalid
from tests.factories import PASSWORD, make_person, make_trainee
from tests.messaging.parallel import overlapping, run_before_commit
from trainer.codes import make_code
from trainer.exceptions import InvalidInvitation
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from trainer.services.trainees import assign_trainee
from users.models import User
from users.services.administration import change_account

pytestmark = [pytest.mark.django_db(transaction=True), overlapping]


class Scene:
    """Dora is about to get a trainee, in one of three ways, and to become a trainee herself."""

    def __init__(self, way: str) -> None:
        self.root = make_person("root", role=User.Role.ADMIN, is_superuser=True)
        self.dora = make_person("dora", role=User.Role.TRAINER)
        self.eve = None if way == "new account" else make_trainee("eve", None)
        self.way = way
        invitation, _ = invite_trainee(trainer=self.dora, email="eve@example.com")
        self.code = make_code(invitation)

    def join(self) -> None:
        if self.way == "admin" and self.eve:
            assign_trainee(trainee=self.eve, trainer=User.objects.get(pk=self.dora.pk))
        else:
            accept_invitation(
                code=self.code, password=PASSWORD, first_name="Eve", last_name="Tester"
            )

    def step_down(self) -> None:
        dora = User.objects.get(pk=self.dora.pk)
        dora.role = User.Role.TRAINEE
        change_account(user=dora, changed=["role"], by=self.root)


every_way = pytest.mark.parametrize("way", ["admin", "new account", "existing account"])


@every_way
def test_person_who_stops_being_a_trainer_gets_no_trainee(way: str) -> None:
    scene = Scene(way)

    outcome = run_before_commit(scene.step_down, scene.join)

    assert isinstance(outcome, FieldInvalid if way == "admin" else InvalidInvitation)
    assert not User.objects.filter(parent_trainer=scene.dora).exists()


@every_way
def test_person_who_gets_a_trainee_stays_a_trainer(way: str) -> None:
    scene = Scene(way)

    outcome = run_before_commit(scene.join, scene.step_down)

    scene.dora.refresh_from_db()
    assert isinstance(outcome, FieldInvalid)
    assert scene.dora.role == User.Role.TRAINER
