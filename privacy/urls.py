from django.urls import path

from privacy import views

urlpatterns = [
    path("users/data-exports/", views.DataExportListView.as_view()),
    path("users/profiles/delete-account/", views.DeleteAccountView.as_view()),
]
