"""The store: what the database keeps, how it is encoded, and the views that are published.

Nothing here imports what stands above: loaders write to the store, products and links read it.
"""
