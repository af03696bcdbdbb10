from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import validated
from privacy.selectors import list_exports
from privacy.serializers import DataExportSerializer, DeleteAccountSerializer, DeletedSerializer
from privacy.services.exporting import request_own_export
from users.permissions import NotImpersonated, current_user
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

    @extend_schema(
        request=DeleteAccountSerializer,
        responses={200: DeletedSerializer},
        extensions={"x-body": "DeleteAccountRequest"},
    )
    def delete(self, request: Request) -> Response:
        """
        Delete your account. Access ends at once; the rest is deleted in the background.

        Each attempt counts as a sign-in attempt.
        """
        return self.post(request)


class DataExportListView(APIView):
    permission_classes = (*APIView.permission_classes, NotImpersonated)

    @extend_schema(responses=DataExportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the exports of your data that can be downloaded, or will be soon, newest first."""
        exports = list_exports(current_user(request))
        return Response(DataExportSerializer(exports, many=True).data)

    @extend_schema(request=None, responses={202: DataExportSerializer})
    def post(self, request: Request) -> Response:
        """
        Have all your data exported, as a zip file with JSON and HTML. Poll until `is_ready`.

        While an export is being written, the same one is returned. Per day, 5 are allowed.
        """
        export = request_own_export(user=current_user(request))
        return Response(DataExportSerializer(export).data, status=202)
