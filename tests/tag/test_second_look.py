"""The second look: its trees are scikit-learn's, and it looks beside a passage."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.tag.second_look import CODE, LOWEST, SEEN, Trees, _trees, features


def test_trees_as_arrays_say_what_scikit_learn_says() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(3000, len(SEEN)))
    # Not every code is met in learning: some have no decisions.
    rows[:, CODE] = random.choice([0, 2, 3, 31, 32, 40, 59], size=len(rows))
    right = rows[:, 0] + rows[:, 3] * rows[:, 5] + 2 * np.isin(rows[:, CODE], [2, 32, 59]) > 0.5
    model = HistGradientBoostingClassifier(
        max_iter=9, random_state=0, categorical_features=[CODE]
    ).fit(rows, right)
    trees = _trees(model)
    assert len(trees.chosen)
    np.testing.assert_allclose(trees.odds(rows), model.decision_function(rows), atol=1e-9)
    assert isinstance(trees, Trees) and len(trees.roots) == 9


def test_what_stands_beside_a_passage_is_seen() -> None:
    odds = np.array([[-3.0, -1.0], [2.0, -4.0], [-5.0, -6.0]])
    headings = [("Analysis", "analysis")] * 3
    likeness, finds = np.zeros((3, 2)), np.zeros((3, 2, 3))
    seen = features(odds, -odds, likeness, finds, headings, ["a", "bb", "ccc"])
    assert seen.shape == (3, 2, len(SEEN))
    beside = seen[:, :, SEEN.index("beside")]
    assert beside.tolist() == [[2.0, -4.0], [-3.0, -1.0], [2.0, -4.0]]
    assert seen[0, 0, SEEN.index("two away")] == -5.0
    assert seen[1, 0, SEEN.index("two away")] == LOWEST
    assert seen[0, :, SEEN.index("rank")].tolist() == [1, 0]
    assert seen[0, 0, SEEN.index("second best")] == -3.0
    assert seen[0, :, SEEN.index("rank of read")].tolist() == [0, 1]
    assert seen[:, :, SEEN.index("read beside")].tolist() == [[-2.0, 4.0], [5.0, 6.0], [-2.0, 4.0]]
