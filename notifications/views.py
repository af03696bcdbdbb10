from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import validated
from notifications import selectors
from notifications.serializers import (
    DeviceSerializer,
    DeviceTokenSerializer,
    EmailPreferencesSerializer,
    ForgetDeviceSerializer,
    PreferencesSerializer,
    PushKeySerializer,
)
from notifications.services import devices
from notifications.services.preferences import change_preferences, choose_unread_email
from notifications.vapid import get_public_key
from users.client_info import client_of
from users.permissions import current_user


class DeviceTokenView(APIView):
    @extend_schema(
        request=DeviceTokenSerializer,
        responses={200: DeviceSerializer, 201: DeviceSerializer},
    )
    def post(self, request: Request) -> Response:
        """
        Register a push token.

        Return 201 if the token is new, and 200 if it was already registered, even by another user. A device
        that was switched off, because the push service had refused its token, is switched on again.
        """
        data = validated(DeviceTokenSerializer, request.data)
        device, created = devices.register_device(
            user=current_user(request), user_agent=client_of(request).user_agent, **data
        )
        body = {**data, "id": device.pk, "is_active": device.is_active}
        return Response(DeviceSerializer(body).data, status=201 if created else 200)

    @extend_schema(
        request=ForgetDeviceSerializer,
        responses={204: None},
        extensions={"x-body": "ForgetDeviceRequest"},
    )
    def delete(self, request: Request) -> Response:
        """Delete one of your push tokens. Clients that cannot send a body with DELETE use `forget/`."""
        return _forget_device(request)


class ForgetDeviceView(APIView):
    @extend_schema(request=ForgetDeviceSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Delete one of your push tokens."""
        return _forget_device(request)


def _forget_device(request: Request) -> Response:
    data = validated(ForgetDeviceSerializer, request.data)
    devices.forget_device(user=current_user(request), **data)
    return Response(status=204)


class PreferencesView(APIView):
    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """Return which kinds of notifications you want."""
        preferences = selectors.get_preferences(current_user(request))
        return Response(PreferencesSerializer(preferences).data)

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of these preferences. `"new_message": false` silences notifications at once."""
        changes = validated(PreferencesSerializer, request.data)
        preferences = change_preferences(user=current_user(request), changes=changes)
        return Response(PreferencesSerializer(preferences).data)


class EmailPreferencesView(APIView):
    @extend_schema(responses=EmailPreferencesSerializer)
    def get(self, request: Request) -> Response:
        """Return when you get an email about messages that you have not read."""
        preferences = selectors.get_email_preferences(current_user(request))
        return Response(EmailPreferencesSerializer(preferences).data)

    @extend_schema(request=EmailPreferencesSerializer, responses=EmailPreferencesSerializer)
    def patch(self, request: Request) -> Response:
        """
        Choose when you get an email about messages that you have not read.

        The email is sent once a message has been unread for that time. It covers all unread messages. The
        next one is only sent about messages that came later.
        """
        data = validated(EmailPreferencesSerializer, request.data)
        user = current_user(request)
        choose_unread_email(user=user, wait=data.get("unread_messages"))
        return Response(EmailPreferencesSerializer(selectors.get_email_preferences(user)).data)


class PushKeyView(APIView):
    @extend_schema(responses=PushKeySerializer)
    def get(self, request: Request) -> Response:
        """
        Return the `applicationServerKey` for subscribing to Web Push; null if Web Push is off.

        It is a P-256 public key: the uncompressed point, in base64url.
        """
        return Response(PushKeySerializer({"public_key": get_public_key()}).data)
