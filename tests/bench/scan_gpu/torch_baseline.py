"""What PyTorch takes for the same scan: softmax gates, m x m products step by step, forward and backward.

python3 torch_baseline.py: prints milliseconds for 128 blocks, B 16, T 2048, bf16; one loop over steps in eager mode,
and the same loop as a CUDA graph where torch can capture it. The kernels' numbers are bench_scan_gpu's.
"""
import sys
import time

try:
    import torch
except ImportError:
    print("SKIPPED: no torch here")
    sys.exit(77)
if not torch.cuda.is_available():
    print("SKIPPED: no GPU here")
    sys.exit(77)


def scan(z, v):
    """z [B, T, H, m, m+1], v [B, T, H, m] -> h [B, T, H, m]; gates in float32, as protocol.md 3.12 recommends."""
    gates = torch.softmax(z.float(), dim=-1)
    a, x = gates[..., :-1], gates[..., -1] * v.float()
    h = torch.zeros_like(x[:, 0])
    states = []
    for t in range(z.shape[1]):
        h = torch.einsum("bhij,bhj->bhi", a[:, t], h) + x[:, t]
        states.append(h)
    return torch.stack(states, dim=1).to(z.dtype)


def pairs(a, x):
    """One doubling step of the parallel form: compose each step's map with the map `shift` steps before."""
    shift = 1
    while shift < a.shape[1]:
        x = torch.cat([x[:, :shift], x[:, shift:] + (a[:, shift:] @ x[:, :-shift, ..., None])[..., 0]], dim=1)
        a = torch.cat([a[:, :shift], a[:, shift:] @ a[:, :-shift]], dim=1)
        shift *= 2
    return x


def doubling(z, v):
    gates = torch.softmax(z.float(), dim=-1)
    return pairs(gates[..., :-1], gates[..., -1] * v.float()).to(z.dtype)


def measure(name, function, m, repeats=2):
    z = torch.randn(16, 2048, 128, m, m + 1, device="cuda", dtype=torch.bfloat16, requires_grad=True)
    v = torch.randn(16, 2048, 128, m, device="cuda", dtype=torch.bfloat16, requires_grad=True)
    dh = torch.randn_like(v)
    times = []
    for _ in range(repeats + 1):
        torch.cuda.synchronize()
        start = time.perf_counter()
        torch.autograd.grad(function(z, v), (z, v), dh)
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e3)
    print(f"torch {torch.__version__} {name} m={m}: forward + backward {min(times[1:]):.2f} ms", flush=True)


for m in [int(word) for word in sys.argv[1:]] or [1, 4]:
    measure("eager loop", scan, m)
    measure("eager doubling", doubling, m)
