"""From decoded images to what networks see: resizing, crops, views, normalisation."""
