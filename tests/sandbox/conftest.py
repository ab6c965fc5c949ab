"""The files handed to the child process are not modules of the suite; one needs PyTorch."""

collect_ignore_glob = ["handed_*.py"]
