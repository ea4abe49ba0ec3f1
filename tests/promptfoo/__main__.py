"""`python3 run.py promptfoo`: the prompt's versions compared by PromptFoo, over `serve-model`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "promptfooconfig.yaml"
sys.path[:0] = [str(HERE)]

from install import ENTRY, FOLDER, environment, install, node  # noqa: E402
from prompts import fill  # noqa: E402

from demo_lib.errors import DemoError  # noqa: E402
from demo_lib.settings import PROJECT_ROOT  # noqa: E402


def main(arguments: list[str]) -> int:
    """Install PromptFoo where it is not yet, fill the prompts, compare; arguments go to `promptfoo eval`.

    Returns PromptFoo's exit status: 0 where the comparison ran, whatever it found.
    """
    install()
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    versions = [prompt["config"]["version"] for prompt in config["prompts"]]
    fill(versions, [test["vars"]["question"] for test in config["tests"]], FOLDER)
    results = FOLDER / "results.json"
    command = [node(), ENTRY, "eval", "--config", CONFIG, "--no-cache", "--no-share", "--output", results, *arguments]
    with offline_model() as url:
        status = subprocess.run(command, cwd=HERE, env={**environment(), "SERVED_MODEL": url}, check=False).returncode
    print(f"All of it: {results.relative_to(PROJECT_ROOT)}")
    return status


@contextmanager
def offline_model() -> Iterator[str]:
    """`serve-model` on a port that is free; yields its address. Raises DemoError where it does not start."""
    command = [sys.executable, "-m", "demo_lib", "serve-model", "--port", "0"]
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as serving:
        try:
            assert serving.stdout
            urls = [word for word in serving.stdout.readline().split() if word.startswith("http://")]
            if not urls:
                raise DemoError("The offline model did not start: try python -m demo_lib serve-model --port 0")
            yield urls[0]
        finally:
            serving.terminate()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DemoError as error:
        sys.exit(str(error))
