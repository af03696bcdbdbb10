from django.db import migrations, transaction

BATCH = 500
KIND = "notifications.deliver"


def move_back(apps, schema_editor):
    """Convert live jobs to rows for the previous release, which does not know their kind."""
    while _move_some_back(apps):
        pass
    jobs = apps.get_model("jobs", "Job").objects
    jobs.filter(kind="notifications.sweep", due_at__isnull=False).delete()


@transaction.atomic
def _move_some_back(apps):
    jobs = apps.get_model("jobs", "Job").objects.filter(kind=KIND, due_at__isnull=False)
    some = list(jobs.select_for_update().order_by("pk")[:BATCH])
    known = _list_existing(apps, some)
    apps.get_model("push", "PushDelivery").objects.bulk_create(
        [
            _delivery_of(apps, each)
            for each in some
            if all(each.args[f"{name}_id"] in ids for name, ids in known.items())
        ],
        update_conflicts=True,
        unique_fields=["conversation", "device"],
        update_fields=["up_to", "recipient"],
    )
    jobs.filter(pk__in=[each.pk for each in some]).delete()
    return len(some)


def _list_existing(apps, jobs):
    """Return the ids that still exist, because rows have foreign keys and jobs have none."""
    models = {
        "conversation": ("messaging", "Conversation"),
        "recipient": ("users", "User"),
        "device": ("push", "DeviceToken"),
    }
    return {
        name: set(
            apps.get_model(*model)
            .objects.filter(pk__in={each.args[f"{name}_id"] for each in jobs})
            .values_list("pk", flat=True)
        )
        for name, model in models.items()
    }


def _delivery_of(apps, job):
    return apps.get_model("push", "PushDelivery")(
        **job.args,
        due_at=job.due_at,
        attempts=min(job.attempts, 8),
        last_failure=job.last_error[:100],
    )


class Migration(migrations.Migration):
    """
    Converts rows only when it is reversed.

    Forwards, the sweep converts rows to jobs when they are due: while processes of the previous release
    run, a migration could not distinguish waiting rows from those that are being sent.
    """

    atomic = False

    dependencies = [("jobs", "0001_jobs"), ("push", "0004_plain_cursor_names")]

    operations = [migrations.RunPython(migrations.RunPython.noop, move_back)]
