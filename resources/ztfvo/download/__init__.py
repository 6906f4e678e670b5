"""Bring files of a release from the archive into the release's data folder.

``source`` says where a release is published, ``sky`` and ``catalogue`` turn a wish into a list of
remote files, ``client`` talks to the archive, ``transfer`` fetches one file, ``run`` fetches all.
"""
