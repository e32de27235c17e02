"""The structures of requests and answers of 1.x, from which its OpenAPI document is made.

Field names and their order are 1.x's. Requests have ``UNSET`` where a client may leave something
out. Where users keep keys of their own (annotations, predictions), answers carry them, too.
"""
