"""Executors: who does the tasks of large questions: this process, others beside it, a cluster's.

They know nothing of what a task is: they get a *session*, which does tasks in this process and in
its forks, a *recipe*, which makes such a session elsewhere, and the tasks.
"""
