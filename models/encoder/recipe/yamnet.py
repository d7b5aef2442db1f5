"""Where training starts: YAMNet's first layers, at an encoder's own strides and with as many channels as it has."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from encoders import Shape, mobile_net
from network import Network

CHANNELS = [32, 64, 128, 128, 256, 256]
CELLS, RIDGE = 40_000, 1e-4


def original(path: Path, strides: list[int]) -> Network:
    """All channels of as many layers as there are strides."""
    network = Network(mobile_net(CHANNELS[: len(strides)], strides))
    with np.load(path) as stored:
        for at, layer in enumerate(network.layers):
            kind = "conv" if at == 0 else "depthwise" if at % 2 else "pointwise"
            name = f"layer{(at + 1) // 2 + 1}_{kind}"
            weight = torch.from_numpy(stored[f"{name}_weight"])
            order = (3, 0, 1, 2) if kind == "depthwise" else (0, 3, 1, 2)
            layer.weight.data.copy_(weight.permute(order))
            layer.bias.data.copy_(torch.from_numpy(stored[f"{name}_bias"]))
    return network


@torch.no_grad()
def start(path: Path, shapes: list[Shape], patches: torch.Tensor) -> Network:
    """
    Of every layer the channels are kept that say most to the next: those with the largest product of the deviation
    behind their depthwise kernel and the norm of their weights in the pointwise layer. What follows is fitted by least
    squares to what it computed from all of them.
    """
    whole = original(path, [shapes[0].stride] + [shape.stride for shape in shapes[1::2]])
    pruned = Network(shapes)
    kept = kept_channels(whole, shapes, patches)
    x = y = patches
    changed = False
    for at, (layer, source) in enumerate(zip(pruned.layers, whole.layers)):
        mine = kept[at // 2]
        wanted = source.sums(y, False)
        if layer.shape.kernel == 1 and changed:
            weight, bias = fitted(cells(x), cells(wanted)[:, mine])
            layer.weight.copy_(weight.T[:, :, None, None])
            layer.bias.copy_(bias)
        else:
            layer.weight.copy_(source.weight[mine])
            layer.bias.copy_(source.bias[mine])
        x, y = layer(x, False), F.relu(wanted)
        changed = changed or len(mine) < source.shape.outputs
    return pruned


def kept_channels(whole: Network, shapes: list[Shape], patches: torch.Tensor) -> list[torch.Tensor]:
    """Behind layer 1, 2, 3 …"""
    kept = []
    x = patches
    for at, (layer, shape) in enumerate(zip(whole.layers, shapes)):
        x = layer(x, False)
        if layer.shape.kind == "depthwise":
            says = x.std((0, 2, 3)) * whole.layers[at + 1].weight.square().sum((0, 2, 3)).sqrt()
            kept.append(says.argsort(descending=True)[: shape.inputs].sort().values)
    kept.append(x.std((0, 2, 3)).argsort(descending=True)[: shapes[-1].outputs].sort().values)
    return kept


def cells(x: torch.Tensor) -> torch.Tensor:
    """[cells, channels], evenly drawn from all."""
    rows = x.permute(0, 2, 3, 1).flatten(0, 2)
    return rows[:: max(1, len(rows) // CELLS)]


def fitted(inputs: torch.Tensor, outputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights [inputs, outputs] and bias by ridge regression."""
    centre, target = inputs.mean(0), outputs.mean(0)
    x = (inputs - centre).double()
    gram = x.T @ x
    gram += RIDGE * gram.diagonal().mean() * torch.eye(len(gram))
    weight = torch.linalg.solve(gram, x.T @ (outputs - target).double()).float()
    return weight, target - centre @ weight
