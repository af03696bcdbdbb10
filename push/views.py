from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from push.serializers import PushKeySerializer
from push.vapid import get_public_key


class PushKeyView(APIView):
    @extend_schema(responses=PushKeySerializer)
    def get(self, request: Request) -> Response:
        """
        Show the `applicationServerKey` to subscribe with; null where Web Push is off.

        It is the uncompressed point of a P-256 key in base64url.
        """
        return Response(PushKeySerializer({"public_key": get_public_key()}).data)
