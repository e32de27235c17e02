"""Statistics: agreement from 0 to 1, times in seconds."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class TaskAgreement(Struct):
    """How far those who did a task agree, and how often each label was given, by control."""

    agreement: float | None
    total_annotations: int
    distributions: dict[str, dict[str, int]]


class AgreementMatrix(Struct):
    """``matrix[i][j]`` compares the annotations of ``users[i]`` and ``users[j]``."""

    users: list[dict[str, Any]]
    matrix: list[list[float | None]]


class FinishedQuery(Struct):
    """Of one user; there is one."""

    user_pk: int | UnsetType = UNSET


class Finished(Struct):
    """Tasks that are done, and how many per cent of all these are."""

    id: int
    finished: int
    progress: int


class LeadTime(Struct):
    """Of one user. The median is that of a histogram with steps of 15 %."""

    user_id: int
    mean_time: float | None
    median_time: float | None
    sum_lead_time: float


class LeadTimes(Struct):
    """Of every user."""

    lead_time_stats: list[LeadTime]


class PerLabelQuery(Struct):
    """Whether every label is told of on its own."""

    per_label: bool | UnsetType = UNSET


class TotalAgreement(Struct):
    """Mean over the tasks with several annotations; by label, the share on which they agree."""

    total_agreement: float | dict[str, float | None] | None


class DistributionQuery(Struct):
    """A part of the rows."""

    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET


class DistributionRow(Struct):
    """One label of one control; ``percent`` of all labels that the control was given."""

    choice: str
    choice_key: str
    dimension_name: str
    from_annotations_count: int
    from_annotations_percent: float
    from_predictions_count: int
    from_predictions_percent: float


class DistributionTotals(Struct):
    """All labels, by control."""

    annotation_totals_by_dimension: dict[str, int]
    prediction_totals_by_dimension: dict[str, int]


class Distribution(Struct):
    """How often each label was given."""

    next_offset: int | None
    results: list[DistributionRow]
    totals: DistributionTotals


class Dimension(Struct):
    """A control and its labels."""

    dimension_id: int
    name: str
    type: str
    choices: list[str]
    choice_keys: list[str]
    unsupported_reason: str | None = None


class DistributionStructure(Struct):
    """The controls that have labels."""

    dimensions: list[Dimension]
    choice_keys: list[str]
    has_predictions: bool
    prediction_filters_supported: bool = False
    prediction_identity_ready: bool = True


class ModelAgreement(Struct):
    """How far a model version and people agree; None where nothing can be compared."""

    agreement: float | None


class ModelPredictionAgreement(Struct):
    """The same, under the name that it has here."""

    average_prediction_agreement_per_model: float | None
