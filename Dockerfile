# One image for all five services and the preparing job; which one it is says the command.
# CI machines without a registry pass their own base: --build-arg BASE=...
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
COPY requirements.lock /
RUN python3 -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock

FROM ${BASE}
LABEL org.opencontainers.image.title="county-loans" \
      org.opencontainers.image.description="Subsidised small loans for registered poor households of Chinese counties"
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Compiled once here: the root file system is read-only at run time. Volumes take their owner from these folders.
RUN /venv/bin/python -m compileall -q services shared deploy \
    && install -d -m 0700 -o 10001 -g 10001 /keys /files
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLATFORM_KEYS_DIR=/keys \
    PLATFORM_PII_KEY_FILE=/keys/pii.json \
    PLATFORM_DATA_DIR=/files
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
# Callers reach a container by its own address, so it listens on all of its interfaces.
ENTRYPOINT ["python", "-m"]
CMD ["deploy.serve", "gateway", "--host", "0.0.0.0"]
