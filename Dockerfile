# The bot as a container image: wheels from the hashed requirements, no compiler, no root, no file written but in /data.
# docs/deploy.md tells how to run it. Nothing secret goes in: settings come from the environment of the container.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/switchboard \
    && python -m pip --python /opt/switchboard/bin/python --disable-pip-version-check --no-cache-dir \
        install --quiet --require-hashes --only-binary :all: --requirement requirements.txt
# Compiled here, since nothing can be written there when it runs.
COPY pyproject.toml /app/
COPY deploy/docker/healthcheck.py /app/
COPY cogs /app/cogs
COPY bot /app/bot
RUN /opt/switchboard/bin/python -m compileall -q /app

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="switchboard" \
      org.opencontainers.image.licenses="MIT"
# By its number, so that Kubernetes can see that it is not root.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin switchboard \
    && install --directory --mode 700 --owner switchboard --group switchboard /data
COPY --from=build /opt/switchboard /opt/switchboard
COPY --from=build /app /app
ENV PATH=/opt/switchboard/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PORT=8080
# SQLite's data/switchboard.db is /data/switchboard.db from here.
WORKDIR /
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-S", "/app/healthcheck.py"]
# The bot is process 1, and gets SIGTERM itself: no shell before it.
ENTRYPOINT ["python", "-m", "bot"]
