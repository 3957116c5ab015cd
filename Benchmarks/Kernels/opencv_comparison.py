"""addWeighted and the Gaussian blur beside OpenCV's.

For the newest OpenCV and for OpenCV 4: both are in use, and they differ.

    run opencv [--section FILE]

`run` calls this with the path of a shared library made of the kernels.
"""

import argparse
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import environment

environment.enter()

import section

parser = argparse.ArgumentParser(prog="Benchmarks/Kernels/run opencv")
parser.add_argument("library")
section.add_option(parser)
options = parser.parse_args()

out = section.Section(options.section)
out.heading("addWeighted and Gaussian beside OpenCV, one thread each", level=2)
out.say("`Benchmarks/Kernels/run opencv`. Medians of rounds in turn.", "")
peers = environment.opencv_peers()
if not peers:
    out.say("Skipped: OpenCV could not be installed (delete Benchmarks/.venv to try again).")
for python in peers.values():
    script = pathlib.Path(__file__).with_name("opencv_speed.py")
    run = subprocess.run([python, str(script), options.library], stdout=subprocess.PIPE, text=True)
    if run.returncode:
        environment.stop(f"{script.name} ended with exit code {run.returncode} (see above).")
    out.say(*run.stdout.splitlines(), "")
out.write()
