from jobs.management.commands import worker


class Command(worker.Command):
    help = "The same as `worker`, which sends notifications and runs other jobs. The next release lacks it."
