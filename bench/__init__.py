"""Measurements, side by side with the physical limit and with the real 0.8.2.

    python -m bench                       our server at 1,000, 100,000 and 1,000,000 tasks
    python -m bench --peer COMMAND        the same requests to the real 0.8.2, too
    python -m bench --exports 100000      every export format, beside the converter of 1.x
    python -m bench --data-manager        lists of 1.x: filters and orders
    python -m bench.labeling              from one task to the next in a browser
    python -m bench.pages                 the pages in a browser
    python -m bench.models                predictions of all tasks

Results are printed and written beside this file: ``RESULTS.md``, and for the others
``EXPORTS.md``, ``DATA_MANAGER.md``, ``LABELING.md``, ``PAGES.md`` and ``MODELS.md``.
"""
