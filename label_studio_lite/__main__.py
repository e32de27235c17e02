"""``python -m label_studio_lite`` is the same as ``label-studio``."""

from label_studio_lite.cli.main import main

if __name__ == "__main__":
    main()
