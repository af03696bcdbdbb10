from django.urls import path

from messaging import views

urlpatterns = [
    path("conversations/", views.ConversationListView.as_view()),
    path("conversations/start/", views.StartConversationView.as_view()),
    path("conversations/<id:conversation_id>/", views.ConversationView.as_view()),
    path("conversations/<id:conversation_id>/messages/", views.MessageListView.as_view()),
    path("conversations/<id:conversation_id>/send/", views.SendMessageView.as_view()),
    path("conversations/<id:conversation_id>/read/", views.MarkReadView.as_view()),
    path("unread-count/", views.UnreadCountView.as_view()),
]
