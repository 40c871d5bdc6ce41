# Sayso in a container. README.md, Deploy, has the one command that builds it and fills it;
# docs/deploy.md has the rest: compose, Kubernetes, systemd, a proxy with TLS.

FROM python:3.13-slim-trixie AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*

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


FROM dependencies AS code
COPY . .
RUN pip wheel --no-deps --no-build-isolation -w /tmp/wheel . \
 && pip --python /venv/bin/python install --no-deps --root /code /tmp/wheel/*.whl


# The system without what builds or installs: what a server on a port never runs is removed as a
# package, so that /var/lib/dpkg/status, which scanners read, lists what is here and nothing else.
FROM python:3.13-slim-trixie AS system
# Letters for the pictures: Latin, Cyrillic and Greek; Hangul; Arabic, Armenian and more.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-liberation fonts-nanum fonts-dejavu-core \
 && find /usr/share/fonts -name '*.ttf' ! -name 'LiberationSans-*' ! -name 'DejaVuSans.ttf' \
    ! -name 'DejaVuSans-Bold.ttf' ! -name 'NanumGothic.ttf' ! -name 'NanumGothicBold.ttf' -delete \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sayso \
 && install -d -o sayso -g sayso -m 0700 /data /secrets
RUN cd /usr/local/lib/python3.13 \
 && rm -rf site-packages/* ensurepip idlelib tkinter turtledemo turtle.py pydoc_data lib2to3 test \
    config-3.13-* lib-dynload/_dbm.* lib-dynload/_gdbm.* lib-dynload/_tkinter.* \
    /usr/local/include /usr/local/bin/pip* /usr/local/bin/idle* /usr/local/bin/2to3* \
    /usr/local/bin/pydoc* /usr/local/bin/*-config /usr/local/share/man \
 && python -m compileall -q . \
 && find /usr/share/doc -type f ! -name copyright -delete \
 && rm -rf /usr/share/man /usr/share/locale /usr/share/info /usr/lib/*/gconv \
 && rm -f /var/lib/dpkg/info/*.pre* /var/lib/dpkg/info/*.post* \
 && needless='apt|debian-archive-keyring|sqv|perl-base|debconf|libdebconfclient0|init-system-helpers\
|sysvinit-utils|bsdutils|diffutils|mawk|mount|util-linux.*|ncurses-bin|openssl|openssl-provider-legacy\
|login|login.defs|passwd|tar|gzip|debianutils|fonts-dejavu-mono\
|lib(apt-pkg|nettle|hogweed|seccomp|lz4|xxhash|udev|semanage|sepol|audit|cap-ng|pam|db5|bsd|mount\
|blkid|smartcols|lastlog|stdc|crypt1).*' \
 && dpkg --purge --force-all $(dpkg-query -W -f '${Package}\n' | grep -xE "$needless") dpkg \
 && rm -rf /etc/apt /var/lib/apt /var/cache/* /var/backups/* /var/log/*
# Python, and every library that it loads, finds the libraries that it needs.
COPY --from=dependencies /venv /venv
RUN find /usr/local /venv -type f \( -path '*/bin/*' -o -name '*.so*' \) \
    -exec ldd {} + > /tmp/needed 2> /dev/null; \
    grep -q libpython /tmp/needed && ! grep 'not found' /tmp/needed && rm -r /tmp/needed /venv


FROM scratch
COPY --from=system / /
COPY --from=dependencies /venv /venv
COPY --from=code /code/venv /venv
# The database is the default one, sayso.db in the working directory. Its setting is not said here:
# then SAYSO_DATABASE_URL_FILE would be a second answer, and be refused.
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
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
