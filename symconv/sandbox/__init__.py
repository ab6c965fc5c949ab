"""Running code that was handed over: in a child process, with limits on time and memory."""
