"""The framework modules have one interface; read from their source, without any framework."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import minibatch

FOLDER = Path(minibatch.__file__).parent
FRAMEWORKS = ["torch", "tensorflow", "mxnet"]
NEUTRAL = [
    *("", ".airfoil_model", ".closed_form", ".data", ".descent", ".largest_batch", ".memory"),
    *(".plotting", ".reference", ".schedules", ".synthetic", ".timing", ".training", ".watched"),
    *(".networks", ".networks.reference"),
]


def interface(module: str) -> dict[str, list[str]]:
    """The parameters of each public function and of each public method, by name."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = parameters(node)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    found[f"{node.name}.{method.name}"] = parameters(method)
    return found


def parameters(function: ast.FunctionDef) -> list[str]:
    """Each parameter with its default."""
    names = [argument.arg for argument in function.args.args]
    defaults = [ast.unparse(default) for default in function.args.defaults]
    padding = [""] * (len(names) - len(defaults))
    return [
        f"{name}={default}" for name, default in zip(names, padding + defaults, strict=True)
    ] + [argument.arg for argument in function.args.kwonlyargs]


def exported(module: str) -> list[str]:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    (names,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    return names


@pytest.mark.parametrize("module", ["torch", "tensorflow", "mxnet"])
def test_a_framework_has_the_names_and_signatures_of_the_others(module: str) -> None:
    assert interface(module) == interface("torch")


@pytest.mark.parametrize("module", ["tensorflow", "mxnet", "reference"])
def test_modules_export_the_same_names(module: str) -> None:
    assert exported(module) == exported("torch")


def test_the_reference_has_the_same_signatures_where_it_does_not_inherit() -> None:
    reference, torch = interface("reference"), interface("torch")
    assert reference.items() <= torch.items()
    assert {name.split(".")[1] for name in torch.keys() - reference.keys()} == {"step", "loss"}


def public_interface(module: str) -> dict[str, list[str]]:
    """The interface but for what a framework's layers ask for: forward or call, and so on."""
    known = set(exported(module))
    return {
        name: parameters
        for name, parameters in interface(module).items()
        if name.partition(".")[0] in known
        and name.partition(".")[2] in ("", "__init__", "step", "loss")
    }


@pytest.mark.parametrize("module", ["tensorflow", "mxnet", "reference"])
def test_networks_have_the_names_and_signatures_of_those_in_pytorch(module: str) -> None:
    assert exported(f"networks/{module}") == exported("networks/torch")
    assert public_interface(f"networks/{module}") == public_interface("networks/torch")


def test_every_optimizer_has_the_shared_signature() -> None:
    for module in [*FRAMEWORKS, "reference"]:
        names = [parameter.rstrip("=") for parameter in interface(module)["sgd"]]
        assert names == ["params", "grads", "states", "hyperparams"]


@pytest.mark.parametrize("module", FRAMEWORKS)
def test_no_framework_module_has_an_epoch_loop_of_its_own(module: str) -> None:
    source = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
    assert "range(num_epochs)" not in source
    assert source.count("fit(") == 2


def test_importing_minibatch_imports_no_framework() -> None:
    modules = ", ".join(f"minibatch{name}" for name in NEUTRAL)
    check = f"import sys, {modules}; print(sorted({set(FRAMEWORKS)} & sys.modules.keys()))"
    assert run(check) == "[]"


def test_importing_data_and_asking_for_sources_imports_neither_numpy_nor_pooch() -> None:
    check = (
        "import sys, minibatch.data; minibatch.data.sources(); "
        "print(sorted({'numpy', 'pooch'} & sys.modules.keys()))"
    )
    assert run(check) == "[]"


def run(code: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return finished.stdout.strip()
