FROM python:3.11-slim AS build

WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt


FROM python:3.11-slim

LABEL org.opencontainers.image.title="Trainer messaging" \
    org.opencontainers.image.version="1.1.0" \
    org.opencontainers.image.licenses="MIT"
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin app \
    && install --directory --owner=app --group=app /srv/media
COPY --from=build /venv /venv
WORKDIR /app
COPY . .

# No server is contacted: production settings require these variables to be set.
RUN DEBUG=0 SECRET_KEY=of-the-build-alone-0123456789-0123456789-0123456789 \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build EMAIL_URL=dummymail:// \
    ALLOWED_HOSTS=build PUBLIC_URL=http://build python manage.py collectstatic --noinput

ENV DEBUG=0 \
    HOST=0.0.0.0 \
    PORT=8000 \
    MEDIA_ROOT=/srv/media
VOLUME /srv/media
# By number, so that a cluster can tell that it is not root.
USER 10001
EXPOSE 8000

# Uses the first allowed host name, because 127.0.0.1 is rarely allowed.
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os; from urllib.request import Request, urlopen; name = os.environ['ALLOWED_HOSTS'].split(',')[0].strip(' .').replace('*', 'localhost'); urlopen(Request(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", headers={'Host': name}), timeout=4)"]

CMD ["python", "-m", "config.serve"]
