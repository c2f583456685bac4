"""Parameters of a run, and the files of `params/` against the pipeline's own signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.placement import complete_placement
from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pipelines.cluster.run_parameters import choose_parameters, given_placement, signature
from pipelines.compile import compile_pipeline
from pipelines.packages.documents import documents_of
from pipelines.training import training_pipeline

Spec = dict[str, Any]
FILES = sorted((Path(__file__).resolve().parents[3] / "params").iterdir())
PLACEMENT = {"train_cpu": 4, "train_gpus": 1}
DATA = "data_uri=s3://pass-data/set/0123"


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """The training pipeline's PipelineSpec."""
    path: Path = tmp_path_factory.mktemp("build") / "pipeline.yaml"
    compile_pipeline(training_pipeline, path)
    return documents_of(path)[0]


def parameter_file(tmp_path: Path, **values: Any) -> Path:
    """A file of parameters.

    Args:
        tmp_path: folder to write it into.
        values: of parameters, besides `data_uri`.
    """
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump({"data_uri": "s3://a/b"} | values))
    return file


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_parameter_file_fits_the_pipeline_and_its_first_stage(spec: Spec, file: Path) -> None:
    values = choose_parameters(spec, file, [DATA])
    assert values == yaml.safe_load(file.read_text()) | {"data_uri": "s3://pass-data/set/0123"}
    complete_placement(values["placement"])
    resolve(
        profile=values["profile"], overrides=values.get("overrides", {}), seed=31, compat="fixed"
    )


def test_there_is_a_file_for_a_trial_and_one_for_production() -> None:
    assert {file.name for file in FILES} == {"dev.yaml", "prod.yaml"}


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
    with pytest.raises(ConfigError, match="data_uri has no value"):
        choose_parameters(spec, None)


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
