from django.urls import path

from trainer import views
from users.views import EndImpersonationView

urlpatterns = [
    path("trainer/trainees/", views.TraineeListView.as_view()),
    path("trainer/trainees/<id:trainee_id>/", views.TraineeDetailView.as_view()),
    path("trainer/trainees/<id:trainee_id>/remove/", views.RemoveTraineeView.as_view()),
    path(
        "trainer/impersonate/<id:trainee_id>/start/", views.StartTraineeImpersonationView.as_view()
    ),
    path("trainer/dashboard/", views.DashboardView.as_view()),
    path("trainer/dashboard/stats/", views.DashboardStatsView.as_view()),
    path("trainer/impersonate/end/", EndImpersonationView.as_view()),
    path("trainer/invitations/", views.InvitationListView.as_view()),
    path("trainer/invitations/<id:invitation_id>/", views.InvitationView.as_view()),
    path("trainer/invitations/<id:invitation_id>/link/", views.InvitationLinkView.as_view()),
    path("trainer/invitations/<id:invitation_id>/resend/", views.ResendInvitationView.as_view()),
    path("auth/invitations/preview/", views.PreviewInvitationView.as_view()),
    path("auth/invitations/accept/", views.AcceptInvitationView.as_view()),
]
