"""Settings: a frozen dataclass per stage, profiles that fill them, and what resolves both."""
