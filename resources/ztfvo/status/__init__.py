"""How an installation is: its parts, the archive's mirrors, disk, jobs and backups."""
