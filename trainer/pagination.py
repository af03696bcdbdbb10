from rest_framework.pagination import PageNumberPagination


class TrainerPage(PageNumberPagination):
    page_size = 20
