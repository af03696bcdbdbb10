from django.urls import path

from messaging import change_views, views
from messaging.search.views import SearchView

# The busiest ones come first, because Django tries them in order.
urlpatterns = [
    path("conversations/<id:conversation_id>/messages/", views.MessageListView.as_view()),
    path("conversations/<id:conversation_id>/send/", views.SendMessageView.as_view()),
    path("conversations/<id:conversation_id>/read/", views.MarkReadView.as_view()),
    path("conversations/", views.ConversationListView.as_view()),
    path("unread-count/", views.UnreadCountView.as_view()),
    path("conversations/<id:conversation_id>/", views.ConversationView.as_view()),
    path("conversations/start/", views.StartConversationView.as_view()),
    path(
        "conversations/<id:conversation_id>/messages/<id:message_id>/",
        change_views.MessageView.as_view(),
    ),
    path(
        "conversations/<id:conversation_id>/messages/<id:message_id>/reactions/<str:emoji>/",
        change_views.ReactionView.as_view(),
    ),
    path("search/", SearchView.as_view()),
    path("uploads/", views.UploadView.as_view()),
]
