"""Functions of PyTorch's tensors."""

import torch
from torch.nn import functional


def conv2d_autograd(x, w, b, g, stride, padding):
    x, w, b = (t.clone().requires_grad_() for t in (x, w, b))
    y = functional.conv2d(x, w, b, stride=stride, padding=padding)
    return y, *torch.autograd.grad(y, (x, w, b), g)


def annotated(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return functional.conv_transpose1d(x[None, None], w[None, None], stride=2)[0, 0]


def padding_at_one_side(x, w, b, g, stride, padding):
    x, w, b = (t.clone().requires_grad_() for t in (x, w, b))
    y = functional.conv2d(functional.pad(x, (padding, padding, 2 * padding, 0)), w, b, stride)
    return y, *torch.autograd.grad(y, (x, w, b), g)


def max_pool_autograd(x, g, stride):
    x = x.clone().requires_grad_()
    y = functional.max_pool2d(x, (2, 3), stride=stride)
    return torch.autograd.grad(y, x, g)[0]


class Convolution(torch.autograd.Function):
    """A function whose own backward pass turns the kernel around."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return functional.conv1d(x, w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        dw = functional.conv1d(x.transpose(0, 1), g.transpose(0, 1))
        return functional.conv_transpose1d(g, w.flip(2)), dw.transpose(0, 1)


def custom_backward(x, w, g):
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    y = Convolution.apply(x, w)
    return torch.autograd.grad(y, (x, w), g)
