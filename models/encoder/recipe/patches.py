"""Patches as they are, mixed: for layers that learn from few sounds."""

import torch
import torch.nn.functional as F

from data import Clips


def mix(share: torch.Tensor, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    share = share.view(-1, *[1] * (one.ndim - 1))
    return share * one + (1 - share) * other


class Patches:
    """Draws log-mel [batch, 1, rows, columns] with soft labels; `mixed` is how many of a batch are to be mixed."""

    def __init__(self, data: Clips, clips: torch.Tensor, seed: int):
        patches, owners = data.patches(clips)
        self.patches = patches.half()
        self.labels = F.one_hot(data.labels[clips[owners]], 10).float()
        self.random = torch.Generator().manual_seed(seed)

    def draw(self, batch: int, mixed: float) -> tuple[torch.Tensor, torch.Tensor]:
        one, other = torch.randint(len(self.patches), (2, batch), generator=self.random)
        share = self.shares(batch, mixed)
        x = mix(share, self.patches[one].float(), self.patches[other].float())
        return x, mix(share, self.labels[one], self.labels[other])

    def draw_to_mix(self, batch: int, mixed: float):
        """Patches not mixed yet, labels that are, and what mixes in the same way the maps that layers make of them
        (manifold mixup inside a batch; Verma et al., 2019)."""
        one = torch.randint(len(self.patches), (batch,), generator=self.random)
        share = self.shares(batch, mixed)
        partners = torch.randperm(batch, generator=self.random)
        labels = self.labels[one]
        x = self.patches[one].float()
        return x, mix(share, labels, labels[partners]), lambda maps: mix(share, maps, maps[partners])

    def shares(self, batch: int, mixed: float) -> torch.Tensor:
        share = torch.rand(batch, generator=self.random)
        share[torch.rand(batch, generator=self.random) >= mixed] = 1.0
        return share
