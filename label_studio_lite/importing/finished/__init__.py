"""Readers of finished work: labels that other programs, or exports of ours, hold.

One for each format behind one registry, see :mod:`.registry`.
"""
