"""Parameters of a run, and the files of `params/` against the pipeline's own signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.placement import complete_placement
from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pipelines.cluster.addresses import require_reachable
from pipelines.cluster.run_parameters import choose_parameters, given_placement, signature
from pipelines.compile import cluster_pipelines, compile_pipeline
from pipelines.packages.documents import documents_of

Spec = dict[str, Any]
PARAMS = Path(__file__).resolve().parents[3] / "params"
TRAININGS = ("dev.yaml", "prod.yaml")
PLACEMENT = {"train_cpu": 4, "train_gpus": 1}
DATA = "data_uri=s3://pass-data/set/0123"


def compiled(name: str, factory: pytest.TempPathFactory) -> Spec:
    """The PipelineSpec of a compiled pipeline.

    Args:
        name: training or evaluation.
        factory: of folders.
    """
    path: Path = factory.mktemp("build") / "pipeline.yaml"
    compile_pipeline(cluster_pipelines()[name], path)
    return documents_of(path)[0]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """The training pipeline's PipelineSpec."""
    return compiled("training", tmp_path_factory)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """The evaluation pipeline's."""
    return compiled("evaluation", tmp_path_factory)


def parameter_file(tmp_path: Path, **values: Any) -> Path:
    """A file of parameters.

    Args:
        tmp_path: folder to write it into.
        values: of parameters, besides `data_uri`.
    """
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump({"data_uri": "s3://a/b"} | values))
    return file


@pytest.mark.parametrize("name", TRAININGS)
def test_every_parameter_file_fits_the_pipeline_and_its_first_stage(spec: Spec, name: str) -> None:
    values = choose_parameters(spec, PARAMS / name, [DATA])
    written = yaml.safe_load((PARAMS / name).read_text())
    assert values == written | {"data_uri": "s3://pass-data/set/0123"}
    complete_placement(values["placement"])
    resolve(
        profile=values["profile"], overrides=values.get("overrides", {}), seed=31, compat="fixed"
    )


def test_the_file_of_an_evaluation_fits_its_pipeline(evaluation: Path) -> None:
    values = choose_parameters(evaluation, PARAMS / "evaluation.yaml", [DATA])
    assert set(values) == {"data_uri", "model_uri", "profile"}
    require_reachable({"model_uri": values["model_uri"]})
    resolve(profile=values["profile"], overrides={}, seed=31, compat="fixed")


def test_there_is_a_file_for_a_trial_for_production_and_for_an_evaluation() -> None:
    assert {file.name for file in PARAMS.iterdir()} == {*TRAININGS, "evaluation.yaml"}


def test_values_on_the_command_line_win_and_take_the_type_of_their_parameter(
    spec: Spec, tmp_path: Path
) -> None:
    texts = [
        "placement.train_gpus=8",
        "seed=7",
        'overrides={"pretrain.epochs": 3}',
        "profile=smoke",
        "placement.train_tolerations=[]",
    ]
    values = choose_parameters(
        spec, parameter_file(tmp_path, profile="small", placement=PLACEMENT), texts
    )
    assert values == {
        "data_uri": "s3://a/b",
        "placement": {"train_cpu": 4, "train_gpus": 8, "train_tolerations": []},
        "seed": 7,
        "overrides": {"pretrain.epochs": 3},
        "profile": "smoke",
    }


def test_all_that_is_wrong_is_named_in_one_line(spec: Spec, tmp_path: Path) -> None:
    file = parameter_file(tmp_path, train_gpus=8, profil="small", seed=True, overrides=[], compat=7)
    with pytest.raises(ConfigError) as raised:
        choose_parameters(spec, file)
    message = str(raised.value)
    assert "\n" not in message
    for problem in (
        "no parameter train_gpus (meant is placement.train_gpus?)",
        "no parameter profil (meant is profile?)",
        "seed is True, not of type NUMBER_INTEGER",
        "overrides is [], not of type STRUCT",
        "compat is 7, not of type STRING: put it in quotes",
    ):
        assert problem in message


def test_a_parameter_without_default_needs_a_value(spec: Spec) -> None:
    required = [
        name for name, definition in signature(spec).items() if "defaultValue" not in definition
    ]
    assert required == ["data_uri"]
    with pytest.raises(ConfigError, match="data_uri has no value: give --set data_uri=") as raised:
        choose_parameters(spec, None)
    assert "make submit DATA_URI=" in str(raised.value)


def test_an_evaluation_without_a_model_is_told_how_to_name_one(evaluation: Spec) -> None:
    with pytest.raises(ConfigError, match="model_uri has no value: give --set mod") as raised:
        choose_parameters(evaluation, None, [DATA])
    assert "'model_uri: ...' in the file of --params" in str(raised.value)
    assert "DATA_URI" not in str(raised.value)


def test_a_field_of_what_is_no_object_is_not_set(spec: Spec, tmp_path: Path) -> None:
    file = parameter_file(tmp_path, placement=[])
    with pytest.raises(ConfigError, match=r"placement is \[\], not of type STRUCT"):
        choose_parameters(spec, file, ["placement.train_gpus=2"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [("profile", "write it like"), ("=x", "write it like"), ("seed={", "not YAML")],
)
def test_unreadable_values_are_refused(spec: Spec, text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        choose_parameters(spec, None, [DATA, text])


def test_unreadable_files_are_refused(spec: Spec, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        choose_parameters(spec, tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("- profile")
    with pytest.raises(ConfigError, match="not a mapping"):
        choose_parameters(spec, tmp_path / "list.yaml")


def test_a_placement_that_is_compiled_in_takes_fields_and_wholes_in_their_order(
    tmp_path: Path,
) -> None:
    file = parameter_file(tmp_path, placement=PLACEMENT)
    assert given_placement(None) == {}
    assert given_placement(file, ["placement.train_gpus=8", "seed=7"]) == {
        "train_cpu": 4,
        "train_gpus": 8,
    }
    whole = ["placement.train_gpus=8", "placement={train_cpu: 2}", "placement.cpu=1"]
    assert given_placement(file, whole) == {"train_cpu": 2, "cpu": 1}


@pytest.mark.parametrize("value", ["5", "[]", "[[a, b]]", "null", "", "text"])
def test_a_placement_that_is_no_mapping_is_refused(tmp_path: Path, value: str) -> None:
    text = f"placement={value}"
    with pytest.raises(ConfigError, match=r"^--set placement=.*: placement is .*, not a mapping$"):
        given_placement(None, [text])
    (tmp_path / "params.yaml").write_text(f"placement: {value}")
    with pytest.raises(ConfigError, match=r"params.yaml: placement is .*, not a mapping$"):
        given_placement(tmp_path / "params.yaml")
