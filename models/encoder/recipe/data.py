"""ESC-10 as band magnitudes, and the patches that training draws from them."""

import csv
import hashlib
from fractions import Fraction
from pathlib import Path

import soundfile
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence

import front_end

ROWS, COLUMNS, PATCH_HOP = 96, 64, 48
# Pitch and tempo together, as a resampled recording has them; the first is the recording itself.
SPEEDS = [Fraction(n, 20) for n in (20, 16, 17, 18, 19, 21, 22, 23, 25)]


class Clips:
    """labels 0..9 and folds 1..4: int64 [clips]; mels[speed]: float32 [clips, frames, 64],
    of which the first frames[speed]: int64 [clips] are the clip's."""

    def __init__(self, folder: Path, cache: Path):
        with open(folder / "meta" / "esc50.csv", newline="") as table:
            rows = [row for row in csv.DictReader(table) if row["esc10"] == "True"]
        targets = sorted({int(row["target"]) for row in rows})
        self.labels = torch.tensor([targets.index(int(row["target"])) for row in rows])
        self.folds = torch.tensor([int(row["fold"]) for row in rows])
        loaded = [self.load(folder / "audio", rows, speed, cache) for speed in SPEEDS]
        self.mels = [pad_sequence(mels, batch_first=True) for mels in loaded]
        self.frames = [torch.tensor([len(mel) for mel in mels]) for mels in loaded]

    @staticmethod
    def load(audio: Path, rows: list, speed: Fraction, cache: Path) -> list[torch.Tensor]:
        name = hashlib.sha256(f"{audio} {len(rows)} {speed}".encode()).hexdigest()[:16]
        path = cache / f"mel-{name}.pt"
        if not path.exists():
            cache.mkdir(parents=True, exist_ok=True)
            mels = []
            for row in rows:
                samples, rate = soundfile.read(audio / row["filename"])
                magnitudes = front_end.mel_magnitudes(front_end.resample(samples, rate, speed))
                mels.append(torch.from_numpy(magnitudes))
            torch.save(mels, path)
        return torch.load(path)

    def patches(self, clips: torch.Tensor):
        """The patches by which clips are scored: log-mel [patches, 1, 96, 64], and whose each is,
        an index into `clips`."""
        of_clips = [
            self.mels[0][clip, : self.frames[0][clip]].unfold(0, ROWS, PATCH_HOP).transpose(1, 2)
            for clip in clips
        ]
        owners = torch.repeat_interleave(torch.tensor([len(patches) for patches in of_clips]))
        return torch.log(torch.cat(of_clips)[:, None] + front_end.LOG_OFFSET), owners


class Sampler:
    """Draws augmented training patches: log-mel [batch, 1, 96, 64] with soft labels [batch, 10]."""

    def __init__(self, data: Clips, clips: torch.Tensor, seed: int):
        self.data, self.clips = data, clips
        self.random = torch.Generator().manual_seed(seed)
        self.starts = []
        for mel, frames in zip(data.mels, data.frames):
            energy = mel[clips].square().sum(2)
            loudness = F.pad(energy, (0, ROWS - 1)).unfold(1, ROWS, 1).sum(2).sqrt()
            inside = torch.arange(mel.shape[1]) < frames[clips, None]
            # Short sounds are filled up with silence: draw where there is sound, yet know silence too.
            weight = 0.6 * loudness / loudness.sum(1, keepdim=True) + 0.4 * inside / frames[clips, None]
            self.starts.append((weight * inside).cumsum(1))

    def uniform(self, shape, low=0.0, high=1.0) -> torch.Tensor:
        return low + (high - low) * torch.rand(shape, generator=self.random)

    def crop(self, which: torch.Tensor) -> torch.Tensor:
        """One warped crop of each clip (an index into `clips`), magnitudes [batch, 96, 64]."""
        batch = len(which)
        crops = torch.empty(batch, ROWS, COLUMNS)
        speeds = torch.randint(len(SPEEDS), (batch,), generator=self.random)
        chance = self.uniform(batch)
        tempo = torch.exp(self.uniform((batch, 1), -0.2, 0.2))
        for speed in speeds.unique().tolist():
            chosen = (speeds == speed).nonzero()[:, 0]
            mel = self.data.mels[speed]
            clip = self.clips[which[chosen], None]
            frames = self.data.frames[speed][clip]
            starts = self.starts[speed][which[chosen]]
            start = torch.searchsorted(starts, chance[chosen, None] * starts[:, -1:])
            # A crop that runs over the end goes on at the beginning.
            at = start + tempo[chosen] * torch.arange(ROWS)
            before = at.floor().long()
            part = (at - before)[:, :, None]
            crops[chosen] = mel[clip, before % frames] * (1 - part) + mel[clip, (before + 1) % frames] * part
        shift = self.uniform((batch, 1), -1.5, 1.5)
        at = (torch.arange(COLUMNS) + shift).clamp(0, COLUMNS - 1)
        before = at.floor().long().clamp(max=COLUMNS - 2)
        part = (at - before)[:, None, :]
        index = before[:, None, :].expand(batch, ROWS, COLUMNS)
        return crops.gather(2, index) * (1 - part) + crops.gather(2, index + 1) * part

    def mix(self, batch: int, mixed: float):
        """Between-class mixing (Tokozume et al., 2018) of `mixed` of the batch, powers added."""
        first = torch.randint(len(self.clips), (batch,), generator=self.random)
        second = torch.randint(len(self.clips), (batch,), generator=self.random)
        share = self.uniform(batch)
        share[self.uniform(batch) >= mixed] = 1.0
        one, other = self.crop(first), self.crop(second)
        loudness = [magnitudes.square().sum((1, 2)).sqrt() + 1e-3 for magnitudes in (one, other)]
        ratio = share / (share + (1 - share) * loudness[0] / loudness[1])
        ratio = ratio[:, None, None]
        powers = (ratio * one).square() + ((1 - ratio) * other).square()
        magnitudes = (powers / (ratio.square() + (1 - ratio).square())).sqrt()
        labels = F.one_hot(self.data.labels[self.clips], 10).float()
        share = share[:, None]
        return magnitudes, share * labels[first] + (1 - share) * labels[second]

    def draw(self, batch: int, mixed: float, masked: float):
        magnitudes, labels = self.mix(batch, mixed)
        level = self.uniform((batch, 1, 1), -12, 12)
        bands = torch.linspace(-1, 1, COLUMNS)
        tilt = self.uniform((batch, 1, 1), -5, 5) * bands
        wave = self.uniform((batch, 1, 1), 0, 3) * torch.sin(
            torch.pi * (self.uniform((batch, 1, 1), 0.5, 2) * bands + self.uniform((batch, 1, 1), 0, 2))
        )
        magnitudes = magnitudes * 10 ** ((level + tilt + wave) / 20)
        # A noise floor 25 to 60 dB below the loudest cell, as steady as 25 ms of noise are.
        peak = magnitudes.amax((1, 2), keepdim=True)
        floor = peak * 10 ** (self.uniform((batch, 1, 1), -60, -25) / 20)
        floor[self.uniform(batch) < 0.7] = 0
        slope = 10 ** (self.uniform((batch, 1, 1), -8, 8) * bands / 20)
        noise = floor * slope * self.uniform(magnitudes.shape, 0.6, 1.4)
        patches = torch.log((magnitudes.square() + noise.square()).sqrt() + front_end.LOG_OFFSET)
        self.mask(patches, 1, 24, masked)
        self.mask(patches, 2, 10, masked)
        return patches[:, None], labels

    def mask(self, patches: torch.Tensor, axis: int, widest: int, masked: float):
        """SpecAugment (Park et al., 2019): a band of rows or columns takes the patch's mean."""
        batch, size = len(patches), patches.shape[axis]
        width = self.uniform((batch, 1), 0, widest).floor() * (self.uniform((batch, 1)) < masked)
        start = (self.uniform((batch, 1)) * (size - width)).floor()
        cells = torch.arange(size)
        hidden = (cells >= start) & (cells < start + width)
        hidden = hidden[:, :, None] if axis == 1 else hidden[:, None, :]
        mean = patches.mean((1, 2), keepdim=True)
        patches.copy_(torch.where(hidden, mean, patches))
