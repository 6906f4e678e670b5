"""The knowledge database: what experts recorded on objects, as a REST service.

It is a Django project of its own and imports nothing of ``ztfvo``.
"""
