"""Management commands: ``python -m kdb migrate``, ``python -m kdb create_administrator NAME``."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from kdb.config.options import UnsafeSetting


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kdb.config.settings")
    try:
        execute_from_command_line(["python -m kdb", *sys.argv[1:]])
    except UnsafeSetting as error:
        sys.exit(f"Error: {error}")
    except OperationalError as error:
        sys.exit(f"Error: the database does not do it: {error}")


if __name__ == "__main__":
    main()
