"""Results out, one file a format; the only package that formats."""
