"""Commands about models: what they print and write, and what they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit import cli
from mlkit.comparison import Comparison
from mlkit.persistence import read_card

from .calls import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Training and test rows of flags as CSV, and a model."""
    folder = tmp_path_factory.mktemp("cli")
    # Without names of the rows, which would become a feature.
    flags = mlkit.load("flags")
    flags = flags.replace(
        X=flags.X.reset_index(drop=True), Y=flags.Y.reset_index(drop=True)
    )
    for part in mlkit.split(flags, random_state=0):
        mlkit.write(part, folder / f"{part.name}.csv")
    code = cli.main(
        ["fit", str(folder / "flags-train.csv"), "--out", str(folder / "model.zip")]
    )
    assert code == 0
    return folder


class TestFit:
    def test_the_card_is_printed(self, capsys: Any, folder: Path) -> None:
        train = folder / "flags-train.csv"
        path = folder / "new" / "tree.zip"
        code, out, err = run(
            capsys, "fit", train, "--model", "br-tree", "--out", path, "--notes", "Hm."
        )
        assert code == 0
        assert "red, green, blue" in out
        assert f"wrote {path}" in err
        card = read_card(path)
        assert card.notes == "Hm."
        assert card.data is not None
        assert card.data["shape"]["rows"] == 156
        assert "DecisionTree" in card.parameters["learn__estimator"]

    def test_as_json(self, capsys: Any, folder: Path) -> None:
        train, path = folder / "flags-train.csv", folder / "json.zip"
        code, out, _ = run(capsys, "fit", train, "--out", path, "--json")
        assert code == 0
        assert json.loads(out)["label_names"] == list(mlkit.load("flags").label_names)

    def test_tuned(self, capsys: Any, folder: Path) -> None:
        train, path = folder / "flags-train.csv", folder / "tuned.zip"
        options = ("--model", "br-tree", "--tune", "micro_f1", "--seed", 3)
        code, _, _ = run(capsys, "fit", train, *options, "--out", path)
        assert code == 0
        parameters = read_card(path).parameters
        assert parameters["learn__random_state"] == "3"
        assert parameters["learn__estimator__max_depth"] != "None"

    def test_a_model_that_exists_is_not_replaced(
        self, capsys: Any, folder: Path
    ) -> None:
        train, path = folder / "flags-train.csv", folder / "model.zip"
        before = path.read_bytes()
        # Said before anything is read, let alone trained.
        code, _, err = run(capsys, "fit", folder / "no.csv", "--out", path)
        assert code == 1
        assert "exists" in err
        assert path.read_bytes() == before
        code, _, _ = run(capsys, "fit", train, "--out", path, "--overwrite")
        assert code == 0


class TestPredict:
    def test_labels_as_csv(self, capsys: Any, folder: Path) -> None:
        test, path = folder / "flags-test.csv", folder / "labels.csv"
        code, out, err = run(
            capsys, "predict", folder / "model.zip", test, "--out", path
        )
        assert (code, out) == (0, "")
        assert f"wrote {path}" in err
        found = pd.read_csv(path, index_col=0)
        model = mlkit.load_model(folder / "model.zip")
        expected = model.predict(mlkit.read(test).X)
        np.testing.assert_array_equal(found, expected)
        assert list(found.columns) == list(mlkit.load("flags").label_names)

    def test_probabilities_and_standard_output(self, capsys: Any, folder: Path) -> None:
        test, path = folder / "flags-test.csv", folder / "proba.parquet"
        model = mlkit.load_model(folder / "model.zip")
        expected = model.predict_proba(mlkit.read(test).X)
        arguments = ("predict", folder / "model.zip", test, "--proba")
        assert run(capsys, *arguments, "--out", path)[0] == 0
        np.testing.assert_array_equal(pd.read_parquet(path), expected)
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        assert len(out.splitlines()) == 1 + len(expected)

    def test_new_rows_without_labels_in_another_order(
        self, capsys: Any, folder: Path
    ) -> None:
        test = folder / "flags-test.csv"
        X = mlkit.read(test).X
        new = folder / "new.csv"
        X[list(X.columns[::-1])].assign(extra=1).to_csv(new)
        code, out, _ = run(capsys, "predict", folder / "model.zip", new)
        assert code == 0
        named = [line.partition(",")[0] for line in out.splitlines()]
        assert named == ["", *map(str, X.index)]
        assert out == run(capsys, "predict", folder / "model.zip", test)[1]

    def test_a_named_set(self, capsys: Any, folder: Path) -> None:
        code, out, _ = run(capsys, "predict", folder / "model.zip", "flags")
        assert code == 0
        assert len(out.splitlines()) == 196

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("no.zip", "flags"), "no.zip"),
            (("model.zip", "no.csv"), "There is no file"),
            (("model.zip", "few.csv"), "lacks 21 of the 22 columns"),
            (("model.zip", "flags", "--out", "x.txt"), "a file .csv or .parquet"),
            (("model.zip", "flags", "--out", "model.csv"), "exists"),
            (("svm.zip", "flags", "--proba"), "has no probabilities"),
        ],
    )
    def test_refusals(
        self,
        capsys: Any,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        arguments: tuple[str, ...],
        message: str,
    ) -> None:
        monkeypatch.chdir(folder)
        Path("few.csv").write_text("area,other\n1,2\n")
        Path("model.csv").write_text("keep me")
        if "svm.zip" in arguments:
            options = ("--model", "br-svm", "--out", "svm.zip")
            run(capsys, "fit", "flags-train.csv", *options)
        code, out, err = run(capsys, "predict", *arguments)
        assert (code, out) == (1, "")
        assert message in err
        assert "Traceback" not in err
        assert Path("model.csv").read_text() == "keep me"


class TestEvaluate:
    def test_predictions_of_a_file(self, capsys: Any, folder: Path) -> None:
        test, path = folder / "flags-test.csv", folder / "p.csv"
        model = mlkit.load_model(folder / "model.zip")
        ds = mlkit.read(test)
        proba = pd.DataFrame(model.predict_proba(ds.X), columns=ds.label_names)
        # The names say which column is which.
        proba[list(ds.label_names[::-1])].to_csv(path, index=False)
        code, out, _ = run(capsys, "evaluate", test, "--predictions", path, "--json")
        assert code == 0
        metrics = {row["metric"]: row["value"] for row in json.loads(out)["metrics"]}
        expected = mlkit.evaluate(ds, proba.to_numpy())
        assert metrics["micro_f1"] == pytest.approx(float(expected["micro_f1"]))
        assert metrics["log_loss"] == pytest.approx(float(expected["log_loss"]))

    def test_a_saved_model(self, capsys: Any, folder: Path) -> None:
        test = folder / "flags-test.csv"
        code, out, _ = run(
            capsys, "evaluate", test, "--with-model", folder / "model.zip"
        )
        assert code == 0
        assert "39 rows" in out
        assert "Micro F1" in out

    def test_rows_are_found_by_their_names(self, capsys: Any, tmp_path: Path) -> None:
        flags = mlkit.load("flags")
        path = tmp_path / "p.csv"
        flags.Y[::-1].rename_axis(None).to_csv(path)
        metrics = ("--metrics", "subset_accuracy", "--json")
        code, out, _ = run(capsys, "evaluate", "flags", "--predictions", path, *metrics)
        assert code == 0
        assert json.loads(out)["metrics"][0]["value"] == 1.0

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ((), "Give either"),
            (("--predictions", "p.csv", "--with-model", "model.zip"), "Give either"),
            (("--predictions", "few.csv"), "lacks 7 of the 7"),
            (("--predictions", "short.csv"), r"\(39, 7\) and \(1, 7\)"),
        ],
    )
    def test_refusals(
        self,
        capsys: Any,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        options: tuple[str, ...],
        message: str,
    ) -> None:
        monkeypatch.chdir(folder)
        names = mlkit.load("flags").label_names
        Path("few.csv").write_text("area,other\n1,2\n")
        pd.DataFrame([[0] * 7], columns=names).to_csv("short.csv", index=False)
        code, _, err = run(capsys, "evaluate", "flags-test.csv", *options)
        assert code == 1
        assert re.search(message, err)

    def test_a_model_of_other_labels(
        self, capsys: Any, folder: Path, tmp_path: Path
    ) -> None:
        flags = mlkit.load("flags")
        other = flags.replace(label_names=[f"{n}2" for n in flags.label_names])
        mlkit.write(other, tmp_path / "other.csv")
        code, _, err = run(
            capsys,
            "evaluate",
            tmp_path / "other.csv",
            "--with-model",
            folder / "model.zip",
        )
        assert code == 1
        assert "The model has the labels 'red'" in err


class TestCompare:
    def test_it_goes_on_in_its_folder(self, capsys: Any, tmp_path: Path) -> None:
        options = ("--models", "baseline-set,br-nb", "--folds", 3, "--out", tmp_path)
        code, out, _ = run(capsys, "compare", "flags", *options)
        assert code == 0
        assert "the best mean is that of" in out
        kept = {p: p.stat().st_mtime_ns for p in tmp_path.glob("records/*/*.json")}
        assert len(kept) == 6
        code, again, _ = run(capsys, "compare", "flags", *options)
        assert again == out
        assert kept == {p: p.stat().st_mtime_ns for p in kept}
        assert Comparison.load(tmp_path).models == ("baseline-set", "br-nb")
        assert (tmp_path / "comparison.png").stat().st_size > 10_000

    def test_as_json(self, capsys: Any) -> None:
        options = (
            "--models",
            "baseline-set,br-tree",
            "--folds",
            2,
            "--tune",
            "micro_f1",
        )
        code, out, _ = run(capsys, "compare", "flags", *options, "--json")
        assert code == 0
        content = json.loads(out)
        assert content["settings"]["tune"] == "micro_f1"
        assert {row["model"] for row in content["scores"]} == {
            "baseline-set",
            "br-tree",
        }
        assert content["summary"][0].startswith("Hamming loss on flags: ")


def test_compare_prints_a_table_and_writes_files(capsys, tmp_path):
    out_folder = tmp_path / "results"

    code, out, err = run(
        capsys,
        *["compare", "flags", "--models", "baseline-mode,br-tree", "--folds", "2"],
        *["--metrics", "micro_f1,hamming_loss", "--out", str(out_folder)],
    )

    assert code == 0
    assert "Micro F1 ↑" in out
    assert "br-tree" in out
    written = sorted(path.name for path in out_folder.iterdir())
    assert written == [
        "comparison.parquet",
        "comparison.png",
        "folds.csv",
        "records",
        "scores.csv",
    ]
    assert all(name in err for name in written if name != "records")
    folds = pd.read_csv(out_folder / "folds.csv")
    assert folds["model"].value_counts().to_dict() == {"baseline-mode": 2, "br-tree": 2}


def test_compare_a_file(capsys, toy):
    code, out, _ = run(
        capsys,
        *["compare", toy, "--labels", "2", "--folds", "2"],
        *["--models", "baseline-mode", "--metrics", "hamming_loss"],
    )

    assert code == 0
    assert out.startswith("toy\n")
