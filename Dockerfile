# Sayso in a container. README.md, Deploy, has the one command that builds it and fills it;
# docs/deploy.md has the rest: compose, Kubernetes, systemd, a proxy with TLS.

FROM python:3.13-slim-trixie AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# Letters for the pictures: Latin, Cyrillic and Greek; Hangul; Arabic, Armenian and more.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    binutils fonts-liberation fonts-nanum fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && find /usr/share/fonts -name 'Nanum*' ! -name 'NanumGothic.ttf' ! -name 'NanumGothicBold.ttf' -delete

# The locked dependencies are a layer of their own: a change of code does not install them again.
# Each file must be the one that was locked; what only tests and tools need is left out by name.
COPY pyproject.toml constraints.txt constraints-hashes.txt deploy/locked.py ./
RUN python -m venv --without-pip /venv \
 && python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
print(*p['project']['dependencies'], file=open('/tmp/run.txt', 'w'), sep='\n'); \
print(*p['build-system']['requires'], file=open('/tmp/build.txt', 'w'), sep='\n')" \
 && for part in run build; do \
      pip install -q --dry-run --ignore-installed --report /tmp/$part.json -c constraints.txt -r /tmp/$part.txt \
   && python locked.py /tmp/$part.json constraints-hashes.txt > /tmp/$part-hashes.txt || exit 1; \
    done \
 && pip --python /venv/bin/python install --no-deps --require-hashes -r /tmp/run-hashes.txt \
 && pip install --no-deps --require-hashes -r /tmp/build-hashes.txt \
 && find /venv -name '*.so*' -exec strip --strip-unneeded {} + \
 && find /venv -type d -name testing -prune -exec rm -r {} + \
 && find /venv \( -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' \) -delete

COPY . .
RUN pip wheel --no-deps --no-build-isolation -w /tmp/wheel . \
 && pip --python /venv/bin/python install --no-deps /tmp/wheel/*.whl


# The system without what builds: no pip, no compiler's leftovers, no manuals.
FROM python:3.13-slim-trixie AS system
RUN rm -rf /usr/local/lib/python3.13/site-packages/* /usr/local/bin/pip* /usr/local/bin/idle* \
    /usr/local/bin/2to3* /usr/local/bin/pydoc* /usr/local/bin/*-config /usr/local/include \
    /usr/local/share/man /usr/share/doc /usr/share/man /usr/share/locale /usr/share/info \
    /var/cache/* /var/log/* \
 && cd /usr/local/lib/python3.13 \
 && rm -rf ensurepip idlelib tkinter turtledemo turtle.py pydoc_data lib2to3 test config-3.13-* \
 && find /usr/local/lib -name '*.a' -delete \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sayso \
 && install -d -o sayso -g sayso -m 0700 /data /secrets


FROM scratch
COPY --from=system / /
COPY --from=builder /usr/share/fonts /usr/share/fonts
COPY --from=builder /venv /venv
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    SAYSO_DATABASE_URL=sqlite:////data/sayso.db \
    SAYSO_HOST=0.0.0.0 \
    SAYSO_PORT=8000
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sayso" \
      org.opencontainers.image.description="Who said what number, when, through whom, and how firmly: a REST API over source-attributed claims" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim-trixie"
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "import http.client, os; \
c = http.client.HTTPConnection('127.0.0.1', int(os.environ['SAYSO_PORT']), timeout=4); \
c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["sayso", "serve"]
