"""Step 3: labels that a classifier confirms or corrects."""
