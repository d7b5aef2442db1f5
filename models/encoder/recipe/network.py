"""The encoder as a chain of layers: as trained (batch norm), and folded with int8 codes."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# Code of an input x: round((x - OFFSET) * SCALE), clamped to -127..127; weights act on x - OFFSET.
OFFSET, SCALE = -1.0, 21.0
CODES = 127


@dataclass(frozen=True)
class Shape:
    """A convolution with "same" padding, batch norm and ReLU; kernel and stride go both ways."""

    kernel: int
    stride: int
    inputs: int
    outputs: int


ENCODER = [
    Shape(3, 2, 1, 16),
    Shape(3, 2, 16, 32),
    Shape(3, 2, 32, 48),
    Shape(3, 1, 48, 64),
    Shape(3, 2, 64, 96),
    Shape(1, 1, 96, 256),
]


def pad_same(x: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    """SAME_UPPER: what is odd of the padding goes behind."""
    amounts = []
    for size in (x.shape[3], x.shape[2]):
        total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        amounts += [total // 2, total - total // 2]
    return F.pad(x, amounts) if any(amounts) else x


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.weight = nn.Parameter(torch.empty(shape.outputs, shape.inputs, shape.kernel, shape.kernel))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        self.norm = nn.BatchNorm2d(shape.outputs, momentum=0.05)

    def forward(self, x):
        x = pad_same(x, self.shape.kernel, self.shape.stride)
        return F.relu(self.norm(F.conv2d(x, self.weight, None, self.shape.stride)))


class Network(nn.Module):
    """Log-mel [batch, 1, 96, 64] to class scores [batch, classes]."""

    def __init__(self, shapes: list[Shape], classes: int = 10, dropout: float = 0.2):
        super().__init__()
        self.layers = nn.ModuleList(Layer(shape) for shape in shapes)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(shapes[-1].outputs, classes)

    def forward(self, x):
        x = x - OFFSET
        for layer in self.layers:
            x = layer(x)
        return self.head(self.dropout(x.mean((2, 3))))


def rounded(x: torch.Tensor) -> torch.Tensor:
    """Rounds; the gradient passes straight through (Bengio et al., 2013)."""
    return x + (torch.round(x) - x).detach()


class FoldedLayer(nn.Module):
    """Batch norm folded; int8 weights with a scale per output, ReLU to codes 0..127 of a fixed range."""

    def __init__(self, layer: Layer):
        super().__init__()
        self.shape = layer.shape
        norm = layer.norm
        factor = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
        self.weight = nn.Parameter(layer.weight.detach() * factor[:, None, None, None])
        self.bias = nn.Parameter(norm.bias.detach() - norm.running_mean * factor)
        self.register_buffer("range", torch.tensor(0.0))

    def forward(self, x, quantized: bool):
        weight = self.weight
        if quantized:
            scale = weight.detach().abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12) / CODES
            weight = rounded(weight / scale) * scale
        x = pad_same(x, self.shape.kernel, self.shape.stride)
        x = F.relu(F.conv2d(x, weight, self.bias, self.shape.stride))
        if quantized:
            unit = self.range / CODES
            x = rounded(x / unit).clamp(max=CODES) * unit
        return x


class FoldedNetwork(nn.Module):
    """What is exported, with the head by which it is judged; `quantized` computes as the board does."""

    def __init__(self, network: Network):
        super().__init__()
        self.layers = nn.ModuleList(FoldedLayer(layer) for layer in network.layers)
        self.head = nn.Linear(network.head.in_features, network.head.out_features)
        self.head.load_state_dict(network.head.state_dict())
        self.quantized = True

    def forward(self, x):
        x = x - OFFSET
        if self.quantized:
            x = torch.round(x * SCALE).clamp(-CODES, CODES) / SCALE
        for layer in self.layers:
            x = layer(x, self.quantized)
        return self.head(x.mean((2, 3)))

    @torch.no_grad()
    def calibrate(self, patches: torch.Tensor, quantile: float):
        """Freezes every layer's range at a quantile of its own activations above zero."""
        x = patches - OFFSET
        for layer in self.layers:
            x = layer(x, False)
            active = x[x > 0].numpy()
            layer.range.fill_(float(np.quantile(active, quantile)))


def costs(shapes: list[Shape], rows: int, columns: int) -> dict:
    """Multiply-accumulates, bytes of image (9 a channel to requantize, about 100 a layer) and arena."""
    macs = image = arena = 0
    size = rows * columns
    for shape in shapes:
        cells = shape.kernel**2 * shape.inputs
        rows, columns = -(-rows // shape.stride), -(-columns // shape.stride)
        after = rows * columns * shape.outputs
        macs += after * cells
        image += cells * shape.outputs + 9 * shape.outputs + 100
        arena = max(arena, size + after)
        size = after
    return {"macs": macs, "image_bytes": image, "arena_bytes": arena}
