"""Which probes run when: before the server starts, and in `manage.py doctor`."""

from collections.abc import Iterator
from dataclasses import replace

from django.db import DatabaseError

from config.probes.databases import probe_database, probe_worker
from config.probes.files import probe_certificates, probe_pictures, probe_static_files
from config.probes.finding import Finding, Level, fault, reason_of
from config.probes.servers import probe_mail, probe_push, probe_redis


def probe_start() -> Iterator[Finding]:
    """
    Yield what the server cannot do without as faults, and what it can as warnings.

    It works while Redis or the mail server is unavailable, and must start then, too.
    """
    yield from probe_certificates()
    yield from (*probe_pictures(), probe_static_files(), *probe_database())
    for each in (*probe_redis(), probe_mail()):
        if each.level is Level.FAULT:
            yield replace(each, level=Level.WARNING)


def probe_everything() -> Iterator[Finding]:
    """Yield a finding for each part of a running set-up."""
    yield from probe_certificates()
    yield from (found := probe_database())
    if found[0].level is Level.OK:
        yield _probe_worker()
    yield from probe_redis()
    yield probe_mail()
    yield from probe_push()
    yield from (*probe_pictures(), probe_static_files())


def _probe_worker() -> Finding:
    try:
        return probe_worker()
    except DatabaseError as error:
        return fault(f"Worker: the jobs cannot be read: {reason_of(error)}.")
