"""Are two models different, and by how much: tests, effect sizes, ranks, groups."""

from mlkit.statistics.effects import (
    cohen_dz,
    hedges_gz,
    rank_biserial,
    win_share,
)
from mlkit.statistics.groups import indistinct_groups, indistinct_runs
from mlkit.statistics.paired import (
    PairedTest,
    bayesian_correlated_t_test,
    corrected_t_test,
)
from mlkit.statistics.posterior import Posterior, StudentPosterior
from mlkit.statistics.ranks import (
    FriedmanTest,
    friedman_test,
    mean_ranks,
    nemenyi_critical_difference,
    nemenyi_test,
    rank_models,
)
from mlkit.statistics.wilcoxon import (
    SignedRankTest,
    bayesian_signed_rank_test,
    holm,
    p_value_matrix,
    signed_rank_test,
    wilcoxon_holm,
)

__all__ = [
    "FriedmanTest",
    "PairedTest",
    "Posterior",
    "SignedRankTest",
    "StudentPosterior",
    "bayesian_correlated_t_test",
    "bayesian_signed_rank_test",
    "cohen_dz",
    "corrected_t_test",
    "friedman_test",
    "hedges_gz",
    "holm",
    "indistinct_groups",
    "indistinct_runs",
    "mean_ranks",
    "nemenyi_critical_difference",
    "nemenyi_test",
    "p_value_matrix",
    "rank_biserial",
    "rank_models",
    "signed_rank_test",
    "wilcoxon_holm",
    "win_share",
]
