"""Why: codes, the nearest rules, fixes, and the only prose."""
