"""Trains encoders, each without one fold of ESC-10, and tests them on that fold. A run that figures.json has is not
redone.

`--validate` leaves a second fold out and tests on that one instead: for choosing, keeps nothing.
"""

import argparse
import datetime
import json
import time
from itertools import product
from pathlib import Path

import torch

import export
import yamnet
from data import COLUMNS, ROWS, Clips
from encoders import ENCODERS, multiply_accumulates
from fit import Schedule, accuracy, fit
from network import Network
from patches import Patches

# The seed whose encoders ship.
SHIPPED = 1
RANGE_QUANTILE = 0.9995
# Encoders whose heads hear standardized embeddings.
STANDARDIZED = {"large"}
LEARNING = {
    "small": Schedule(steps=600, rate=6e-3, mixed=0.8),
    "medium": Schedule(steps=500, rate=5e-3, mixed=0.8),
    "large": Schedule(steps=150, rate=2e-3, mixed=0.8, slow=7),
}
# All layers, with codes, on patches that are not mixed.
TUNING = Schedule(steps=25, rate=1e-4, head=1.0, averaging=0.95)


def train(start: Path, kind: str, data: Clips, training: torch.Tensor, seed: int) -> Network:
    torch.manual_seed(seed)
    patches = data.patches(training)[0]
    model = yamnet.start(start, ENCODERS[kind], patches[::5])
    if kind in STANDARDIZED:
        model.standardize(patches)
    model = fit(model, Patches(data, training, seed), LEARNING[kind])
    model.calibrate(patches[::3], RANGE_QUANTILE)
    model.quantized = True
    return fit(model, Patches(data, training, seed), TUNING)


def run(chosen: argparse.Namespace, data: Clips, kind: str, fold: int, seed: int):
    figures, heard = export.Record("figures.json"), export.Record("heard.json")
    place = ("test", kind, str(fold), str(seed))
    if not chosen.validate and figures.has(*place):
        return
    training, _ = data.split({fold, chosen.validate})
    tested = (data.folds == (chosen.validate or fold)).nonzero()[:, 0]
    began = time.process_time()
    model = train(chosen.yamnet, kind, data, training, seed)
    found = {"int8_accuracy": round(accuracy(model, data, tested), 4)}
    model.quantized = False
    found |= {
        "float_accuracy": round(accuracy(model, data, tested), 4),
        "clips": len(tested),
        "training_clips": len(training),
        "processor_seconds": round(time.process_time() - began),
        "date": datetime.date.today().isoformat(),
        "torch": torch.__version__,
    }
    print(kind, fold, chosen.validate or "", seed, json.dumps(found), flush=True)
    if chosen.validate:
        return
    if seed == SHIPPED:
        export.write(model, kind, fold)
        heard.put(sorted({data.sources[clip] for clip in training}), str(fold))
    figures.put(multiply_accumulates(ENCODERS[kind], ROWS, COLUMNS), "multiply_accumulates", kind)
    figures.put(found, *place)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="ESC-10 in the layout of ESC-50")
    arguments.add_argument("--yamnet", type=Path, required=True, help="yamnet-first-layers.npz")
    arguments.add_argument("--cache", type=Path, required=True, help="file that keeps band magnitudes")
    arguments.add_argument("--encoder", nargs="+", choices=ENCODERS, default=list(ENCODERS))
    arguments.add_argument("--fold", type=int, nargs="+", required=True, help="folds to leave out, each once")
    arguments.add_argument("--seed", type=int, nargs="+", default=[SHIPPED])
    arguments.add_argument("--validate", type=int, help="fold to leave out too and to test on instead")
    chosen = arguments.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    data = Clips(chosen.data, chosen.cache)
    for seed, kind, fold in product(chosen.seed, chosen.encoder, chosen.fold):
        run(chosen, data, kind, fold, seed)


if __name__ == "__main__":
    main()
