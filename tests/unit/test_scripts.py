"""The pages' scripts of pure arithmetic, in node's own test runner."""

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.mjs")), ids=lambda file: file.stem)
def test_scripts(file):
    done = subprocess.run(
        ["node", "--test", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
