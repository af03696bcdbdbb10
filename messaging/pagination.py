from rest_framework.pagination import PageNumberPagination


class ConversationPage(PageNumberPagination):
    page_size = 50


class MessagePage(PageNumberPagination):
    page_size = 20
