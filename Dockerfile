# A small image that runs as nobody in particular. Every process of the compose file uses it; settings come by environment.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PLENARY_ENV=production STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin plenary && mkdir -p /srv/static && chown plenary /srv/static
COPY --from=build /venv /venv
WORKDIR /srv/plenary
COPY --chown=root:root . .
# Members' files lie here where no bucket is named: the compose file's volume takes this folder's owner over.
RUN mkdir -p var/files && chown plenary var/files
# Keys are needed to read the settings, not to collect files: these are thrown away with the layer's environment.
RUN key=$(python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())") \
    && DATABASE_URL=postgresql://nowhere/none REDIS_URL=redis://nowhere CACHE_URL=redis://nowhere \
       SECRET_KEY=$key ADDRESS_KEY=$key PERSONA_KEY=$key CONSULTATION_KEY=$key SIGNING_KEY=$key BACKUP_KEY=$key \
       python manage.py collectstatic --noinput --verbosity 0
USER plenary
EXPOSE 8000
# Of itself granian grows to 256 threads a process, each with a connection of the database, of which there are 100.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--blocking-threads-idle-timeout", "600", "config.wsgi:application"]
