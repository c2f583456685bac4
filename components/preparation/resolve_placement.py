"""Component: a run's placement to one value per field."""

from components.base import component


# KFP (2.17.0) takes nodes, tolerations, resources and names of Secrets from whole parameters only,
# not from the fields of one: so this task makes an output of each. Its annotation: see
# resolve_config.
@component("post")
def resolve_placement(
    *,
    placement: dict,
) -> __import__("components.placement", fromlist=["ResolvedPlacement"]).ResolvedPlacement:
    """Resolve a run's placement; unknown fields and impossible values end the run here.

    Args:
        placement: Fields that differ from their defaults.
    """
    from components import placement as fields

    return fields.resolve_placement(placement)
