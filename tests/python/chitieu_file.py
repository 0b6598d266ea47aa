"""A file that is replaced whole: after a crash it is as it was before or as it is after, never in between."""

import json
import os


def read(file):
    """What was written last; none where nothing was."""
    if not os.path.exists(file):
        return None
    with open(file, encoding="utf-8") as stored:
        return json.load(stored)


def write(file, state):
    """Returns when it is on the disk. The file is its owner's alone."""
    beside = file + ".new"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as new:
        json.dump(state, new, ensure_ascii=False)
        new.flush()
        os.fsync(new.fileno())
    os.replace(beside, file)
    folder = os.open(os.path.dirname(os.path.abspath(file)), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
