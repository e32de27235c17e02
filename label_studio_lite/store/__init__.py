"""Durable files of a project directory; the only room that touches them."""
