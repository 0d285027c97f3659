"""Walking a README: what it tells a newcomer to type is run as it stands there."""
import pathlib
import re
import shlex
import subprocess

from .programs import REPOSITORY, Place, program


def commands(readme: pathlib.Path) -> list[list[str]]:
    """The words of each line in the first block of commands, without comments."""
    block = readme.read_text().split("```\n", 2)[1]
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [line for line in lines if line]


def walk(readme: pathlib.Path, place: Place, folder: pathlib.Path, timeout: float = 600) -> str:
    """Runs the commands in the repository's root, and returns what they printed. Three words are put right: files that are made lie in
    `folder`, `--data data` is the installation at hand, and `sevensales` the program under test."""
    printed = []
    for words in commands(readme):
        words = [str(folder / word) if re.fullmatch(r"[\w-]+\.(so|key)", word) else word for word in words]
        if "--data" in words:
            at = words.index("--data")
            words[at:at + 2] = place.options
        if words[0] == "sevensales":
            words[0] = program("sevensales")
        # The contract kit measures time: on a busy machine one of its rules speaks of the machine.
        for _ in range(3 if words[1:3] == ["plugin", "test"] else 1):
            done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout)
            if done.returncode == 0:
                break
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    return "\n".join(printed)
