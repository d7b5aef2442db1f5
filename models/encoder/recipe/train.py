"""Trains the encoder without one fold of ESC-10 and tests it on that fold.

`--validate` leaves a second fold out and tests on that one instead: for choosing, exports nothing.
"""

import argparse
import datetime
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import export
import network
from data import Clips, Sampler

BATCH = 64
STEPS, RATE, WEIGHT_DECAY, AVERAGING = 2_000, 3e-3, 0.05, 0.995
TUNING_STEPS, TUNING_RATE, TUNING_AVERAGING, RANGE_QUANTILE = 300, 2e-4, 0.98, 0.9995
MIXED, MASKED, SMOOTHING = 0.8, 0.5, 0.05


def test(model: torch.nn.Module, data: Clips, clips: torch.Tensor) -> float:
    """Accuracy by clip, a clip's score being the mean of its patches' probabilities."""
    patches, owners = data.patches(clips)
    model.eval()
    with torch.no_grad():
        probabilities = torch.cat([model(part) for part in patches.split(128)]).softmax(1)
    scores = torch.zeros(len(clips), probabilities.shape[1]).index_add(0, owners, probabilities)
    return (scores.argmax(1) == data.labels[clips]).float().mean().item()


def fit(model, sampler: Sampler, steps: int, rate: float, averaging: float, warmup: float, half: bool):
    """AdamW over a one-cycle schedule, `half` in bfloat16; returns the weights' moving average."""
    model.train().to(memory_format=torch.channels_last)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(averaging), use_buffers=True)
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=warmup, cycle_momentum=False
    )
    for _ in range(steps):
        patches, labels = sampler.draw(BATCH, MIXED, MASKED)
        labels = (1 - SMOOTHING) * labels + SMOOTHING / labels.shape[1]
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            scores = model(patches.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(scores.float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(model)
    return average.module


def train(data: Clips, training: torch.Tensor, seed: int) -> network.FoldedNetwork:
    torch.manual_seed(seed)
    sampler = Sampler(data, training, seed)
    trained = fit(network.Network(network.ENCODER), sampler, STEPS, RATE, AVERAGING, 0.1, True)
    folded = network.FoldedNetwork(trained)
    folded.calibrate(data.patches(training)[0], RANGE_QUANTILE)
    return fit(folded, sampler, TUNING_STEPS, TUNING_RATE, TUNING_AVERAGING, 0.0, False)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="ESC-10 in the layout of ESC-50")
    arguments.add_argument("--cache", type=Path, required=True, help="folder for band magnitudes")
    arguments.add_argument("--fold", type=int, required=True, help="fold to leave out and to test on")
    arguments.add_argument("--validate", type=int, help="fold to leave out too and to test on instead")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    data = Clips(chosen.data, chosen.cache)
    training = ((data.folds != chosen.fold) & (data.folds != (chosen.validate or 0))).nonzero()[:, 0]
    tested = (data.folds == (chosen.validate or chosen.fold)).nonzero()[:, 0]
    began = time.monotonic()
    model = train(data, training, chosen.seed)
    model.quantized = True
    int8 = test(model, data, tested)
    model.quantized = False
    figures = {
        "float_accuracy": round(test(model, data, tested), 4),
        "int8_accuracy": round(int8, 4),
        "clips": len(tested),
        "training_clips": len(training),
        "epochs": round((STEPS + TUNING_STEPS) * BATCH / len(training)),
        "seed": chosen.seed,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "date": datetime.date.today().isoformat(),
        "torch": torch.__version__,
    }
    print(json.dumps(figures))
    here = Path(__file__).parent
    if chosen.validate:
        export.record(here / "figures.json", "validation", f"{chosen.fold} {chosen.validate}", figures)
    else:
        export.record(here / "figures.json", "test", str(chosen.fold), figures)
        folder = here.parent.parent / "bank" / f"esc10-encoder-{chosen.fold}"
        export.write(model, f"ESC-10 encoder, without fold {chosen.fold}", folder)


if __name__ == "__main__":
    main()
