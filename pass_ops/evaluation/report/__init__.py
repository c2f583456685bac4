"""Results as files, tables, charts, pictures and pages."""
