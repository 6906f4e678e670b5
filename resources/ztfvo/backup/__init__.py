"""Backups of the knowledge database.

A backup is one file, ``kdb-TIME.tar`` (UTC), with three members: ``kdb.dump``, the database in
PostgreSQL's custom format, of one moment; ``settings.env``, the installation's settings without
passwords; and ``manifest.json``, with the number of rows of each table and the checksums.

The dump holds names, e-mail addresses and the hashes of passwords and tokens, so that a restored
service goes on as it was: keep it as safe as the database.  Not in it are sessions and failed
logins, and none of ``var/secrets/``: set-up makes new ones, and people log in again.
"""
