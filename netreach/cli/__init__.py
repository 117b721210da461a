"""The command line: read, ask, print, exit status; one file a command."""
