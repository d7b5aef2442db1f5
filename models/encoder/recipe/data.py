"""ESC-10 as band magnitudes, and what of it is heard."""

import csv
import hashlib
from pathlib import Path

import soundfile
import torch

import front_end

ROWS, COLUMNS, PATCH_HOP = 96, 64, 48
# Of the sources of each class, at least one: what stops and calibrates experts is heard by no encoder before.
SET_APART = 1 / 8


class Clips:
    """labels 0..9 and folds 1..4: int64 [clips]; sources; mels[clip]: float32 [frames, 64]."""

    def __init__(self, folder: Path, cache: Path):
        with open(folder / "meta" / "esc50.csv", newline="") as table:
            rows = [row for row in csv.DictReader(table) if row["esc10"] == "True"]
        targets = sorted({int(row["target"]) for row in rows})
        self.labels = torch.tensor([targets.index(int(row["target"])) for row in rows])
        self.folds = torch.tensor([int(row["fold"]) for row in rows])
        self.sources = [row["src_file"] for row in rows]
        self.mels = self.load(folder / "audio", rows, cache)

    @staticmethod
    def load(audio: Path, rows: list, cache: Path) -> list[torch.Tensor]:
        if not cache.exists():
            cache.parent.mkdir(parents=True, exist_ok=True)
            mels = []
            for row in rows:
                samples, rate = soundfile.read(audio / row["filename"])
                magnitudes = front_end.mel_magnitudes(front_end.resample(samples, rate))
                mels.append(torch.from_numpy(magnitudes))
            torch.save(mels, cache)
        return torch.load(cache)

    def split(self, left_out: set[int]) -> tuple[torch.Tensor, set[str]]:
        """The clips to train on, and the sources of the other folds that are set apart: of each class the first by a
        hash of their names, so that every encoder without the same folds has heard the same."""
        others = [clip for clip, fold in enumerate(self.folds.tolist()) if fold not in left_out]
        apart = set()
        for label in range(10):
            sources = {self.sources[clip] for clip in others if self.labels[clip] == label}
            ordered = sorted(sources, key=lambda source: hashlib.sha256(source.encode()).hexdigest())
            apart.update(ordered[: max(1, int(SET_APART * len(sources) + 0.5))])
        return torch.tensor([clip for clip in others if self.sources[clip] not in apart]), apart

    def patches(self, clips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-mel [patches, 1, 96, 64], and whose each is, an index into `clips`."""
        mels = [self.mels[clip] for clip in clips]
        of_clips = [mel.unfold(0, ROWS, PATCH_HOP).transpose(1, 2) for mel in mels]
        owners = torch.repeat_interleave(torch.tensor([len(patches) for patches in of_clips]))
        return torch.log(torch.cat(of_clips)[:, None] + front_end.LOG_OFFSET), owners
