"""The three encoders: their layers, as data, and what they cost a board."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A convolution with "same" padding and ReLU, or a depthwise one; kernel and stride go both ways."""

    kind: str
    kernel: int
    stride: int
    inputs: int
    outputs: int


def mobile_net(channels: list[int], strides: list[int]) -> list[Shape]:
    """MobileNet-v1: a convolution, then pairs of depthwise and pointwise ones, as YAMNet's layers 1, 2, 3 …"""
    shapes = [Shape("convolution", 3, strides[0], 1, channels[0])]
    for inputs, outputs, stride in zip(channels, channels[1:], strides[1:]):
        shapes.append(Shape("depthwise", 3, stride, inputs, inputs))
        shapes.append(Shape("convolution", 1, 1, inputs, outputs))
    return shapes


ENCODERS = {
    "small": mobile_net([16, 32, 64, 64, 160], [2, 2, 2, 1, 2]),
    "medium": mobile_net([24, 64, 128, 128, 256, 256], [2, 2, 2, 1, 2, 1]),
    "large": mobile_net([32, 64, 128, 128, 256, 256], [2, 1, 2, 1, 2, 1]),
}


def weights_per_output(shape: Shape) -> int:
    return shape.kernel**2 * (shape.inputs if shape.kind == "convolution" else 1)


def multiply_accumulates(shapes: list[Shape], rows: int, columns: int) -> int:
    macs = 0
    for shape in shapes:
        rows, columns = -(-rows // shape.stride), -(-columns // shape.stride)
        macs += rows * columns * shape.outputs * weights_per_output(shape)
    return macs
