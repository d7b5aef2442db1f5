"""Writes the encoder as TypeScript reads it, and the figures for its model card."""

import fcntl
import json
from pathlib import Path

import network
from data import COLUMNS, ROWS


def write(model: network.FoldedNetwork, name: str, folder: Path):
    """encoder.json as store.ts restores it, and weights.f32: little-endian float32, for each layer weights
    [outputs][row][column][inputs] then bias [outputs]."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "encoder.json"
    version = json.loads(path.read_text())["version"] + 1 if path.exists() else 1
    description = {
        "name": name,
        "version": version,
        "input": {"offset": network.OFFSET, "scale": network.SCALE},
        "layers": [
            {
                "kind": "convolution",
                "kernel": [layer.shape.kernel, layer.shape.kernel],
                "stride": layer.shape.stride,
                "padding": "same",
                "inputs": layer.shape.inputs,
                "outputs": layer.shape.outputs,
                "relu": True,
                "range": layer.range.item(),
            }
            for layer in model.layers
        ],
    }
    path.write_text(json.dumps(description, indent=2) + "\n")
    with open(folder / "weights.f32", "wb") as file:
        for layer in model.layers:
            file.write(layer.weight.detach().permute(0, 2, 3, 1).contiguous().numpy().astype("<f4").tobytes())
            file.write(layer.bias.detach().numpy().astype("<f4").tobytes())


def record(path: Path, kind: str, run: str, figures: dict):
    """Folds train side by side: the file is locked while one run's figures are put in."""
    with open(path, "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        recorded = json.loads(file.read() or "{}")
        recorded["encoder"] = network.costs(network.ENCODER, ROWS, COLUMNS)
        recorded.setdefault(kind, {})[run] = figures
        file.truncate(0)
        file.write(json.dumps(recorded, indent=2, sort_keys=True) + "\n")
