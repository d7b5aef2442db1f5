"""Fits a network to what is drawn for it, and tells how many clips it gets right."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data import Clips
from network import Network
from patches import Patches

BATCH, SMOOTHING, LARGEST_GRADIENT, WEIGHT_DECAY = 64, 0.05, 2.0, 0.02
SLOWNESS = 0.3


@dataclass(frozen=True)
class Schedule:
    """AdamW over a one-cycle schedule."""

    steps: int
    rate: float
    # The head's rate, as a multiple.
    head: float = 3.0
    warmup: float = 0.15
    averaging: float = 0.98
    # Layers in front that learn at SLOWNESS of the rate; not patches are mixed then but the maps behind these layers.
    slow: int = 0
    # How many of a batch are mixed.
    mixed: float = 0.0


def fit(model: Network, patches: Patches, schedule: Schedule) -> Network:
    """Returns the weights' moving average."""
    model.train().to(memory_format=torch.channels_last)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(schedule.averaging), use_buffers=True)
    parts = [(model.layers[schedule.slow :], schedule.rate), (model.head, schedule.head * schedule.rate)]
    if schedule.slow:
        parts.append((model.layers[: schedule.slow], SLOWNESS * schedule.rate))
    groups = [
        {"params": [p for p in part.parameters() if (p.ndim > 1) == weights], "lr": rate, "weight_decay": decay}
        for part, rate in parts
        for weights, decay in ((True, WEIGHT_DECAY), (False, 0.0))
    ]
    optimizer = torch.optim.AdamW(groups)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [group["lr"] for group in groups],
        total_steps=schedule.steps,
        pct_start=schedule.warmup,
        cycle_momentum=False,
    )
    for _ in range(schedule.steps):
        if schedule.slow:
            x, labels, mix = patches.draw_to_mix(BATCH, schedule.mixed)
            scores = model(mix(model.maps(x, schedule.slow)), schedule.slow)
        else:
            x, labels = patches.draw(BATCH, schedule.mixed)
            scores = model(x)
        labels = (1 - SMOOTHING) * labels + SMOOTHING / labels.shape[1]
        loss = F.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for group in groups for p in group["params"]], LARGEST_GRADIENT)
        optimizer.step()
        cycle.step()
        average.update_parameters(model)
    return average.module


@torch.no_grad()
def accuracy(model: Network, data: Clips, clips: torch.Tensor) -> float:
    """By clip, a clip's score being the mean of its patches' probabilities."""
    patches, owners = data.patches(clips)
    model.eval()
    probabilities = torch.cat([model(part) for part in patches.split(128)]).softmax(1)
    sums = torch.zeros(len(clips), probabilities.shape[1]).index_add(0, owners, probabilities)
    return (sums.argmax(1) == data.labels[clips]).float().mean().item()
