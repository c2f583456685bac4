"""Settings: one frozen dataclass per stage, profiles that fill them, and the resolution of both
into one dict per stage.
"""
