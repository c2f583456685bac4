"""The loader of step 1 at 224 pixels: two views of each of 100 drawn photographs of 500 x 375.

* `loader_torchvision`, `loader_lightly`: images a second of one core, from file to normalised
  views, against the peers' pipelines of the same changes; of torchvision's two the faster. Neither
  side keeps decoded images.
* `loader_pillow`: against Pillow and NumPy alone: what OpenCV's scaling and colours are worth.
* `loader_kept`: images that are kept in memory against those that are decoded.
* `loader_four_processes`: batches by four processes against one, wall time; needs two idle cores.

Single processes are timed by the processor, in turns, and the fastest of three counts. The peers
are installed into `.cache/peers` the first time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.parts.machine import report_two_processes
from benchmarks.parts.photographs import write_photographs
from benchmarks.parts.report import report
from benchmarks.parts.views_pace import Pace, maker
from pass_ops.engine.loading.samples import Draw
from pass_ops.engine.loading.shared_memory import Processes
from pass_ops.engine.worker_process import WorkerProcess

PHOTOGRAPHS, TURNS, BATCH, BATCHES = 100, 3, 32, 40
PEERS = Path(__file__).parent / "peers"
ENVIRONMENT = Path(".cache/peers")


def main() -> None:
    """Print one line per metric."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_photographs(folder, PHOTOGRAPHS)
        race(folder)
        four_processes(folder)
    report_two_processes()


def race(folder: Path) -> None:
    """One core against the peers.

    Args:
        folder: of JPEG files.
    """
    python = peers()
    worker = WorkerProcess()
    worker.send(Pace(folder), "the photographs")
    best: dict[str, float] = {}
    for _ in range(TURNS):
        for what in ("decoded", "kept", "pillow", "torchvision", "torchvision_v2", "lightly"):
            if what in ("decoded", "kept", "pillow"):
                worker.send(what, what)
                pace = float(worker.result(what))
            else:
                pace = peer_pace(python, folder, what)
            best[what] = max(pace, best.get(what, 0))
    worker.close()
    worker.wait()
    best["torchvision"] = max(best["torchvision"], best.pop("torchvision_v2"))
    ours = best["decoded"]
    for peer, floor in (("torchvision", 1.5), ("lightly", 1.5), ("pillow", None)):
        unit = f"x its {best[peer]:.0f} images/s of a core ({ours:.0f})"
        report(name=f"loader_{peer}", ratio=ours / best[peer], floor=floor, unit=unit)
    unit = f"x the decoded ones ({best['kept']:.0f} images/s of a core)"
    report(name="loader_kept", ratio=best["kept"] / ours, floor=None, unit=unit)


def peers() -> Path:
    """The interpreter of the peers' environment, made unless it is there."""
    python = ENVIRONMENT / "bin" / "python"
    wanted = (PEERS / "requirements.txt").read_text()
    installed = ENVIRONMENT / "installed.txt"
    if not installed.is_file() or installed.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        options = ["install", "--quiet", "-r", f"{PEERS}/requirements.txt"]
        subprocess.run([str(python), "-m", "pip", *options], check=True)
        installed.write_text(wanted)
    return python


def peer_pace(python: Path, folder: Path, name: str) -> float:
    """Images a second of processor time of a peer.

    Args:
        python: its interpreter.
        folder: of JPEG files.
        name: of the pipeline.
    """
    command = [str(python), "-W", "ignore", f"{PEERS}/two_views.py", str(folder), name]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout.split()[-1])


def four_processes(folder: Path) -> None:
    """Batches by four processes against one.

    Args:
        folder: of JPEG files.
    """
    paces = {count: max(batches_pace(folder, count) for _ in range(TURNS)) for count in (1, 4)}
    unit = f"x one process ({paces[4]:.0f} images/s)"
    report(name="loader_four_processes", ratio=paces[4] / paces[1], floor=1.8, unit=unit)


def batches_pace(folder: Path, count: int) -> float:
    """Images a second of wall time, from the first batch on.

    Args:
        folder: of JPEG files.
        count: of processes.
    """
    crew = Processes(make=maker(folder, 0), count=count, batch_size=BATCH, slots=3)
    draws = [Draw(number % PHOTOGRAPHS, number // PHOTOGRAPHS) for number in range(BATCH * BATCHES)]
    waiting = [crew.submit(draws[:BATCH]), crew.submit(draws[BATCH : 2 * BATCH])]
    crew.result(waiting.pop(0))
    start = time.perf_counter()
    for begin in range(2 * BATCH, len(draws), BATCH):
        waiting.append(crew.submit(draws[begin : begin + BATCH]))
        crew.result(waiting.pop(0))
    crew.result(waiting.pop(0))
    pace = BATCH * (BATCHES - 1) / (time.perf_counter() - start)
    crew.close()
    return pace


if __name__ == "__main__":
    main()
