"""Make the golden retries anew: `python -m tests.cluster.golden.make_retries RETRIES`, RETRIES
being the program that README.md says how to build.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.cluster.golden.cases import FAILURES, GOLDEN, RETRIES, rules


def main(program: str) -> None:
    """Ask Argo's code about every failure, under each rule and each number of retries."""
    question = {"failures": FAILURES, "rules": rules()}
    answers = {}
    for own in json.loads(GOLDEN.read_text())["retries"]:
        asked = json.dumps(question | {"own": own})
        output = subprocess.run([program], input=asked, check=True, capture_output=True, text=True)
        answers[own["limit"]] = json.loads(output.stdout)
    made = {"argo": "4.0.5", **question, "answers": answers}
    RETRIES.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
