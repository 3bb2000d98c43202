"""Voices of a few hundred bytes for neural engines: real ONNX models that hum, written without any library."""

from __future__ import annotations

import json
import struct
from pathlib import Path

RATE = 16_000
SAMPLES_PER_ID = 480
FLOAT, INT64 = 1, 7

SIGNS = "_^$ !',-.:;?abcdefghijklmnopqrstuvwxyzæçðøŋœɐɑɒɔəɚɛɜɡɪɲɹɾʃʊʌʒʔˈˌːθᵻβɫ"
"""Each has its place as its id, as in the voices that people have."""


def make_piper_voice(folder: Path, name: str = "tiny") -> Path:
    """Write a voice for piper; its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model())
    settings = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": len(SIGNS),
        "num_speakers": 1,
        "phoneme_id_map": {sign: [at] for at, sign in enumerate(SIGNS)},
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(settings), encoding="utf-8")
    return path


def make_sherpa_voice(folder: Path, name: str = "tiny") -> Path:
    """Write a voice for sherpa-onnx; its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model())
    tokens = "".join(f"{sign} {at}\n" for at, sign in enumerate(SIGNS))
    (folder / "tokens.txt").write_text(tokens, encoding="utf-8")
    return path


def model() -> bytes:
    """Return a model with the inputs and outputs of a VITS voice.

    A hum, as long as the phonemes and the length scale want it, its pitch given by which they are, with a little noise
    as the noise scale wants it.
    """
    nodes = [
        node("Cast", ["input"], "ids", to=FLOAT),
        node("ReduceSum", ["ids"], "sum"),
        node("Gather", ["scales", "zero_at"], "noise_scale"),
        node("Gather", ["scales", "one_at"], "length_scale"),
        node("Shape", ["input"], "shape"),
        node("Gather", ["shape", "one_at"], "n_ids"),
        node("Cast", ["n_ids"], "n_ids_f", to=FLOAT),
        node("Mul", ["n_ids_f", "per_id"], "n_plain"),
        node("Mul", ["n_plain", "length_scale"], "n_long"),
        node("Ceil", ["n_long"], "n"),
        node("Range", ["zero", "n", "one"], "t"),
        node("Mul", ["sum", "per_sum"], "more"),
        node("Add", ["more", "lowest"], "speed"),
        node("Mul", ["t", "speed"], "phase"),
        node("Sin", ["phase"], "wave"),
        node("RandomNormalLike", ["wave"], "random"),
        node("Mul", ["random", "noise_scale"], "noise"),
        node("Mul", ["noise", "softly"], "hiss"),
        node("Mul", ["wave", "level"], "hum"),
        node("Add", ["hum", "hiss"], "sound"),
        node("Reshape", ["sound", "out_shape"], "output"),
    ]
    numbers = {"zero": 0, "one": 1, "per_id": SAMPLES_PER_ID, "per_sum": 1e-5, "lowest": 0.06, "softly": 0.01}
    constants = [floats(name, value) for name, value in [*numbers.items(), ("level", 0.3)]]
    constants += [integers("zero_at", 0), integers("one_at", 1), integers("out_shape", 1, 1, -1)]
    inputs = [("input", INT64, (1, "n")), ("input_lengths", INT64, (1,)), ("scales", FLOAT, (3,))]
    graph = (
        b"".join(field(1, one) for one in nodes)
        + field(2, b"tiny")
        + b"".join(field(5, one) for one in constants)
        + b"".join(field(11, value(*one)) for one in inputs)
        + field(12, value("output", FLOAT, (1, 1, "m")))
    )
    about = {"model_type": "vits", "comment": "piper", "language": "English", "voice": "en-us", "has_espeak": "1",
             "n_speakers": "1", "sample_rate": str(RATE)}  # fmt: skip
    metadata = b"".join(field(14, field(1, key.encode()) + field(2, said.encode())) for key, said in about.items())
    return number(1, 8) + field(7, graph) + field(8, field(1, b"") + number(2, 13)) + metadata


# Protocol buffers, as far as needed: https://onnx.ai/onnx/repo-docs/IR.html has the numbers of the fields.


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = []
    while value >= 128:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def field(tag: int, data: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(data)) + data


def node(kind: str, inputs: list[str], output: str, **attributes: int) -> bytes:
    given = b"".join(
        field(5, field(1, name.encode()) + number(3, value) + number(20, 2)) for name, value in attributes.items()
    )
    ends = b"".join(field(1, name.encode()) for name in inputs) + field(2, output.encode())
    return ends + field(4, kind.encode()) + given


def floats(name: str, value: float) -> bytes:
    return number(2, FLOAT) + field(8, name.encode()) + field(9, struct.pack("<f", value))


def integers(name: str, *values: int) -> bytes:
    shape = number(1, len(values)) if len(values) > 1 else b""
    return shape + number(2, INT64) + field(8, name.encode()) + field(9, struct.pack(f"<{len(values)}q", *values))


def value(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    sizes = b"".join(field(1, number(1, one) if isinstance(one, int) else field(2, one.encode())) for one in shape)
    return field(1, name.encode()) + field(2, field(1, number(1, kind) + field(2, sizes)))
