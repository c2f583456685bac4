"""A study of the toy pipeline: `python tests/pipelines/study/toy.py FILE`."""

import sys

from pipelines.study.run import main
from tests.pipelines.local.toy import toy_pipeline

if __name__ == "__main__":
    sys.exit(main(toy_pipeline, sys.argv[1:], check=lambda _: None))
