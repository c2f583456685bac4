"""What prompts become."""

from __future__ import annotations

import numpy as np

from pass_ops.engine.jittor import to_numpy
from pass_ops.sam.network.model import Sam
from tests.parity.sam.scenes import REDUCED

WIDTH, GRID, LOW = REDUCED.prompt_width, REDUCED.grid, 4 * REDUCED.grid


def test_a_padding_point_counts_as_no_point_wherever_it_lies(tiny_sam: Sam) -> None:
    encoder = tiny_sam.prompt_encoder
    tokens = to_numpy(encoder.tokens(np.float32([[[0, 0], [50, 9]]]), np.int32([[-1, -1]])))
    np.testing.assert_allclose(
        tokens[0], np.tile(to_numpy(encoder.not_a_point_embed.weight), (2, 1)), rtol=1e-6
    )


def test_tokens_are_fourier_positions_plus_the_label_s_embedding(tiny_sam: Sam) -> None:
    encoder = tiny_sam.prompt_encoder
    matrix = to_numpy(encoder.pe_layer.positional_encoding_gaussian_matrix).astype(np.float64)
    points = np.float32([[[10, 20]] * 4])
    tokens = to_numpy(encoder.tokens(points, np.int32([[0, 1, 2, 3]])))[0]
    angles = 2 * np.pi * ((2 * (points[0, 0] + 0.5) / 64 - 1) @ matrix)
    position = np.concatenate([np.sin(angles), np.cos(angles)])
    for label in range(4):
        embedding = to_numpy(encoder.point_embeddings[label].weight)[0]
        np.testing.assert_allclose(tokens[label], position + embedding, rtol=1e-3, atol=1e-4)


def test_dense_positions_are_those_of_the_cells_centres(tiny_sam: Sam) -> None:
    encoder = tiny_sam.prompt_encoder
    positions = to_numpy(encoder.positions())
    assert positions.shape == (1, WIDTH, GRID, GRID)
    # Cell (row 1, column 3) has its centre at pixel (56, 24): points move there by half a pixel.
    point = np.float32([[[55.5, 23.5]]])
    label = to_numpy(encoder.point_embeddings[1].weight)[0]
    expected = to_numpy(encoder.tokens(point, np.int32([[1]])))[0, 0] - label
    np.testing.assert_allclose(positions[0, :, 1, 3], expected, rtol=1e-3, atol=1e-4)


def test_without_a_mask_every_position_gets_the_same(tiny_sam: Sam) -> None:
    encoder = tiny_sam.prompt_encoder
    assert tuple(encoder.dense(None).shape) == (1, WIDTH, 1, 1)
    assert tuple(encoder.dense(np.zeros((2, LOW, LOW), np.float32)).shape) == (2, WIDTH, GRID, GRID)
