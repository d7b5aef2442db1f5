"""What a network's first layers make of patches as they are, mixed: for layers behind that learn from few sounds."""

import torch
import torch.nn.functional as F

from data import Clips
from network import Network


class Maps:
    """Draws maps [batch, channels, rows, columns] behind the first `behind` layers (none: log-mel) with soft labels."""

    @torch.no_grad()
    def __init__(self, model: Network, behind: int, data: Clips, clips: torch.Tensor, seed: int):
        patches, owners = data.patches(clips)
        self.maps = torch.cat([model.maps(part, behind).half() for part in patches.split(64)])
        self.labels = F.one_hot(data.labels[clips[owners]], 10).float()
        self.random = torch.Generator().manual_seed(seed)

    def draw(self, batch: int, mixed: float):
        """Manifold mixup (Verma et al., 2019) of `mixed` of the batch."""
        one, other = torch.randint(len(self.maps), (2, batch), generator=self.random)
        share = torch.rand(batch, generator=self.random)
        share[torch.rand(batch, generator=self.random) >= mixed] = 1.0
        labels = share[:, None] * self.labels[one] + (1 - share[:, None]) * self.labels[other]
        share = share[:, None, None, None]
        return share * self.maps[one].float() + (1 - share) * self.maps[other].float(), labels
