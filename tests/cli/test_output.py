"""Results for machines: valid JSON, whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlkit.cli.output import print_json, say, say_wrote


def printed(capsys: Any, content: Any) -> Any:
    print_json(content)
    return json.loads(capsys.readouterr().out)


def test_tables_are_lists_of_rows(capsys: Any) -> None:
    table = pd.DataFrame({"n": [1, 2], "x": [0.5, np.nan]}, index=["a", "b"])
    table.index.name = "label"
    assert printed(capsys, {"table": table}) == {
        "table": [
            {"label": "a", "n": 1, "x": 0.5},
            {"label": "b", "n": 2, "x": None},
        ]
    }
    assert printed(capsys, table.reset_index(drop=True))[0] == {"n": 1, "x": 0.5}


def test_numbers_texts_and_gaps(capsys: Any) -> None:
    content = {
        "int": np.int64(3),
        "bool": np.bool_(True),
        "inf": np.inf,
        "array": np.array([[1, 2]]),
        "tuple": (1, "ü"),
        "path": Path("a/b"),
        "none": None,
        3: pd.Series({"x": np.float32(0.5)}),
    }
    assert printed(capsys, content) == {
        "int": 3,
        "bool": True,
        "inf": None,
        "array": [[1, 2]],
        "tuple": [1, "ü"],
        "path": "a/b",
        "none": None,
        "3": {"x": 0.5},
    }


def test_messages_go_to_standard_error(capsys: Any) -> None:
    say("hello")
    say_wrote(Path("x"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "mlkit: hello\nmlkit: wrote x\n"
