from jobs.management.commands import worker


class Command(worker.Command):
    help = "Deprecated: the same as `worker`. Will be removed in the next release."
