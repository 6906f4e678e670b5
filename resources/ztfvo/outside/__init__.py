"""What other services know about a place: asked at once, and never lost in silence.

Each module of ``outside/sources/`` declares one service (`ztfvo.outside.model.Source`): what it
gives, its hosts, columns and limits, and how it is asked.  `ztfvo.outside.ask` sends a question and
returns one of four answers: found, empty, unavailable or malformed.  Only hosts that a source names
are reached (`ztfvo.outside.client`), and what they answered is kept (`ztfvo.outside.cache`).
"""
