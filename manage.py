#!/usr/bin/env python
"""Django's command line."""

import gc
import os
import sys

import django

from config.command_line import run_command
from config.environment import without_traceback

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with without_traceback():
        gc.disable()  # loading the apps leaves no garbage; looking for it would take a tenth of the time
        django.setup()
        gc.enable()
        run_command(sys.argv)
