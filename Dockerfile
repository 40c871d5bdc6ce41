# Sayso in a container: `docker build -t sayso . && docker run -p 8000:8000 -v sayso:/data sayso`

FROM python:3.13-slim-bookworm AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /venv

# Letters for the pictures: Latin, Cyrillic and Greek; Hangul; Arabic, Armenian and more.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-liberation fonts-nanum fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*

# The locked dependencies are a layer of their own: a change of code does not install them again.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
print(*p['project']['dependencies'], file=open('/tmp/run.txt', 'w'), sep='\n'); \
print(*p['build-system']['requires'], file=open('/tmp/build.txt', 'w'), sep='\n')" \
 && pip --python /venv/bin/python install -c constraints.txt -r /tmp/run.txt \
 && pip install -c constraints.txt -r /tmp/build.txt

COPY . .
RUN pip wheel --no-deps --no-build-isolation -w /tmp/wheel . \
 && pip --python /venv/bin/python install --no-deps /tmp/wheel/*.whl


FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sayso \
 && install -d -o sayso -g sayso /data
COPY --from=builder /usr/share/fonts /usr/share/fonts
COPY --from=builder /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SAYSO_DATABASE_URL=sqlite:////data/sayso.db \
    SAYSO_HOST=0.0.0.0 \
    SAYSO_PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "import http.client, os; \
c = http.client.HTTPConnection('127.0.0.1', int(os.environ['SAYSO_PORT']), timeout=4); \
c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["sayso", "serve"]
