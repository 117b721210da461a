"""Every pair at once: the batch engine factorised over lanes, groups and kinds of interfaces."""
