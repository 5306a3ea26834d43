from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from mlkit.datasets.generators.sequences import SENSOR_CHANNELS, make_sensor_windows
from mlkit.exceptions import GeneratorError

LABELS = [
    *("drift", "low battery", "noise burst", "stuck", "blocked light", "spike"),
    "dropout",
]


@pytest.fixture(scope="module")
def windows():
    return make_sensor_windows(3000, random_state=0)


@pytest.fixture(scope="module")
def clean():
    return make_sensor_windows(3000, anomaly_share=0.0, random_state=0)


def only(windows, label):
    """Windows with this anomaly and no other."""
    Y = windows.dataset.Y
    return windows.dataset.X[(Y[label] == 1) & (Y.sum(axis=1) == 1)].astype(float)


def channel(X, name):
    return X[:, :, SENSOR_CHANNELS.index(name)]


def test_shapes_names_and_kinds(windows):
    dataset, sensors = windows

    assert dataset.X.shape == (3000, 64, 4)
    assert dataset.X.dtype == np.float32
    assert list(dataset.label_names) == LABELS
    assert isinstance(sensors.dtype, pd.CategoricalDtype)
    assert sensors.cat.categories[[0, -1]].tolist() == ["sensor_01", "sensor_15"]
    assert sensors.value_counts().min() > 140


def test_the_number_of_anomalies_is_as_announced(windows):
    sizes = windows.dataset.Y.sum(axis=1)

    assert (sizes == 0).mean() == pytest.approx(0.45, abs=0.03)
    assert sizes.max() == 3
    assert sizes.mean() == pytest.approx(0.55 * 1.45, abs=0.05)
    assert windows.dataset.Y.mean().between(0.09, 0.14).all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_can_be_none_or_all(share):
    ds, _ = make_sensor_windows(100, anomaly_share=share, random_state=0)

    assert (ds.Y.sum(axis=1) > 0).mean() == share


def test_values_are_what_a_sensor_can_say(windows, clean):
    for X in (windows.dataset.X, clean.dataset.X):
        assert np.isfinite(X).all()
        assert (X >= [-20, 0, 0, 0]).all()
        assert (X.max(axis=(0, 1)) <= np.float32([120, 100, 2000, 3.3])).all()
    usual = clean.dataset.X.mean(axis=(0, 1))
    assert 18 < usual[0] < 28
    assert 25 < usual[1] < 55
    assert 2.5 < usual[3] < 2.9


def test_sensors_are_the_same_for_every_seed_and_number():
    few, many = (
        make_sensor_windows(4000, n_sensors=n, anomaly_share=0, random_state=n)
        for n in (3, 6)
    )

    for name in ("sensor_01", "sensor_02", "sensor_03"):
        means = [w.dataset.X[w.sensors == name].mean(axis=(0, 1)) for w in (few, many)]
        assert means[0][:2] == pytest.approx(means[1][:2], rel=0.05)


def test_humidity_falls_as_temperature_rises(clean):
    X = clean.dataset.X.astype(float)
    t, h = channel(X, "temperature"), channel(X, "humidity")
    t, h = t - t.mean(axis=1, keepdims=True), h - h.mean(axis=1, keepdims=True)

    assert (t * h).sum() / np.sqrt((t**2).sum() * (h**2).sum()) < -0.7


def test_drift_is_a_gain_that_humidity_does_not_follow(windows, clean):
    def gap(X):
        t, h = channel(X, "temperature"), channel(X, "humidity")
        return np.abs(
            (t[:, -8:] - t[:, :8] + (h[:, -8:] - h[:, :8]) / 1.5).mean(axis=1)
        )

    drifting = gap(only(windows, "drift"))
    assert np.median(drifting) > 2 * np.median(gap(clean.dataset.X))


def test_a_low_battery_sags_and_makes_the_temperature_rise(windows):
    X = only(windows, "low battery")
    volt = channel(X, "voltage")
    fall = volt[:, :4].mean(axis=1) - volt[:, -4:].mean(axis=1)

    assert (fall > 0.18).all()
    low = volt[:, -1] < 2.2
    assert (channel(X, "temperature")[low, -1] > 26).all()


def test_a_burst_is_noise_in_a_stretch(windows, clean):
    def roughest(X):
        steps = np.abs(np.diff(channel(X, "temperature"), axis=1))
        return np.sort(steps, axis=1)[:, -5]

    assert np.median(roughest(only(windows, "noise burst"))) > 1.5
    assert np.median(roughest(clean.dataset.X.astype(float))) < 0.6


def test_stuck_repeats_a_value(windows, clean):
    def repeats(X):
        same = np.diff(X[:, :, :2], axis=1) == 0
        return same.sum(axis=1).max(axis=1)

    assert (repeats(only(windows, "stuck")) >= 15).all()
    assert repeats(clean.dataset.X).max() <= 1


def test_a_blocked_sensor_is_dark_in_between(windows):
    light = channel(only(windows, "blocked light"), "light")
    middle, around = np.median(light, axis=1), light.max(axis=1)

    assert (middle <= around).all()
    assert np.median(np.abs(np.diff(light, axis=1)).max(axis=1)) > 50


def test_a_spike_jumps_and_comes_back(windows, clean):
    scale = np.array([2.0, 5.0, 150.0])

    def jump(X):
        second = np.abs(np.diff(X[:, :, :3], n=2, axis=1)) / scale
        return second.max(axis=(1, 2))

    assert np.quantile(jump(only(windows, "spike")), 0.05) > 3.5
    assert np.median(jump(clean.dataset.X.astype(float))) < 3.5


def test_dropout_is_silence_on_all_channels(windows, clean):
    silent = (only(windows, "dropout") == 0).all(axis=2).sum(axis=1)

    assert ((silent >= 6) & (silent <= 16)).all()
    assert not (clean.dataset.X == 0).all(axis=2).any()


def test_anomalies_do_not_tell_the_sensor(windows):
    table = pd.crosstab(windows.sensors, windows.dataset.Y.sum(axis=1) > 0)
    shares = table[True] / table.sum(axis=1)

    assert shares.between(0.4, 0.7).all()


def test_another_process_gets_the_same_data():
    code = (
        "import sys; from mlkit.datasets.generators import make_sensor_windows as m;"
        "w = m(30, random_state=1); sys.stdout.write(w.dataset.X.tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )

    ds, _ = make_sensor_windows(30, random_state=1)
    assert done.stdout == ds.X.tobytes().hex()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_samples": 0}, "n_samples must be at least 1"),
        ({"length": 8}, "length must be at least 16, got 8"),
        ({"n_sensors": 0}, "n_sensors must be at least 1"),
        ({"anomaly_share": 1.5}, "anomaly_share must be in"),
    ],
)
def test_bad_arguments_are_refused(wrong, message):
    with pytest.raises(GeneratorError, match=message):
        make_sensor_windows(**wrong)
