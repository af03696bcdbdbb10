from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from api.compression import compressed
from api.fields import validated
from trainer import selectors
from trainer.pagination import TrainerPage
from trainer.qr_codes import draw_qr_code
from trainer.serializers import (
    AcceptedSerializer,
    AcceptSerializer,
    CodeSerializer,
    DashboardSerializer,
    DashboardStatsSerializer,
    ImpersonatedTraineeSerializer,
    InvitationLinkSerializer,
    InvitationPreviewSerializer,
    InvitationSerializer,
    InviteSerializer,
    RemovedSerializer,
    TraineeDetailSerializer,
    TraineeSearchSerializer,
    TraineeSerializer,
)
from trainer.services import invitations
from trainer.services.joining import accept_invitation
from trainer.services.trainees import impersonate_trainee, remove_trainee
from users.client_info import client_of
from users.cookies import replace_refresh_token, wants_cookie
from users.known_browsers import remember_browser
from users.permissions import IsTrainer, NotImpersonated, current_user
from users.throttling import ReadingThrottle, SignInThrottle, TokenThrottle

PAGE = OpenApiParameter(
    "page", int, description="Page number, starting at 1. A page after the last one returns 404."
)


class TrainerView(APIView):
    """A view that only trainers may use, for their own trainees and invitations."""

    permission_classes = (*APIView.permission_classes, IsTrainer)


class TraineeListView(TrainerView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(
        parameters=[
            PAGE,
            OpenApiParameter(
                "search",
                str,
                description="Search terms. Each must appear in the trainee's first name, last name"
                " or email address.",
            ),
        ],
        responses=TraineeSerializer(many=True),
        extensions={"x-codes": ["invalid"]},
    )
    @compressed
    def get(self, request: Request) -> Response:
        """List your trainees, sorted by name, 20 per page."""
        search = validated(TraineeSearchSerializer, request.query_params.dict())["search"]
        pages = TrainerPage()
        trainees = selectors.list_trainees(current_user(request), search=search)
        page = pages.paginate_queryset(trainees, request, view=self) or []
        return pages.get_paginated_response(TraineeSerializer(page, many=True).data)


class TraineeDetailView(TrainerView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(responses=TraineeDetailSerializer, extensions={"x-codes": ["trainee_not_found"]})
    def get(self, request: Request, trainee_id: int) -> Response:
        """Return one of your trainees."""
        trainee = selectors.get_trainee(current_user(request), trainee_id)
        return Response(TraineeDetailSerializer(trainee).data)


class RemoveTraineeView(TrainerView):
    @extend_schema(
        request=None,
        responses=RemovedSerializer,
        extensions={"x-codes": ["trainee_not_found"]},
    )
    def post(self, request: Request, trainee_id: int) -> Response:
        """Remove a trainee. The conversation is archived, not deleted."""
        trainee = remove_trainee(trainer=current_user(request), trainee_id=trainee_id)
        message = _("%(name)s is no longer your trainee.") % {"name": trainee.name_in_sentence}
        return Response({"message": message})


class StartTraineeImpersonationView(TrainerView):
    @extend_schema(
        request=None,
        responses=ImpersonatedTraineeSerializer,
        extensions={"x-codes": ["trainee_not_found"]},
    )
    def post(self, request: Request, trainee_id: int) -> Response:
        """Start impersonating a trainee, in a session that can read everything and change nothing."""
        session, tokens, trainee = impersonate_trainee(
            trainer=current_user(request), trainee_id=trainee_id, client=client_of(request)
        )
        body = {**asdict(tokens), "session": session, "trainee": trainee}
        return Response(ImpersonatedTraineeSerializer(body).data)


class DashboardStatsView(TrainerView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(responses=DashboardStatsSerializer)
    def get(self, request: Request) -> Response:
        """Return the figures of your dashboard."""
        counts = selectors.count_trainees(current_user(request))
        return Response(DashboardStatsSerializer(counts).data)


class DashboardView(TrainerView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(responses=DashboardSerializer)
    def get(self, request: Request) -> Response:
        """Return the trainees that your dashboard lists, and today's date."""
        trainer = current_user(request)
        body = {
            "recent_trainees": selectors.list_recent_trainees(trainer),
            "inactive_trainees": selectors.list_inactive_trainees(trainer),
            "today": timezone.now().date(),
        }
        return Response(DashboardSerializer(body).data)


class InvitationListView(TrainerView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [ReadingThrottle()] if self.request.method == "GET" else super().get_throttles()

    @extend_schema(parameters=[PAGE], responses=InvitationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your invitations, newest first, 20 per page."""
        pages = TrainerPage()
        found = selectors.list_invitations(current_user(request))
        page = pages.paginate_queryset(found, request, view=self) or []
        # With a code, an impersonator could accept the invitation.
        context = {"hides_code": current_user(request).is_impersonated}
        data = InvitationSerializer(page, many=True, context=context).data
        return pages.get_paginated_response(data)

    @extend_schema(
        request=InviteSerializer,
        responses={200: InvitationSerializer, 201: InvitationSerializer},
        extensions={"x-codes": ["already_your_trainee"]},
    )
    def post(self, request: Request) -> Response:
        """
        Email an invitation.

        Return 201 for a new invitation, and 200 if a pending one for the same address was renewed.
        """
        invitation, created = invitations.invite_trainee(
            trainer=current_user(request), **validated(InviteSerializer, request.data)
        )
        return Response(InvitationSerializer(invitation).data, status=201 if created else 200)


class InvitationView(TrainerView):
    @extend_schema(responses={204: None}, extensions={"x-codes": ["not_found"]})
    def delete(self, request: Request, invitation_id: int) -> Response:
        """Withdraw a pending invitation."""
        invitations.withdraw_invitation(trainer=current_user(request), invitation_id=invitation_id)
        return Response(status=204)


class InvitationLinkView(TrainerView):
    permission_classes = (*TrainerView.permission_classes, NotImpersonated)

    @extend_schema(responses=InvitationLinkSerializer, extensions={"x-codes": ["not_found"]})
    def get(self, request: Request, invitation_id: int) -> Response:
        """Return the link of a pending invitation, and the link as a QR code, to pass on."""
        link = selectors.get_join_link(current_user(request), invitation_id)
        body = {"link": link, "image": draw_qr_code(link)}
        return Response(InvitationLinkSerializer(body).data)


class ResendInvitationView(TrainerView):
    @extend_schema(
        request=None, responses=InvitationSerializer, extensions={"x-codes": ["not_found"]}
    )
    def post(self, request: Request, invitation_id: int) -> Response:
        """Email a pending invitation again, with a new link that is valid as long as the first was."""
        invitation = invitations.resend_invitation(
            trainer=current_user(request), invitation_id=invitation_id
        )
        return Response(InvitationSerializer(invitation).data)


class PreviewInvitationView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        request=CodeSerializer,
        responses=InvitationPreviewSerializer,
        extensions={
            "x-codes": [
                "invalid_invitation",
                "invitation_accepted",
                "invitation_cancelled",
                "invitation_expired",
            ]
        },
    )
    def post(self, request: Request) -> Response:
        """Return who invites whom, for the page on which the invited person joins."""
        code = validated(CodeSerializer, request.data)["code"]
        return Response(InvitationPreviewSerializer(selectors.get_open_invitation(code)).data)


class AcceptInvitationView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (SignInThrottle,)
    hashes_passwords = True

    @extend_schema(
        request=AcceptSerializer,
        responses={201: AcceptedSerializer},
        extensions={"x-codes": ["invalid_invitation", "already_has_trainer", "origin_not_allowed"]},
    )
    def post(self, request: Request) -> Response:
        """Join a trainer with the code from the emailed link, and sign in."""
        data = validated(AcceptSerializer, request.data)
        in_cookie = wants_cookie(request, data)
        joined = accept_invitation(**data, client=client_of(request))
        body = {
            **asdict(joined.tokens),
            "user": joined.user,
            "conversation_id": joined.conversation_id,
        }
        response = Response(AcceptedSerializer(body).data, status=201)
        if in_cookie:
            remember_browser(replace_refresh_token(request, response), joined.user.email)
        return response
