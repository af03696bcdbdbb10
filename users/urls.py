from django.urls import path

from users import views

urlpatterns = [
    path("auth/jwt/create/", views.SignInView.as_view()),
    path("auth/jwt/refresh/", views.RefreshView.as_view()),
    path("auth/jwt/verify/", views.VerifyView.as_view()),
    path("auth/jwt/blacklist/", views.SignOutView.as_view()),
    path("auth/users/me/", views.MeView.as_view()),
    path("auth/users/set_password/", views.SetPasswordView.as_view()),
    path("auth/users/reset_password/", views.PasswordResetView.as_view()),
    path("auth/users/reset_password_confirm/", views.PasswordResetConfirmView.as_view()),
    path("users/me/", views.WrappedMeView.as_view()),
    path("users/profile-image/", views.ProfileImageView.as_view()),
    path("admin/impersonate/<id:trainer_id>/", views.ImpersonateTrainerView.as_view()),
    path("admin/impersonate/<id:trainer_id>/start/", views.StartTrainerImpersonationView.as_view()),
    path("admin/impersonate/end/", views.EndImpersonationView.as_view()),
]
