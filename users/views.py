from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from api.exceptions import FieldInvalid
from api.fields import validated
from users.client_info import client_of
from users.cookies import (
    drop_refresh_token,
    move_refresh_token,
    refresh_token_of,
    replace_refresh_token,
    wants_cookie,
)
from users.exceptions import InvalidToken
from users.known_browsers import remember_browser
from users.models import User, normalize_email
from users.permissions import IsAdmin, current_user
from users.pictures import clean_picture
from users.selectors import get_user_by_claims
from users.serializers import (
    BriefImpersonationSerializer,
    ChangedAccountSerializer,
    ChangedProfileImageSerializer,
    EndedSerializer,
    ImpersonatedTrainerSerializer,
    MeSerializer,
    PasswordResetConfirmSerializer,
    PasswordResetSerializer,
    ProfileImageSerializer,
    ProfileJsonSerializer,
    ProfileSerializer,
    RefreshSerializer,
    SetPasswordSerializer,
    SignInSerializer,
    SignInTokensSerializer,
    TokenPairSerializer,
    VerifySerializer,
    image_url,
)
from users.services import accounts, sessions
from users.throttling import (
    OwnPasswordThrottle,
    ResetThrottle,
    SignInThrottle,
    TokenThrottle,
    UserThrottle,
    count_request,
)
from users.tokens import read_any_token, read_refresh_token

# Two components, because generated clients choose the content type by the class of the body.
PROFILE_BODIES = {
    "application/json": ProfileJsonSerializer,
    "multipart/form-data": ProfileSerializer,
}


class PublicView(APIView):
    """A view that needs no token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (SignInThrottle,)


class SignInView(PublicView):
    hashes_passwords = True

    @extend_schema(
        request=SignInSerializer,
        responses=SignInTokensSerializer,
        extensions={"x-codes": ["invalid_credentials", "origin_not_allowed"]},
    )
    def post(self, request: Request) -> Response:
        """
        Sign in.

        Per minute, 10 attempts are allowed for an email address from one network, and 60 from one network
        in all. Per hour, 30 may fail for an email address from one network, and 300 from anywhere.
        Beyond the last limit, browsers and networks in which the address has signed in lately are accepted.
        """
        data = validated(SignInSerializer, request.data)
        in_cookie = wants_cookie(request, data)
        response = Response(
            TokenPairSerializer(sessions.sign_in(**data, client=client_of(request))).data
        )
        if in_cookie:
            email = normalize_email(data["email"])
            remember_browser(replace_refresh_token(request, response), email)
        return response


class RefreshView(PublicView):
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        request=RefreshSerializer,
        responses=SignInTokensSerializer,
        extensions={"x-codes": ["token_not_valid", "origin_not_allowed"]},
    )
    def post(self, request: Request) -> Response:
        """Get new tokens. The old refresh token stays valid until it expires or the session ends."""
        raw, in_cookie = refresh_token_of(request)
        tokens = sessions.refresh_session(claims=read_refresh_token(raw), client=client_of(request))
        response = Response(TokenPairSerializer(tokens).data)
        return move_refresh_token(response) if in_cookie else response


class VerifyView(PublicView):
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        request=VerifySerializer,
        responses=OpenApiTypes.OBJECT,
        extensions={"x-codes": ["token_not_valid", "throttled"]},
    )
    def post(self, request: Request) -> Response:
        """
        Return 200 with an empty object for a valid token, and 401 for any other.

        Counts towards the limit of the token's user.
        """
        token = validated(VerifySerializer, request.data)["token"]
        count_request(get_user_by_claims(read_any_token(token)))
        return Response({})


class SignOutView(PublicView):
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        request=RefreshSerializer,
        responses=OpenApiTypes.OBJECT,
        extensions={"x-codes": ["token_not_valid", "origin_not_allowed"]},
    )
    def post(self, request: Request) -> Response:
        """
        Sign out: end the session of a refresh token, with all its tokens and sockets.

        If the token is in the cookie, the response is 200 and deletes the cookie even if the session
        has already ended.
        """
        raw, in_cookie = refresh_token_of(request)
        try:
            sessions.sign_out(claims=read_refresh_token(raw))
        except InvalidToken:
            if not in_cookie:
                raise
        return drop_refresh_token(Response({})) if in_cookie else Response({})


class MeView(APIView):
    parser_classes = (*APIView.parser_classes, MultiPartParser)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Return the user of the token."""
        return Response(MeSerializer(current_user(request)).data)

    @extend_schema(request=PROFILE_BODIES, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change your names, picture and language. `"profile_image": null` removes the picture."""
        return Response(MeSerializer(_update_profile(request)).data)


class WrappedMeView(APIView):
    """`auth/users/me/` in the format of another existing client."""

    parser_classes = (*APIView.parser_classes, MultiPartParser)

    @extend_schema(responses=ChangedAccountSerializer)
    def get(self, request: Request) -> Response:
        """Return the user of the token, as `auth/users/me/` does, in `user`."""
        return _changed_account(current_user(request))

    @extend_schema(request=PROFILE_BODIES, responses=ChangedAccountSerializer)
    def patch(self, request: Request) -> Response:
        """Change your names, picture and language. `"profile_image": null` removes the picture."""
        return _changed_account(_update_profile(request))


def _changed_account(user: User) -> Response:
    return Response(ChangedAccountSerializer({"success": True, "user": user}).data)


class ProfileImageView(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(request=ProfileImageSerializer, responses=ChangedProfileImageSerializer)
    def post(self, request: Request) -> Response:
        """Replace your picture."""
        file = validated(ProfileImageSerializer, request.data)["image"]
        user = _set_picture(request, _clean_image(file))
        body = {"success": True, "profile_image": image_url(user), "user": user}
        return Response(ChangedProfileImageSerializer(body).data)

    @extend_schema(responses={200: ChangedAccountSerializer})
    def delete(self, request: Request) -> Response:
        """Remove your picture."""
        return _changed_account(_set_picture(request, b""))


def _clean_image(file: Any) -> bytes:
    try:
        return clean_picture(file)
    except FieldInvalid as error:
        raise FieldInvalid("image", *error.messages) from error


def _set_picture(request: Request, picture: bytes) -> User:
    change = accounts.ProfileChange(picture=picture)
    return accounts.update_profile(user=current_user(request), change=change)


def _update_profile(request: Request) -> User:
    change = _profile_change(validated(ProfileSerializer, request.data))
    return accounts.update_profile(user=current_user(request), change=change)


def _profile_change(data: dict[str, object]) -> accounts.ProfileChange:
    picture = data.pop("profile_image", ...)
    if picture is None:
        data["picture"] = b""
    elif picture is not ...:
        data["picture"] = clean_picture(picture)  # type: ignore[arg-type]  # an uploaded file
    for name in ("business_name", "language"):
        if data.get(name, ...) is None:
            data[name] = ""
    return accounts.ProfileChange(**data)  # type: ignore[arg-type]  # the serializer knows the types


class SetPasswordView(APIView):
    throttle_classes = (UserThrottle, OwnPasswordThrottle)
    hashes_passwords = True

    @extend_schema(request=SetPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """
        Change your password; all other sessions of the account end.

        Each attempt counts as a failed sign-in attempt, and has the same limits.
        """
        data = validated(SetPasswordSerializer, request.data)
        accounts.set_password(user=current_user(request), **data)
        return Response(status=204)


class PasswordResetView(PublicView):
    throttle_classes = (ResetThrottle,)

    @extend_schema(request=PasswordResetSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """
        Email a link for setting a new password; the response is the same for an unknown address.

        Per hour, 60 requests are allowed per network address. An email address gets at most 5 emails:
        further requests get the same response, but send nothing.
        """
        accounts.send_password_reset(**validated(PasswordResetSerializer, request.data))
        return Response(status=204)


class PasswordResetConfirmView(PublicView):
    hashes_passwords = True

    @extend_schema(
        request=PasswordResetConfirmSerializer,
        responses={204: None},
        extensions={"x-codes": ["invalid_reset_link"]},
    )
    def post(self, request: Request) -> Response:
        """
        Set a new password with `uid` and `token` from the emailed link; all sessions end.

        Failed sign-ins until now no longer count, so that the owner can sign in at once.
        """
        data = validated(PasswordResetConfirmSerializer, request.data)
        user = accounts.reset_password(**data, client=client_of(request))
        return remember_browser(Response(status=204), user.email)


class StartTrainerImpersonationView(APIView):
    permission_classes = (*APIView.permission_classes, IsAdmin)

    @extend_schema(
        request=None,
        responses=ImpersonatedTrainerSerializer,
        extensions={"x-codes": ["not_found"]},
    )
    def post(self, request: Request, trainer_id: int) -> Response:
        """Start impersonating a trainer, in a session that can read everything and change nothing."""
        session, tokens, trainer = sessions.impersonate_trainer(
            trainer_id=trainer_id, by=current_user(request), client=client_of(request)
        )
        body = {**asdict(tokens), "session": session, "trainer": trainer}
        return Response(ImpersonatedTrainerSerializer(body).data)


class ImpersonateTrainerView(APIView):
    permission_classes = (*APIView.permission_classes, IsAdmin)

    @extend_schema(
        request=None,
        responses=BriefImpersonationSerializer,
        extensions={"x-codes": ["not_found"]},
    )
    def post(self, request: Request, trainer_id: int) -> Response:
        """Start impersonating a trainer. The same as `start/`, in the format of an existing client."""
        _session, tokens, trainer = sessions.impersonate_trainer(
            trainer_id=trainer_id, by=current_user(request), client=client_of(request)
        )
        message = _("You are viewing the account of %(name)s.") % {"name": trainer.name_in_sentence}
        body = {**asdict(tokens), "trainer": trainer, "message": message}
        return Response(BriefImpersonationSerializer(body).data)


class EndImpersonationView(APIView):
    # This is the only write that is allowed during an impersonation.
    permission_classes = (APIView.permission_classes[0],)

    @extend_schema(
        request=None, responses=EndedSerializer, extensions={"x-codes": ["not_impersonating"]}
    )
    def post(self, request: Request) -> Response:
        """
        End the impersonation that the token belongs to.

        With a token from your own sign-in, end all impersonations that you have started.
        """
        ended = sessions.end_impersonation(by=current_user(request))
        return Response({"sessions_ended": ended})
