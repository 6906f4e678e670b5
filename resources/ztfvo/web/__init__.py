"""The web application: the site's own addresses, outside DaCHS' services.

``app.py`` puts it together; a file of ``routes/`` is one subject, HTTP in and out; what they show
is made by the packages below.
"""
