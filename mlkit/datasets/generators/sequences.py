"""Windows of sensor readings with injected anomalies, and the sensor they come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count, check_number

__all__ = ["SENSOR_CHANNELS", "SensorWindows", "make_sensor_windows"]

SENSOR_CHANNELS = ("temperature", "humidity", "light", "voltage")
"""Last axis of the windows: °C, % relative humidity, lux, volt."""

_TEMPERATURE, _HUMIDITY, _LIGHT, _VOLTAGE = range(4)
_LOWEST = np.array([-20.0, 0.0, 0.0, 0.0])
_HIGHEST = np.array([120.0, 100.0, 2000.0, 3.3])
# How much a channel moves of itself, for the size of a spike.
_SCALE = np.array([2.0, 5.0, 150.0, 0.05])

_HOURS_A_STEP = 0.25
# The sensors are a part of the definition, not of a draw: sets made with different
# seeds come from the same room, so that one can train and another one test.
_ROOM_SEED = 20040228
# Number of anomalies of a window that has some: 1, 2 or 3.
_NUMBER_SHARES = (0.65, 0.25, 0.10)


class SensorWindows(NamedTuple):
    """Windows of readings with two targets.

    Parameters
    ----------
    dataset : MultiLabelDataset
        Windows, and which anomalies each of them has.
    sensors : Series of category, shape (n_samples,)
        The sensor of each window: the second target, one class a row.
    """

    dataset: MultiLabelDataset
    sensors: pd.Series


def make_sensor_windows(
    n_samples: int = 1500,
    *,
    length: int = 64,
    n_sensors: int = 15,
    anomaly_share: float = 0.55,
    random_state: Any = None,
) -> SensorWindows:
    r"""Make windows of sensor readings: which anomalies, and from which sensor.

    Small wireless sensors in one building measure temperature, humidity, light and the
    voltage of their battery every 15 minutes. A window may have no anomaly, one, or up
    to three at once.

    Parameters
    ----------
    n_samples : int, default 1500
        Number of windows.
    length : int, default 64
        Readings a window, at least 16; 64 are 16 hours.
    n_sensors : int, default 15
        Number of sensors, at least 1. The first ones are the same whatever it is, and
        whatever the seed.
    anomaly_share : float, default 0.55
        Share of the windows with an anomaly, in [0, 1], in expectation. The mean number
        of labels is 1.45 times that.
    random_state : int, Generator or None, default None
        Seed. An int gives the same data at every call, in every process.

    Returns
    -------
    SensorWindows
        ``dataset.X`` is float32 of shape (n_samples, length, 4), channels as in
        `SENSOR_CHANNELS`; ``dataset.Y`` has 7 labels; ``sensors`` names the sensor of
        each window.

    Raises
    ------
    GeneratorError
        If a number is out of its range.

    Notes
    -----
    With :math:`h` the hour of a reading, :math:`w, v, c, a` drawn for each window
    (weather, moisture, cloud in [.3, 1], age of the battery in [0, .3]) and the greek
    letters, :math:`A`, :math:`S`, :math:`P` and :math:`\Lambda` fixed for each sensor:

    .. math::

        T &= \mu + w + A \cos(2\pi (h - \phi) / 24) + \tfrac{1}{400} L_\text{sun}
            + e_T \\
        L &= L_\text{sun} + \Lambda\, [8 \le h < 18] + e_L, \quad
            L_\text{sun} = c\, S \max(0, \cos(2\pi (h - P) / 24))^2 \\
        H &= \eta + v - \kappa (T - \mu) + e_H \\
        V &= 2.9 + \delta - a - 0.002 (20 - T)^+ + e_V

    The noise of temperature and humidity is autoregressive (coefficient .7). A window
    starts at any time of day. Then anomalies are put in, in this order, at a random
    place, each with a random strength that at its weakest is hard to see:

    ============= ================================================================
    label         what happens
    ============= ================================================================
    drift         temperature gains 3 to 8 °C, linearly, to the end of the window
    low battery   voltage sags by .25 to .6 V, quadratically; below 2.5 V the
                  temperature reads too high, by 40 °C a volt
    noise burst   noise of 4 to 8 times the usual size on temperature and humidity
    stuck         temperature or humidity repeats one value, for 1/4 to 1/2 window
    blocked light light falls to 2 to 15 %, around the brightest reading
    spike         1 to 3 readings of one channel (not voltage) jump by 4 to 8 scales
    dropout       no reading arrives for 1/10 to 1/4 window: all channels are 0
    ============= ================================================================

    Values are cut to what such a sensor can say: -20 to 120 °C, 0 to 100 %, 0 to 2000
    lux, 0 to 3.3 V. Anomalies are drawn without regard to the sensor: the two targets
    are independent.

    References
    ----------
    The sensors resemble those of the Intel Berkeley Research Lab (2004), whose failing
    batteries made temperatures rise; all numbers here are made up.

    Examples
    --------
    >>> windows = make_sensor_windows(200, random_state=0)
    >>> windows.dataset.X.shape, windows.sensors.nunique()
    ((200, 64, 4), 15)
    >>> windows.dataset.label_names[:3]
    ('drift', 'low battery', 'noise burst')
    """
    check_count("n_samples", n_samples, minimum=1)
    check_count("length", length, minimum=16)
    check_count("n_sensors", n_sensors, minimum=1)
    check_number("anomaly_share", anomaly_share, at_most=1)
    rng = np.random.default_rng(random_state)
    sensor = rng.integers(n_sensors, size=n_samples)
    X = _readings(rng, _sensors(n_sensors)[sensor], length)
    Y = _draw_anomalies(rng, n_samples, anomaly_share)
    for j, inject in enumerate(_ANOMALIES.values()):
        for i in np.flatnonzero(Y[:, j]):
            inject(rng, X[i])
    X = np.clip(X, _LOWEST, _HIGHEST).astype(np.float32)
    dataset = MultiLabelDataset(
        X,
        Y,
        list(_ANOMALIES),
        name="sensor-windows",
        source=DatasetSource(reading=f"generated: windows of {n_sensors} sensors"),
    )
    names = pd.Index([f"sensor_{s:02d}" for s in range(1, n_sensors + 1)])
    sensors = pd.Series(pd.Categorical.from_codes(sensor, names), name="sensor")
    return SensorWindows(dataset, sensors)


_SENSOR = np.dtype(
    [
        (name, np.float64)
        for name in (
            *("mean", "swing", "warmest", "sun", "brightest", "lamp"),
            *("moisture", "drying", "offset", "noise"),
        )
    ]
)


def _sensors(n_sensors: int) -> np.ndarray:
    """Return what is fixed for each sensor, a structured array (n_sensors,)."""
    limits = {
        "mean": (18, 26),
        "swing": (0.5, 3.5),
        "warmest": (13, 18),
        "sun": (50, 900),
        "brightest": (8, 17),
        "lamp": (0, 400),
        "moisture": (30, 50),
        "drying": (0.8, 2.2),
        "offset": (-0.05, 0.05),
        "noise": (0.1, 0.4),
    }
    low, high = np.array(list(limits.values())).T
    # Row by row, so that more sensors do not change the first ones.
    drawn = np.random.default_rng(_ROOM_SEED).uniform(low, high, (n_sensors, len(low)))
    return np.array([tuple(row) for row in drawn], dtype=_SENSOR)


def _readings(rng: np.random.Generator, sensors: np.ndarray, length: int) -> np.ndarray:
    """Draw readings without anomalies, shape (n_samples, length, 4)."""
    n_samples = len(sensors)
    s = {name: sensors[name][:, None] for name in _SENSOR.names or ()}
    hour = rng.uniform(0, 24, (n_samples, 1)) + _HOURS_A_STEP * np.arange(length)
    weather, moisture = (rng.normal(0, sd, (n_samples, 1)) for sd in (1.5, 4.0))
    cloud = rng.uniform(0.3, 1, (n_samples, 1))
    age = rng.uniform(0, 0.3, (n_samples, 1))
    day = 2 * np.pi / 24
    height = np.maximum(0, np.cos(day * (hour - s["brightest"])))
    sun = cloud * s["sun"] * height**2
    lamp = s["lamp"] * ((hour % 24 >= 8) & (hour % 24 < 18))
    flicker = 1 + rng.normal(0, 0.03, hour.shape)
    swing = s["swing"] * np.cos(day * (hour - s["warmest"]))
    temperature = s["mean"] + weather + swing + sun / 400
    temperature += s["noise"] * _smooth_noise(rng, hour.shape)
    humidity = s["moisture"] + moisture - s["drying"] * (temperature - s["mean"])
    humidity += 3 * s["noise"] * _smooth_noise(rng, hour.shape)
    light = (sun + lamp) * flicker + np.abs(rng.normal(0, 2, hour.shape))
    voltage = 2.9 + s["offset"] - age - 0.002 * np.maximum(0, 20 - temperature)
    voltage += rng.normal(0, 0.008, hour.shape)
    return np.stack([temperature, humidity, light, voltage], axis=2)


def _smooth_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Autoregressive noise of variance 1 along the last axis."""
    noise = rng.standard_normal(shape)
    for t in range(1, shape[1]):
        noise[:, t] = 0.7 * noise[:, t - 1] + np.sqrt(1 - 0.7**2) * noise[:, t]
    return noise


def _draw_anomalies(
    rng: np.random.Generator, n_samples: int, anomaly_share: float
) -> np.ndarray:
    """Which window has which anomaly, int8 of shape (n_samples, n_labels)."""
    number = rng.choice([1, 2, 3], size=n_samples, p=_NUMBER_SHARES)
    number[rng.random(n_samples) >= anomaly_share] = 0
    order = rng.permuted(np.tile(np.arange(len(_ANOMALIES)), (n_samples, 1)), axis=1)
    return (order < number[:, None]).astype(np.int8)


# Each anomaly changes one window, shape (length, 4), in place.


def _drift(rng: np.random.Generator, window: np.ndarray) -> None:
    start = rng.integers(len(window) // 2)
    rise = rng.uniform(3, 8) * rng.choice([-1, 1])
    window[start:, _TEMPERATURE] += np.linspace(0, rise, len(window) - start)


def _low_battery(rng: np.random.Generator, window: np.ndarray) -> None:
    sag = rng.uniform(0.25, 0.6) * np.linspace(0, 1, len(window)) ** 2
    window[:, _VOLTAGE] -= sag
    window[:, _TEMPERATURE] += 40 * np.maximum(0, 2.5 - window[:, _VOLTAGE])


def _noise_burst(rng: np.random.Generator, window: np.ndarray) -> None:
    span = _span(rng, len(window), 0.15, 0.4)
    size = rng.uniform(4, 8) * np.array([0.25, 0.75])
    length = span.stop - span.start
    window[span, :_LIGHT] += size * rng.standard_normal((length, 2))


def _stuck(rng: np.random.Generator, window: np.ndarray) -> None:
    span = _span(rng, len(window), 0.25, 0.5)
    channel = rng.choice([_TEMPERATURE, _HUMIDITY])
    window[span, channel] = window[span.start, channel]


def _blocked_light(rng: np.random.Generator, window: np.ndarray) -> None:
    # At night a cover changes nothing: it is put where there is light to block.
    brightest = int(window[:, _LIGHT].argmax())
    half = int(rng.uniform(0.1, 0.2) * len(window))
    span = slice(max(0, brightest - half), brightest + half + 1)
    window[span, _LIGHT] *= rng.uniform(0.02, 0.15)


def _spike(rng: np.random.Generator, window: np.ndarray) -> None:
    channel = rng.choice([_TEMPERATURE, _HUMIDITY, _LIGHT])
    n_readings = rng.integers(1, 4)
    where = rng.choice(len(window), n_readings, replace=False)
    jumps = rng.uniform(4, 8, n_readings) * _SCALE[channel]
    # Light starts at 0: a jump down would be cut away by night.
    signs = 1 if channel == _LIGHT else rng.choice([-1, 1], n_readings)
    window[where, channel] += signs * jumps


def _dropout(rng: np.random.Generator, window: np.ndarray) -> None:
    window[_span(rng, len(window), 0.1, 0.25)] = 0


def _span(
    rng: np.random.Generator, length: int, shortest: float, longest: float
) -> slice:
    """Draw a stretch of a window; the limits are shares of the window."""
    width = max(2, round(rng.uniform(shortest, longest) * length))
    start = int(rng.integers(length - width + 1))
    return slice(start, start + width)


_ANOMALIES: dict[str, Callable[[np.random.Generator, np.ndarray], None]] = {
    "drift": _drift,
    "low battery": _low_battery,
    "noise burst": _noise_burst,
    "stuck": _stuck,
    "blocked light": _blocked_light,
    "spike": _spike,
    "dropout": _dropout,
}
