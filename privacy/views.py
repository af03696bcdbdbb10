from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import validated
from privacy.serializers import DeleteAccountSerializer, DeletedSerializer
from users.permissions import current_user
from users.services.erasure import MessageChoice, erase_own_account
from users.throttling import OwnPasswordThrottle, UserThrottle


class DeleteAccountView(APIView):
    throttle_classes = (UserThrottle, OwnPasswordThrottle)
    hashes_passwords = True

    @extend_schema(request=DeleteAccountSerializer, responses=DeletedSerializer)
    def post(self, request: Request) -> Response:
        """
        Delete your account. Access ends at once; the rest is deleted in the background.

        The same as DELETE, for clients that cannot send a body with DELETE. Each attempt counts as a
        sign-in attempt.
        """
        data = validated(DeleteAccountSerializer, request.data)
        erase_own_account(
            user=current_user(request),
            password=data["password"],
            messages=MessageChoice(data["messages"]),
        )
        body = {"success": True, "message": _("Your account has been deleted.")}
        return Response(DeletedSerializer(body).data)

    @extend_schema(request=DeleteAccountSerializer, responses=DeletedSerializer)
    def delete(self, request: Request) -> Response:
        """
        Delete your account. Access ends at once; the rest is deleted in the background.

        Each attempt counts as a sign-in attempt.
        """
        return self.post(request)
