"""A plan as a table of plain text or Markdown."""

from __future__ import annotations

from pass_ops.evaluation.report.text_table import Table
from pass_ops.planning.limits import hours_allowed
from pass_ops.planning.plan import Plan

HEADER = ("stage", "images", "pods", "hours", "bound", "cost", "GB", "objects")


def table(plan: Plan) -> Table:
    """One row for each task; tasks that share work have one together, with the hours of each. The
    last row has the hours of all, of GPUs with their CPUs, which are paid.
    """
    rows = [
        (
            task.name,
            f"{task.images}",
            f"{task.pods}",
            f"{'' if task.measured else '~'}{task.hours:.2f}",
            task.bound,
            f"{task.paid_hours * plan.node.price:.0f}",
            f"{task.bytes_out / 1e9:.1f}",
            f"{task.requests}",
        )
        for task in plan.tasks
    ]
    total = (
        "all",
        "",
        "",
        f"{plan.paid_hours:.2f}",
        "",
        f"{plan.paid_hours * plan.node.price:.0f}",
        f"{sum(task.bytes_out for task in plan.tasks) / 1e9:.1f}",
        f"{sum(task.requests for task in plan.tasks)}",
    )
    return Table("Plan", HEADER, (*rows, total))


def summary(plan: Plan) -> str:
    """How long and how much, what these figures are, and which stages would be cut short."""
    node = plan.node
    over = [task.name for task in plan.tasks if task.hours > hours_allowed(task.stage, task.pods)]
    warning = f"\nover their time limits: {', '.join(over)}" if over else ""
    return (
        f"{plan.hours:.1f} hours from start to end, {plan.paid_hours:.1f} hours of a GPU with "
        f"{node.cores} cores, or of the cores alone; a training has {node.gpus} of them\n"
        "costs of one H200 and of cores as pass_ops/planning/costs.py has them;\n"
        f"what is measured there is scaled to these settings{warning}"
    )
