from django.urls import path

from push import views

urlpatterns = [
    path("users/push-key/", views.PushKeyView.as_view()),
]
