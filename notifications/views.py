from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import validated
from notifications.serializers import (
    DeviceTokenSerializer,
    ForgetDeviceSerializer,
    PushKeySerializer,
)
from notifications.services import devices
from notifications.vapid import get_public_key
from users.permissions import current_user

BODY_CODES = ["invalid", "parse_error", "request_too_large", "unsupported_media_type"]


class DeviceTokenView(APIView):
    @extend_schema(
        request=DeviceTokenSerializer,
        responses={200: DeviceTokenSerializer, 201: DeviceTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """
        Register a push token.

        Return 201 if the token is new, and 200 if it was already registered, even by another user.
        """
        data = validated(DeviceTokenSerializer, request.data)
        created = devices.register_device(user=current_user(request), **data)
        return Response(data, status=201 if created else 200)

    @extend_schema(
        request=ForgetDeviceSerializer,
        responses={204: None},
        # OpenAPI 3.0 cannot describe the body of a DELETE, so the body's errors are listed here.
        extensions={"x-codes": BODY_CODES},
    )
    def delete(self, request: Request) -> Response:
        """Delete one of your push tokens."""
        data = validated(ForgetDeviceSerializer, request.data)
        devices.forget_device(user=current_user(request), **data)
        return Response(status=204)


class PushKeyView(APIView):
    @extend_schema(responses=PushKeySerializer)
    def get(self, request: Request) -> Response:
        """
        Return the `applicationServerKey` for subscribing to Web Push; null if Web Push is off.

        It is a P-256 public key: the uncompressed point, in base64url.
        """
        return Response(PushKeySerializer({"public_key": get_public_key()}).data)
