"""Coverage-guided fuzzing of the readers: ``make fuzz``.

Usage: ``fuzz.py [--minutes N] [--results FOLDER] [TARGET ...]``. Each target runs in a
process of its own for the given minutes, two at a time. Inputs that reach new code are
kept in ``results/fuzzing/<target>``, so that the next run goes on from there; an input
that breaks a rule is written beside them as ``crash-*``, ``oom-*`` or ``timeout-*``,
and the exit status is 1. Mend the reader, and move the input to
``regressions/<target>``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parents[1] / "results" / "fuzzing"
NAMES = tuple(sorted(folder.name for folder in (HERE / "seeds").iterdir()))

# Inputs of this size must be read in this time and memory; the limits are far above
# what a reader in proportion to its input needs, and far below what another one takes.
LIMITS = ("-max_len=16384", "-timeout=10", "-rss_limit_mb=2048")
SLICE = 300  # seconds of one process


def fuzz_one(name: str, arguments: list[str]) -> None:
    """Fuzz one target in this process; never returns."""
    import atheris

    with atheris.instrument_imports(include=["mlkit"], enable_loader_override=False):
        from targets import TARGETS

    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def write_dictionary(name: str, folder: Path) -> Path:
    """Write the pieces of the format as libFuzzer's dictionary."""
    from targets import TARGETS

    lines = [
        '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'
        for word in TARGETS[name].words
    ]
    path = folder / "words.dict"
    path.write_text("\n".join(lines), "ascii")
    return path


def run(name: str, seconds: int, results: Path) -> int:
    """Fuzz one target in processes of its own and return the last exit status."""
    folder = results / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, __file__, "--child", name),
        *LIMITS,
        f"-dict={write_dictionary(name, folder)}",
        f"-artifact_prefix={folder}/",
        *("-print_final_stats=1", "-verbosity=0"),
    ]
    status = 0
    with (folder / "log.txt").open("wb") as log:
        # A process that fuzzes a reader of arrays grows by some hundred bytes an input,
        # though the reader keeps nothing: without the fuzzer its size stays constant.
        # After a million inputs it would reach the limit of memory.
        for start in range(0, seconds, SLICE):
            time_left = f"-max_total_time={min(SLICE, seconds - start)}"
            places = [str(corpus), str(HERE / "seeds" / name)]
            done = subprocess.run(
                [*command, time_left, *places], stdout=log, stderr=log, check=False
            )
            status = done.returncode
            if status:
                break
    return status


def main() -> int:
    """Fuzz the targets that were named, or all."""
    if sys.argv[1:2] == ["--child"]:
        fuzz_one(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--minutes", type=float, default=60.0, help="a target (60)")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER")
    options = parser.parse_args()
    names = options.targets or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"unknown target {unknown[0]}; known: {', '.join(NAMES)}")
    seconds, results = int(options.minutes * 60), options.results
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda name: run(name, seconds, results), names))
    for name, status in zip(names, statuses, strict=True):
        print(f"{name}: {verdict(results / name, status)}")
    return int(any(statuses))


def verdict(folder: Path, status: int) -> str:
    """Say what a run found, and how many inputs it tried."""
    log = (folder / "log.txt").read_text("utf-8", errors="replace")
    lines = [line for line in log.splitlines() if "executed_units" in line]
    tried = sum(int(line.split()[-1]) for line in lines)
    found = "nothing found" if status == 0 else f"FAILED, see {folder}"
    return f"{found} ({tried} inputs)"


if __name__ == "__main__":
    sys.exit(main())
