"""Installs SoftHSM2, a hardware module in software, for the tests; `make test` runs this."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def is_there() -> bool:
    return shutil.which("softhsm2-util") is not None and any(map(os.path.exists, PLACES))


def library() -> str:
    """The path of SoftHSM2's PKCS#11 library."""
    found = next((place for place in PLACES if Path(place).exists()), None)
    assert found, "SoftHSM2 is missing: install it (Debian: apt-get install softhsm2)"
    return found


def install() -> None:
    """Install Debian's own, under root; elsewhere say what to do."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print("softhsm2 is missing: install it, its tests fail without", file=sys.stderr)
        return
    quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    around = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=around, check=False, **quiet)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "softhsm2"]
    subprocess.run(command, env=around, check=True, **quiet)


if __name__ == "__main__" and not is_there():
    print("installing SoftHSM2 for the tests of hardware modules", file=sys.stderr)
    install()
