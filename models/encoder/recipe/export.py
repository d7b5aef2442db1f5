"""Writes an encoder as TypeScript reads it, and its figures."""

import json
from pathlib import Path

import network

HERE = Path(__file__).parent
BANK = HERE.parent.parent / "bank"


def write(model: network.Network, kind: str, fold: int):
    """encoder.json as store.ts restores it, and weights.f32: little-endian float32, for each layer weights
    [outputs][row][column][inputs], depthwise [row][column][channels], then bias [outputs]."""
    folder = BANK / f"esc10-encoder-{kind}-{fold}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "encoder.json"
    version = json.loads(path.read_text())["version"] + 1 if path.exists() else 1
    description = {
        "name": f"ESC-10 {kind}, without fold {fold}",
        "version": version,
        "input": {"offset": 0, "scale": network.SCALE},
        "layers": [
            {
                "kind": layer.shape.kind,
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
            order = (2, 3, 1, 0) if layer.shape.kind == "depthwise" else (0, 2, 3, 1)
            for numbers in (layer.weight.permute(order), layer.bias):
                file.write(numbers.detach().contiguous().numpy().astype("<f4").tobytes())


class Record:
    """A JSON file of values, each at a path of keys."""

    def __init__(self, name: str):
        self.path = HERE / name

    def read(self) -> dict:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def has(self, *keys: str) -> bool:
        inner = self.read()
        for key in keys:
            inner = inner.get(key, {})
        return inner != {}

    def put(self, value, *keys: str):
        recorded = self.read()
        inner = recorded
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        inner[keys[-1]] = value
        self.path.write_text(json.dumps(recorded, indent=2, sort_keys=True) + "\n")
