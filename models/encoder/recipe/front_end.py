"""The product's log-mel (YAMNet's front end) in numpy."""

from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

RATE = 16_000
FRAME, HOP, FFT, BANDS = 400, 160, 512, 64
LOWEST, HIGHEST, LOG_OFFSET = 125.0, 7_500.0, 0.001


def filter_bank() -> np.ndarray:
    """Triangles evenly spaced on mel(f) = 1127 ln(1 + f / 700), [257, 64]."""

    def mel(hertz):
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    bins = mel(np.arange(FFT // 2 + 1) * RATE / FFT)[:, None]
    edges = np.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
    weights[0] = 0
    return weights


WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
FILTERS = filter_bank()


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """To 16 kHz in steps of int16."""
    ratio = Fraction(RATE, rate)
    resampled = resample_poly(samples, ratio.numerator, ratio.denominator)
    return np.clip(np.round(resampled * 32768), -32768, 32767) / 32768


def mel_magnitudes(samples: np.ndarray) -> np.ndarray:
    """Samples at 16 kHz in [-1, 1) to band magnitudes before the logarithm, [frames, 64]."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    return (np.abs(np.fft.rfft(frames * WINDOW, FFT)) @ FILTERS).astype(np.float32)
