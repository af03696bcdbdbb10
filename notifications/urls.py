from django.urls import path

from notifications import views

urlpatterns = [
    path("users/device-token/", views.DeviceTokenView.as_view()),
    path("users/device-token/forget/", views.ForgetDeviceView.as_view()),
    path("users/notification-preferences/", views.PreferencesView.as_view()),
    path("users/email-preferences/", views.EmailPreferencesView.as_view()),
    path("users/push-key/", views.PushKeyView.as_view()),
]
