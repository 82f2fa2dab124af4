#!/usr/bin/env python3
"""The same model and step in plain PyTorch, for comparison: one run, bf16 autocast, fused AdamW, once as it
comes, once with torch.compile, and once compiled and as a CUDA graph. No metric, evaluation or shuffling.
Usage: plain_pytorch.py [STEPS]"""

import sys
import time

import torch
from torch import nn

D, H, M, V, T, B = 128, 64, 5, 120, 16, 128


class BdLru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(D, H * M * (M + 1))
        self.values = nn.Linear(D, H * M, bias=False)
        self.out = nn.Linear(H * M, D, bias=False)

    def forward(self, x):
        a = self.gates(x).view(B, T, H, M, M + 1).float().softmax(-1)
        v = self.values(x).view(B, T, H, M).float() * a[..., M]
        h = torch.zeros(B, H, M, device=x.device)
        states = []
        for t in range(T):
            h = (a[:, t, :, :, :M] * h.unsqueeze(-2)).sum(-1) + v[:, t]
            states.append(h)
        return self.out(torch.stack(states, 1).view(B, T, H * M))


class SwiGlu(nn.Module):
    def __init__(self, inner=352):
        super().__init__()
        self.w1, self.w2 = nn.Linear(D, inner, bias=False), nn.Linear(D, inner, bias=False)
        self.w3 = nn.Linear(inner, D, bias=False)

    def forward(self, x):
        return self.w3(nn.functional.silu(self.w1(x)) * self.w2(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(V, D)
        self.norms = nn.ModuleList([nn.LayerNorm(D) for _ in range(3)])
        self.mixer, self.mlp, self.head = BdLru(), SwiGlu(), nn.Linear(D, V)

    def forward(self, ids):
        x = self.embed(ids)
        x = x + self.mixer(self.norms[0](x))
        x = x + self.mlp(self.norms[1](x))
        return self.head(self.norms[2](x))


def measure(name, step, steps):
    for _ in range(5):
        step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    torch.cuda.synchronize()
    print(f"{name:28} {steps / (time.perf_counter() - start):8.0f} steps/s", flush=True)


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    torch.manual_seed(1)
    ids = torch.randint(V, (B, T), device="cuda")
    targets = torch.randint(V, (B, T), device="cuda")
    print(torch.cuda.get_device_name(), "torch", torch.__version__)
    for compiled in (False, True):
        model = Model().cuda()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0, fused=True, capturable=True)
        forward = torch.compile(model) if compiled else model

        def step():
            with torch.autocast("cuda", torch.bfloat16):
                logits = forward(ids)
            loss = nn.functional.cross_entropy(logits.float().view(-1, V), targets.view(-1))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)

        measure("compiled" if compiled else "as it comes", step, steps)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        measure("compiled, CUDA graph" if compiled else "CUDA graph", graph.replay, 10 * steps)


main()
