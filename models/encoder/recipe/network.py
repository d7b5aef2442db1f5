"""An encoder as a chain of layers, in float or with a board's int8 codes, and the head by which it is judged."""

import torch
import torch.nn.functional as F
from torch import nn

from encoders import Shape, weights_per_output

# Code of an input x: round(x * SCALE), clamped to -127..127. An offset of 0, as padding is 0 in log-mel.
SCALE = 18.0
CODES = 127
# Of the mean deviation, added to each.
LEAST_DEVIATION = 0.1


def pad_same(x: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    """SAME_UPPER: what is odd of the padding goes behind."""
    amounts = []
    for size in (x.shape[3], x.shape[2]):
        total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        amounts += [total // 2, total - total // 2]
    return F.pad(x, amounts) if any(amounts) else x


def rounded(x: torch.Tensor) -> torch.Tensor:
    """Rounds; the gradient passes straight through (Bengio et al., 2013)."""
    return x + (torch.round(x) - x).detach()


class Layer(nn.Module):
    """int8 weights with a scale per output, ReLU to codes 0..127 of a fixed range."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        inputs = shape.inputs if shape.kind == "convolution" else 1
        self.weight = nn.Parameter(torch.empty(shape.outputs, inputs, shape.kernel, shape.kernel))
        nn.init.normal_(self.weight, std=(2 / weights_per_output(shape)) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(shape.outputs))
        self.register_buffer("range", torch.tensor(0.0))

    def sums(self, x: torch.Tensor, quantized: bool) -> torch.Tensor:
        weight = self.weight
        if quantized:
            scale = weight.detach().abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12) / CODES
            weight = rounded(weight / scale) * scale
        groups = 1 if self.shape.kind == "convolution" else self.shape.inputs
        x = pad_same(x, self.shape.kernel, self.shape.stride)
        return F.conv2d(x, weight, self.bias, self.shape.stride, groups=groups)

    def forward(self, x: torch.Tensor, quantized: bool) -> torch.Tensor:
        x = F.relu(self.sums(x, quantized))
        if quantized:
            unit = self.range / CODES
            x = rounded(x / unit).clamp(max=CODES) * unit
        return x


class Network(nn.Module):
    """Log-mel [batch, 1, 96, 64] to class scores [batch, classes]; `quantized` computes with a board's codes."""

    def __init__(self, shapes: list[Shape], classes: int = 10, dropout: float = 0.2):
        super().__init__()
        self.layers = nn.ModuleList(Layer(shape) for shape in shapes)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(shapes[-1].outputs, classes)
        # The head hears the embedding less its mean, by its deviation, where `standardize` found them.
        self.register_buffer("mean", torch.zeros(shapes[-1].outputs))
        self.register_buffer("deviation", torch.ones(shapes[-1].outputs))
        self.quantized = False

    def maps(self, x: torch.Tensor, behind: int, first: int = 0) -> torch.Tensor:
        """Behind `behind` layers, from what lies behind `first`."""
        if self.quantized and first == 0:
            x = torch.round(x * SCALE).clamp(-CODES, CODES) / SCALE
        x = x.contiguous(memory_format=torch.channels_last)
        for layer in self.layers[first:behind]:
            x = layer(x, self.quantized)
        return x

    def forward(self, x: torch.Tensor, first: int = 0) -> torch.Tensor:
        embedding = self.maps(x, len(self.layers), first).mean((2, 3))
        return self.head(self.dropout((embedding - self.mean) / self.deviation))

    @torch.no_grad()
    def standardize(self, patches: torch.Tensor):
        embedding = torch.cat([self.maps(part, len(self.layers)).mean((2, 3)) for part in patches.split(64)])
        deviation = embedding.std(0)
        self.mean.copy_(embedding.mean(0))
        self.deviation.copy_(deviation + LEAST_DEVIATION * deviation.mean())

    @torch.no_grad()
    def calibrate(self, patches: torch.Tensor, quantile: float):
        """Freezes every layer's range at a quantile of its own activations above zero."""
        x = patches.contiguous(memory_format=torch.channels_last)
        for layer in self.layers:
            x = layer(x, False)
            active = x[x > 0]
            layer.range.fill_(active.kthvalue(max(1, int(quantile * len(active)))).values)
